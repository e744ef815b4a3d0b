import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptCertificates, decideRealm, type FeatureRollout } from './realm.ts';

const domains = [
  { id: 'woodgrove.com', authenticationType: 'Managed', isVerified: true },
  { id: 'contoso.com', authenticationType: 'Federated', isVerified: true },
  { id: 'later.com', authenticationType: 'Managed', isVerified: false },
] as const;
const pilot: FeatureRollout = {
  feature: 'certificateBasedAuthentication',
  isEnabled: true,
  isAppliedToOrganization: false,
  appliesTo: ['PILOT'],
};
const hashes: FeatureRollout = { ...pilot, feature: 'passwordHashSync' };
const inPilot = { groupIds: ['pilot'] };

interface Case {
  readonly name: string;
  readonly username?: string;
  readonly rollouts?: readonly FeatureRollout[];
  readonly user?: { readonly groupIds: readonly string[] };
  readonly hint?: boolean;
  readonly expect: readonly [kind: string, certificates: boolean, passwords: boolean, because: string];
}
const federated = ['federated', false, false, 'the domain is federated'] as const;
const cases: readonly Case[] = [
  {
    name: 'REALM-1: a managed domain signs in here',
    username: 'ana@WOODGROVE.com',
    expect: ['managed', true, true, 'the domain is managed'],
  },
  { name: 'REALM-1: a federated one elsewhere', expect: federated },
  {
    name: 'REALM-2: a member of the pilot signs in here, by certificate',
    rollouts: [pilot],
    user: inPilot,
    expect: ['managed', true, false, 'the user is in staged rollout'],
  },
  {
    name: 'REALM-3: by password only if its hash is here',
    rollouts: [pilot, hashes],
    user: inPilot,
    expect: ['managed', true, true, 'the user is in staged rollout'],
  },
  {
    name: 'REALM-3: a rollout of passwords lends no certificates',
    rollouts: [hashes],
    user: inPilot,
    expect: ['managed', false, true, 'the user is in staged rollout'],
  },
  {
    name: 'REALM-4: who is not in the pilot goes elsewhere',
    rollouts: [pilot],
    user: { groupIds: ['others'] },
    expect: federated,
  },
  {
    name: 'REALM-5: a domain hint stays federated',
    rollouts: [pilot],
    user: inPilot,
    hint: true,
    expect: ['federated', false, false, 'the request named the domain'],
  },
  {
    name: 'REALM-7: a rollout that is off changes nothing',
    rollouts: [{ ...pilot, isEnabled: false }],
    user: inPilot,
    expect: federated,
  },
  { name: 'an unknown user goes where the domain goes', rollouts: [pilot], expect: federated },
  {
    name: 'a rollout for the organization needs no group',
    rollouts: [{ ...pilot, isAppliedToOrganization: true }],
    expect: ['managed', true, false, 'the user is in staged rollout'],
  },
];
for (const { name, username = 'ana@contoso.com', rollouts = [], user, hint, expect } of cases) {
  test(name, () => {
    const ruling = decideRealm(username, { domains, rollouts }, user, hint);
    const domain = username.split('@')[1]?.toLowerCase();
    const [realm, certificates, passwords, because] = expect;
    assert.deepEqual(ruling.because, { code: 'realmDecided', evidence: { domain, realm, because } });
    assert.deepEqual(ruling.outcome === 'passed' && ruling.value, { kind: realm, domain, certificates, passwords });
  });
}

for (const username of ['ana@nowhere.com', 'ana@later.com', 'ana@woodgrove.com.', 'ana', '']) {
  test(`"${username}" is of no verified domain`, () =>
    assert.equal(decideRealm(username, { domains, rollouts: [] }, undefined).because.code, 'domainUnknown'));
}

test('REALM-1: a federated account cannot use a certificate here', () => {
  const realm = { kind: 'federated', domain: 'contoso.com', certificates: false, passwords: false } as const;
  assert.deepEqual(acceptCertificates(realm).because, { code: 'realmFederated', evidence: { domain: 'contoso.com' } });
  assert.equal(acceptCertificates({ ...realm, certificates: true }).outcome, 'passed');
});
