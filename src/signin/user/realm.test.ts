import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addRollout } from '#admin/policies/feature-rollouts.ts';
import { federateDomain } from '#admin/tenant/domains.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import { domainOf, type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { acceptInRealm, chooseRealm, chooseTenant } from './realm.ts';

const provider = {
  issuerUri: 'urn:idp',
  passiveSignInUri: 'https://idp.test/',
  preferredAuthenticationProtocol: 'wsFed',
} as const;
const pilots = '11111111-0000-4000-8000-000000000001';
const [ana, ben] = [userOf('ana@fabrikam.test'), userOf('ben@fabrikam.test')];

describe('where a user name signs in', () => {
  let woodgrove: OneTenant;
  let tenant: Tenant;
  before(async () => {
    woodgrove = await openTenant([domainOf('woodgrove.test'), domainOf('fabrikam.test')]);
    const { ports, storage } = woodgrove;
    await storage.tenants.add({
      id: crypto.randomUUID(),
      displayName: 'Contoso',
      domains: [domainOf('contoso.test')],
    });
    for (const user of [ana, ben]) await ports.users.add(user, 'test');
    await ports.groups.add({ id: pilots, displayName: 'Pilots' }, 'test');
    await ports.groups.addMember(pilots, { kind: 'user', id: ana.id }, 'test');
    const inside = { ...ports, tenants: storage.tenants };
    orThrow(await federateDomain(woodgrove.tenant, 'fabrikam.test', provider, { actor: 'test', ports: inside }));
    const rollout = {
      displayName: 'Cards',
      description: '',
      feature: 'certificateBasedAuthentication',
      isEnabled: true,
      isAppliedToOrganization: false,
      appliesTo: [pilots],
    } as const;
    orThrow(await addRollout(rollout, { actor: 'test', ports }));
    tenant = (await storage.tenants.find(woodgrove.tenant.id))!;
  });
  after(() => woodgrove.end());

  for (const { typed, expected } of [
    { typed: 'x@woodgrove.test', expected: 'usernameRead' },
    { typed: 'x@WOODGROVE.test', expected: 'usernameRead' },
    { typed: 'x@nowhere.test', expected: 'domainUnknown' },
    { typed: 'x@contoso.test', expected: 'userOfAnotherTenant' },
    { typed: 'x', expected: 'usernameMalformed' },
  ])
    test(`${typed}: ${expected}`, async () => {
      const ruling = await chooseTenant(typed, woodgrove.storage.tenants, tenant);
      assert.equal(ruling.because.code, expected);
    });

  test('without a tenant in the address, the domain of the name decides', async () => {
    const ruling = await chooseTenant('x@contoso.test', woodgrove.storage.tenants, undefined);
    assert.equal(ruling.outcome === 'passed' && ruling.value.tenant.displayName, 'Contoso');
  });

  for (const { name, username, domainHint = false, expected } of [
    { name: 'a name of a managed domain', username: 'x@woodgrove.test', expected: 'certificates passwords' },
    { name: 'a user of the staged rollout', username: ana.userPrincipalName, expected: 'certificates' },
    {
      name: 'the same user after a domain hint',
      username: ana.userPrincipalName,
      domainHint: true,
      expected: provider.passiveSignInUri,
    },
    {
      name: 'another user of the federated domain',
      username: ben.userPrincipalName,
      expected: provider.passiveSignInUri,
    },
    { name: 'no user of the federated domain', username: 'x@fabrikam.test', expected: provider.passiveSignInUri },
  ])
    test(`${name}: ${expected}`, async () => {
      const ruling = await chooseRealm(username, { ...woodgrove.ports, tenant }, { domainHint });
      assert.equal(ruling.outcome, 'passed');
      const { value } = ruling as Extract<typeof ruling, { outcome: 'passed' }>;
      const means = (['certificates', 'passwords'] as const).filter(
        (item) => value.kind === 'here' && value.realm[item],
      );
      assert.equal(value.kind === 'elsewhere' ? value.provider.passiveSignInUri : means.join(' '), expected);
    });

  for (const { name, user, certificates, passwords } of [
    {
      name: 'a user of a managed domain',
      user: userOf('x@woodgrove.test'),
      certificates: undefined,
      passwords: undefined,
    },
    { name: 'a user of the rollout of certificates', user: ana, certificates: undefined, passwords: 'realmFederated' },
    { name: 'a federated user', user: ben, certificates: 'realmFederated', passwords: 'realmFederated' },
  ])
    test(`a caller without a page is refused the same: ${name}`, async () => {
      const ports = { ...woodgrove.ports, tenant };
      const codes = [];
      for (const means of ['certificates', 'passwords'] as const) {
        const ruling = await acceptInRealm(user, means, ports);
        codes.push(ruling.outcome === 'passed' ? undefined : ruling.because.code);
      }
      assert.deepEqual(codes, [certificates, passwords]);
    });
});
