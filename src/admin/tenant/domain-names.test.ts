import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import { domainOf, type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { refusedWith } from '#test/refused-with.ts';
import {
  askForDomain,
  chooseDefaultDomain,
  type DomainNamePorts,
  promoteDomain,
  promotedDomains,
  removeDomain,
  requireProof,
  unverifiedDomains,
  verifyDomain,
} from './domain-names.ts';
import { federateDomain, manageDomain, providersOf, setAuthenticationType } from './domains.ts';

const actor = 'an administrator';
describe('the domains of a tenant', () => {
  let woodgrove: OneTenant;
  /** TXT records of the domains, as DNS has them. */
  let records: Readonly<Record<string, readonly string[]>>;
  beforeEach(async () => {
    woodgrove = await openTenant([domainOf('woodgrove.test'), domainOf('fabrikam.test')]);
    records = {};
  });
  afterEach(() => woodgrove.end());

  const addContoso = () =>
    woodgrove.storage.tenants.add({ id: crypto.randomUUID(), displayName: 'C', domains: [domainOf('contoso.test')] });
  const currentPorts = async (): Promise<DomainNamePorts> => {
    const { storage, ports } = woodgrove;
    const tenant = (await storage.tenants.find(woodgrove.tenant.id)) as Tenant;
    return { ...ports, tenant, tenants: storage.tenants, names: { txt: async (domain) => records[domain] ?? [] } };
  };
  const request = async (domain: string) => askForDomain(domain, { actor, ports: await currentPorts() }).then(orThrow);
  const domainIds = async () => (await currentPorts()).tenant.domains.map(({ id }) => id);

  for (const { domain, code } of [
    { domain: 'no dots', code: 'domainMalformed' },
    { domain: 'localhost', code: 'domainMalformed' },
    { domain: '-x.test', code: 'domainMalformed' },
    { domain: 'x..test', code: 'domainMalformed' },
    { domain: 'x_y.test', code: 'domainMalformed' },
    { domain: '192.0.2.1', code: 'domainMalformed' },
    { domain: `${'a'.repeat(64)}.test`, code: 'domainMalformed' },
    { domain: 'WOODGROVE.test', code: 'graphObjectConflict' },
    { domain: 'contoso.test', code: 'domainTaken' },
  ])
    test(`${domain.slice(0, 20)} cannot be requested: ${code}`, async () => {
      await addContoso();
      await assert.rejects(request(domain), refusedWith(code));
    });

  test('at most a hundred domains wait for their proof, and none of them twice', async () => {
    for (let i = 0; i < 100; i++) await request(`d${i}.test`);
    await assert.rejects(request('D0.test'), refusedWith('graphObjectConflict'));
    await assert.rejects(request('more.test'), refusedWith('graphLimitReached'));
  });

  test('a domain is verified by its TXT record, and by that alone where there are other tenants', async () => {
    await addContoso();
    const { text } = (await request('New.test')).document;
    const proof = async (isForced = false) => requireProof('new.test', isForced, await currentPorts()).then(orThrow);
    await assert.rejects(proof(), refusedWith('domainUnproven'));
    records = { 'new.test': ['MS=ms000000000000', 'v=spf1 -all'] };
    await assert.rejects(proof(), refusedWith('domainUnproven'));
    await assert.rejects(proof(true), refusedWith('domainForceRefused'));
    records = { 'new.test': ['v=spf1 -all', text] };
    await proof();
    orThrow(await verifyDomain('new.test', { actor, ports: await currentPorts() }));
    assert.deepEqual(
      [await domainIds(), await unverifiedDomains(await currentPorts())],
      [['woodgrove.test', 'fabrikam.test', 'new.test'], []],
    );
  });

  test('the only tenant may do without DNS, and only for a domain that it requested', async () => {
    await request('new.test');
    orThrow(await requireProof('new.test', true, await currentPorts()));
    await assert.rejects(
      requireProof('other.test', true, await currentPorts()).then(orThrow),
      refusedWith('graphObjectMissing'),
    );
    await assert.rejects(
      verifyDomain('other.test', { actor, ports: await currentPorts() }).then(orThrow),
      refusedWith('graphObjectMissing'),
    );
  });

  const provider = {
    issuerUri: 'urn:idp',
    passiveSignInUri: 'https://idp.test/',
    preferredAuthenticationProtocol: 'saml',
  } as const;
  test('a domain that is not verified is neither federated, managed nor the default one', async () => {
    await request('new.test');
    const ports = await currentPorts();
    const context = { actor, ports: { ...woodgrove.ports, ...ports, tenants: woodgrove.storage.tenants } };
    for (const change of [
      () => federateDomain(ports.tenant, 'NEW.test', provider, context),
      () => manageDomain(ports.tenant, 'new.test', context),
      () => setAuthenticationType(ports.tenant, 'new.test', 'Managed', context),
      () => setAuthenticationType(ports.tenant, 'new.test', 'Federated', context),
      () => chooseDefaultDomain('new.test', context),
      () => promoteDomain('new.test', context),
    ])
      await assert.rejects(change().then(orThrow), {
        because: {
          code: 'graphPropertyInvalid',
          evidence: { target: 'isVerified', problem: 'the domain is not verified yet' },
        },
      });
    await assert.rejects(manageDomain(ports.tenant, 'other.test', context).then(orThrow), refusedWith('nothingFound'));
    assert.deepEqual(await domainIds(), ['woodgrove.test', 'fabrikam.test']);
  });

  test('a domain is of the type Federated with its identity provider alone', async () => {
    const { tenant, ...ports } = await currentPorts();
    const context = { actor, ports: { ...woodgrove.ports, ...ports, tenants: woodgrove.storage.tenants } };
    const set = (type: 'Managed' | 'Federated') =>
      setAuthenticationType(tenant, 'fabrikam.test', type, context).then(orThrow);
    const currentType = async () => (await currentPorts()).tenant.domains[1]?.authenticationType;
    await assert.rejects(set('Federated'), refusedWith('graphPropertyInvalid'));
    assert.equal(await currentType(), 'Managed');
    orThrow(await federateDomain(tenant, 'fabrikam.test', provider, context));
    await set('Federated');
    assert.equal(await currentType(), 'Federated');
    await set('Managed');
    assert.deepEqual([await currentType(), await providersOf('fabrikam.test', ports)], ['Managed', []]);
  });

  test('the default domain stays', async () => {
    await assert.rejects(
      removeDomain('woodgrove.test', { actor, ports: await currentPorts() }).then(orThrow),
      refusedWith('domainNeeded'),
    );
  });

  test('a domain of users or of applications stays, and the refusal says of which', async () => {
    const { ports } = woodgrove;
    await ports.users.add(userOf('ana@fabrikam.test'), actor);
    await assert.rejects(removeDomain('fabrikam.test', { actor, ports: await currentPorts() }).then(orThrow), {
      because: { code: 'graphObjectInUse', evidence: { what: 'fabrikam.test', usedBy: ['1 user'] } },
    });
  });

  test('a domain leaves with its identity provider and its place as a root domain', async () => {
    const { storage } = woodgrove;
    await storage.tenants.verifyDomain(woodgrove.tenant.id, 'sub.fabrikam.test', actor);
    const ports = { ...woodgrove.ports, tenants: storage.tenants };
    orThrow(await federateDomain((await currentPorts()).tenant, 'sub.fabrikam.test', provider, { actor, ports }));
    orThrow(await promoteDomain('sub.fabrikam.test', { actor, ports: await currentPorts() }));
    assert.deepEqual(await promotedDomains(ports), ['sub.fabrikam.test']);
    orThrow(await removeDomain('sub.fabrikam.test', { actor, ports: await currentPorts() }));
    assert.deepEqual(
      [await domainIds(), await promotedDomains(ports), await providersOf('sub.fabrikam.test', ports)],
      [['woodgrove.test', 'fabrikam.test'], [], []],
    );
  });

  test('a root domain is promoted without effect, and one that is not verified not at all', async () => {
    orThrow(await promoteDomain('fabrikam.test', { actor, ports: await currentPorts() }));
    assert.deepEqual(await promotedDomains(woodgrove.ports), []);
    await request('sub.woodgrove.test');
    await assert.rejects(
      promoteDomain('sub.woodgrove.test', { actor, ports: await currentPorts() }).then(orThrow),
      refusedWith('graphPropertyInvalid'),
    );
    await assert.rejects(
      promoteDomain('other.test', { actor, ports: await currentPorts() }).then(orThrow),
      refusedWith('graphObjectMissing'),
    );
  });
});
