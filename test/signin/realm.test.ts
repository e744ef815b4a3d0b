import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { federateDomain, manageDomain } from '#admin/tenant/domains.ts';
import type { FeatureRollout, IdentityProvider } from '#core/binding/realm.ts';
import type { User } from '#core/binding/user.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import { acceptInRealm, chooseRealm, chooseTenant } from '#signin/user/realm.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt } from '../contract/databases.ts';

const provider: IdentityProvider = {
  issuerUri: 'http://sts.contoso.test/adfs/services/trust',
  passiveSignInUri: 'https://sts.contoso.test/adfs/ls/',
  preferredAuthenticationProtocol: 'wsFed',
};

describe('home-realm discovery on a real database', () => {
  const [sqlite] = databasesUnderTest();
  let storage: Storage;
  let tenantStorage: TenantStorage;
  let tenant: Tenant;
  /** `pilot` is the rollout's group, `inner` a group in it; ana is in `pilot`, ben in `inner`, carol in none. */
  let [pilot, inner]: [string, string] = ['', ''];
  let people: Record<'ana' | 'ben' | 'carol', User>;

  before(async () => {
    storage = await openAt(await sqlite!.place());
  });
  beforeEach(async () => {
    const id = crypto.randomUUID();
    const domain = (name: string) =>
      ({ id: `${name}-${id}.test`, authenticationType: 'Managed', isVerified: true }) as const;
    await storage.tenants.add({ id, displayName: id, domains: [domain('managed'), domain('federated')] });
    tenantStorage = storage.forTenant(id);
    tenant = (await storage.tenants.find(id))!;
    orThrow(
      await federateDomain(tenant, `federated-${id}.test`, provider, {
        actor: 'test',
        ports: { ...tenantStorage, tenants: storage.tenants },
      }),
    );
    tenant = (await storage.tenants.find(id))!;
    [pilot, inner] = [crypto.randomUUID(), crypto.randomUUID()];
    for (const group of [pilot, inner]) await tenantStorage.groups.add({ id: group, displayName: group }, 'test');
    const entries = await Promise.all(
      (['ana', 'ben', 'carol'] as const).map(async (name) => [name, await addUser(name)] as const),
    );
    people = Object.fromEntries(entries) as typeof people;
    await tenantStorage.groups.addMember(pilot, { kind: 'user', id: people.ana.id }, 'test');
    await tenantStorage.groups.addMember(pilot, { kind: 'group', id: inner }, 'test');
    await tenantStorage.groups.addMember(inner, { kind: 'user', id: people.ben.id }, 'test');
  });
  after(async () => {
    await storage?.close();
    sqlite!.end();
  });

  const ports = () => ({ ...tenantStorage, tenant });
  async function addUser(name: string): Promise<User> {
    const user: User = {
      id: crypto.randomUUID(),
      userPrincipalName: `${name}@${tenant.domains[1]!.id}`,
      onPremisesUserPrincipalName: undefined,
      displayName: name,
      mail: undefined,
      accountEnabled: true,
      certificateUserIds: [],
      signInSessionsValidFromDateTime: undefined,
      groupIds: [],
    };
    await tenantStorage.users.add(user, 'test');
    return (await tenantStorage.users.find(user.id))!;
  }
  const rollOut = (change: Partial<FeatureRollout> = {}) =>
    tenantStorage.objects.add(
      {
        kind: 'featureRolloutPolicies',
        id: crypto.randomUUID(),
        owner: undefined,
        document: {
          displayName: 'CBA pilot',
          feature: 'certificateBasedAuthentication',
          isEnabled: true,
          isAppliedToOrganization: false,
          appliesTo: [pilot],
          ...change,
        },
      },
      { activity: 'Create rollout policy for feature', actor: 'test' },
    );

  interface Row {
    readonly name: string;
    readonly who: 'ana' | 'ben' | 'carol' | 'nobody';
    readonly at?: 'managed';
    readonly rollouts?: readonly Partial<FeatureRollout>[];
    readonly domainHint?: true;
    /** Elsewhere, or what works here. */
    readonly expect: 'elsewhere' | readonly ('certificates' | 'passwords')[];
  }
  const pair = ['certificates', 'passwords'] as const;
  const rows: readonly Row[] = [
    { name: 'REALM-1: the managed domain signs in here', who: 'ana', at: 'managed', expect: pair },
    { name: 'REALM-1: an unknown name of it, too', who: 'nobody', at: 'managed', expect: pair },
    { name: 'REALM-1: the federated domain goes to its identity provider', who: 'ana', expect: 'elsewhere' },
    {
      name: 'an unknown name goes where a known one of its domain does',
      who: 'nobody',
      rollouts: [{}],
      expect: 'elsewhere',
    },
    {
      name: 'REALM-2: a member of the pilot uses certificates here',
      who: 'ana',
      rollouts: [{}],
      expect: ['certificates'],
    },
    { name: 'REALM-2: who is in no pilot does not', who: 'carol', rollouts: [{}], expect: 'elsewhere' },
    {
      name: 'REALM-3: passwords only where their hashes are here',
      who: 'ana',
      rollouts: [{}, { feature: 'passwordHashSync' }],
      expect: pair,
    },
    {
      name: 'REALM-3: and those lend no certificates',
      who: 'ana',
      rollouts: [{ feature: 'passwordHashSync' }],
      expect: ['passwords'],
    },
    { name: 'REALM-4: a group in the pilot’s group does not count', who: 'ben', rollouts: [{}], expect: 'elsewhere' },
    {
      name: 'REALM-5: a request with a domain hint stays federated',
      who: 'ana',
      rollouts: [{}],
      domainHint: true,
      expect: 'elsewhere',
    },
    {
      name: 'REALM-6: the pilot’s groups are its own, not those of the method',
      who: 'carol',
      rollouts: [{ appliesTo: [] }],
      expect: 'elsewhere',
    },
    {
      name: 'REALM-7: a rollout that is off leaves the domain as it is',
      who: 'ana',
      rollouts: [{ isEnabled: false }],
      expect: 'elsewhere',
    },
  ];
  for (const { name, who, at, rollouts = [], domainHint = false, expect } of rows) {
    test(name, async () => {
      for (const rollout of rollouts) await rollOut(rollout);
      const username = `${who}@${tenant.domains[at === 'managed' ? 0 : 1]!.id}`;
      const ruling = await chooseRealm(username, ports(), { domainHint });
      assert.equal(ruling.because.code, 'realmDecided');
      const choice = ruling.outcome === 'passed' ? ruling.value : undefined;
      if (expect === 'elsewhere') {
        assert.equal(choice?.kind, 'elsewhere');
        assert.deepEqual(choice?.kind === 'elsewhere' && choice.provider.passiveSignInUri, provider.passiveSignInUri);
      } else {
        const realm = choice?.kind === 'here' ? choice.realm : undefined;
        assert.deepEqual(
          [realm?.certificates, realm?.passwords],
          pair.map((means) => expect.includes(means)),
        );
      }
      if (at === 'managed' || who === 'nobody' || domainHint) return;
      for (const means of pair) {
        const ruling = await acceptInRealm(people[who], means, ports());
        const isAllowed = expect !== 'elsewhere' && expect.includes(means);
        const code = ruling.outcome === 'passed' ? undefined : ruling.because.code;
        assert.equal(code, isAllowed ? undefined : 'realmFederated', `asked for ${means} itself`);
      }
    });
  }

  test('a federated domain without an identity provider is refused with 50107, not let in', async () => {
    const [, { id: domain }] = tenant.domains as [unknown, { id: string }];
    orThrow(
      await manageDomain(tenant, domain, { actor: 'test', ports: { ...tenantStorage, tenants: storage.tenants } }),
    );
    await storage.tenants.setAuthenticationType(tenant.id, domain, 'Federated', 'test');
    const ruling = await chooseRealm(people.ana.userPrincipalName, ports(), { domainHint: false });
    assert.deepEqual(ruling.because, { code: 'realmFederated', evidence: { domain } });
  });

  test('changing a domain is an audit entry, and another tenant’s domain is not found', async () => {
    const domain = tenant.domains[1]!.id;
    const [row] = await tenantStorage.audits.list({ top: 1, targetId: domain });
    assert.deepEqual([row?.activity, row?.actor], ['Set domain authentication', 'test']);
    assert.equal(await storage.tenants.setAuthenticationType(crypto.randomUUID(), domain, 'Managed', 'test'), false);
    assert.equal((await storage.tenants.find(domain))?.domains[1]?.authenticationType, 'Federated');
  });

  const wrong = [
    { issuerUri: '', problem: 'issuerUri' },
    { passiveSignInUri: 'http://sts.contoso.test/', problem: 'passiveSignInUri' },
    { passiveSignInUri: 'javascript:alert(1)', problem: 'passiveSignInUri' },
    { preferredAuthenticationProtocol: 'ws' as 'wsFed', problem: 'preferredAuthenticationProtocol' },
  ];
  for (const { problem, ...change } of wrong) {
    test(`an identity provider with ${JSON.stringify(change)} is refused and changes nothing`, async () => {
      const domain = tenant.domains[0]!.id;
      const request = federateDomain(
        tenant,
        domain,
        { ...provider, ...change },
        {
          actor: 'test',
          ports: {
            ...tenantStorage,
            tenants: storage.tenants,
          },
        },
      ).then(orThrow);
      await assert.rejects(request, (thrown: { because: { code: string; evidence: { property: string } } }) => {
        assert.deepEqual([thrown.because.code, thrown.because.evidence.property], ['federationInvalid', problem]);
        return true;
      });
      assert.equal((await storage.tenants.find(tenant.id))?.domains[0]?.authenticationType, 'Managed');
    });
  }

  test('a name of another tenant, of none, and no name', async () => {
    const second = { id: crypto.randomUUID(), displayName: 'other', domains: [] };
    const request = async (typedText: string) => (await chooseTenant(typedText, storage.tenants, second)).because.code;
    assert.equal(await request(people.ana.userPrincipalName), 'userOfAnotherTenant');
    assert.equal(await request('ana@nowhere.test'), 'domainUnknown');
    assert.equal(await request('ana'), 'usernameMalformed');
  });
});
