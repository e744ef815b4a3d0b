import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { IdentityProvider } from '#core/binding/realm.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { domainOf, type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { changeProvider, federateDomain, manageDomain, providersOf, setAuthenticationType } from './domains.ts';

const provider: IdentityProvider = {
  issuerUri: 'http://adfs.woodgrove.test/adfs/services/trust',
  passiveSignInUri: 'https://adfs.woodgrove.test/adfs/ls',
  preferredAuthenticationProtocol: 'wsFed',
};

describe('the identity provider of a domain', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant([domainOf('woodgrove.test'), { ...domainOf('new.test'), isVerified: false }]);
  });
  afterEach(() => woodgrove.end());
  const context = () => ({
    actor: 'test',
    ports: { ...woodgrove.ports, tenants: woodgrove.storage.tenants },
  });
  const federate = (domain: string, change: object = {}) =>
    federateDomain(woodgrove.tenant, domain, { ...provider, ...change } as IdentityProvider, context());
  const typeOf = async (domain: string) =>
    (await woodgrove.storage.tenants.find('woodgrove.test'))?.domains.find(({ id }) => id === domain)
      ?.authenticationType;

  for (const { name, domain, change, code } of [
    { name: 'a domain in any case', domain: 'WOODGROVE.test', change: {}, code: 'passed' },
    { name: 'a domain that the tenant does not have', domain: 'other.test', change: {}, code: 'nothingFound' },
    { name: 'a domain that is not verified', domain: 'new.test', change: {}, code: 'graphPropertyInvalid' },
    { name: 'no issuer', domain: 'woodgrove.test', change: { issuerUri: '' }, code: 'federationInvalid' },
    {
      name: 'no TLS',
      domain: 'woodgrove.test',
      change: { passiveSignInUri: 'http://adfs.woodgrove.test/' },
      code: 'federationInvalid',
    },
    {
      name: 'an unknown protocol',
      domain: 'woodgrove.test',
      change: { preferredAuthenticationProtocol: 'oidc' },
      code: 'federationInvalid',
    },
    {
      name: 'an address that is never connected to',
      domain: 'woodgrove.test',
      change: { passiveSignInUri: 'https://169.254.169.254/' },
      code: 'addressNeverReached',
    },
  ])
    test(`${name}: ${code}`, async () => {
      assert.equal(outcomeOf(await federate(domain, change)), code);
      assert.equal(await typeOf('woodgrove.test'), code === 'passed' ? 'Federated' : 'Managed');
      assert.equal((await providersOf('woodgrove.test', woodgrove.ports)).length, code === 'passed' ? 1 : 0);
    });

  test('a second federation replaces the provider, and a managed domain has none', async () => {
    orThrow(await federate('woodgrove.test'));
    orThrow(await federate('woodgrove.test', { preferredAuthenticationProtocol: 'saml' }));
    const providers = await providersOf('woodgrove.test', woodgrove.ports);
    assert.deepEqual(
      providers.map(({ document }) => document.preferredAuthenticationProtocol),
      ['saml'],
    );
    orThrow(await manageDomain(woodgrove.tenant, 'woodgrove.test', context()));
    assert.deepEqual(await providersOf('woodgrove.test', woodgrove.ports), []);
    assert.equal(await typeOf('woodgrove.test'), 'Managed');
  });

  test('a domain without a provider is not set to Federated', async () => {
    const set = (type: 'Managed' | 'Federated') =>
      setAuthenticationType(woodgrove.tenant, 'woodgrove.test', type, context()).then(outcomeOf);
    assert.equal(await set('Federated'), 'graphPropertyInvalid');
    orThrow(await federate('woodgrove.test'));
    assert.deepEqual([await set('Federated'), await set('Managed')], ['passed', 'passed']);
  });

  test('a change of the provider is checked as a new one is', async () => {
    orThrow(await federate('woodgrove.test'));
    const [{ id } = { id: '' }] = await providersOf('woodgrove.test', woodgrove.ports);
    const change = (target: string, domain: string, uri: string) =>
      changeProvider(target, domain, { passiveSignInUri: uri }, context()).then(outcomeOf);
    const uri = 'https://new.woodgrove.test/';
    assert.equal(await change(id, 'woodgrove.test', 'http://new.woodgrove.test/'), 'federationInvalid');
    assert.equal(await change(id, 'new.test', uri), 'graphObjectMissing');
    assert.equal(await change('other', 'woodgrove.test', uri), 'graphObjectMissing');
    assert.equal(await change(id, 'woodgrove.test', uri), 'passed');
    const [item] = await providersOf('woodgrove.test', woodgrove.ports);
    assert.equal(item?.document.passiveSignInUri, uri);
  });
});
