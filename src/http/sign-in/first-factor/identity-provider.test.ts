import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { signInAddress } from './identity-provider.ts';

const request = {
  ...{ username: 'ana&co@fabrikam.test', correlationId: '1a2b', context: 'uid' },
  at: new Date('2027-03-01T12:00:00Z'),
};
const providerOf = (preferredAuthenticationProtocol: 'wsFed' | 'saml', passiveSignInUri = 'https://idp.test/sso') => ({
  ...{ issuerUri: 'urn:idp', passiveSignInUri, preferredAuthenticationProtocol },
});
const addressOf = (...provider: Parameters<typeof providerOf>) =>
  new URL(signInAddress(providerOf(...provider), request));

test('WS-Federation: a sign-in for the realm of Entra, with the name as a hint and the sign-in as the context (REALM-1)', () => {
  const address = addressOf('wsFed');
  assert.equal(address.origin + address.pathname, 'https://idp.test/sso');
  assert.deepEqual(Object.fromEntries(address.searchParams), {
    ...{ 'client-request-id': '1a2b', username: 'ana&co@fabrikam.test', wa: 'wsignin1.0' },
    ...{ wtrealm: 'urn:federation:MicrosoftOnline', wctx: 'estsredirect=2&estsrequest=uid' },
  });
});

test('what the address of the identity provider has in its query stays', () => {
  const address = addressOf('wsFed', 'https://idp.test/sso?tenant=7');
  assert.deepEqual([address.searchParams.get('tenant'), address.searchParams.get('wa')], ['7', 'wsignin1.0']);
});

/** The AuthnRequest of an address. */
const requestIn = (address: URL): string =>
  inflateRawSync(Buffer.from(address.searchParams.get('SAMLRequest')!, 'base64')).toString('utf8');

test('SAML: an AuthnRequest, deflated and in base64, with the sign-in as relay state (saml-bindings-2.0 §3.4.4.1)', () => {
  const address = addressOf('saml');
  assert.equal(address.searchParams.get('RelayState'), 'estsredirect=2&estsrequest=uid');
  assert.equal(address.searchParams.get('username'), request.username);
  const text = requestIn(address);
  assert.match(text, /^<samlp:AuthnRequest [^>]*Version="2\.0" IssueInstant="2027-03-01T12:00:00\.000Z"/);
  assert.match(text, />urn:federation:MicrosoftOnline<\/saml:Issuer>/);
  assert.match(text, /nameid-format:persistent/);
});

test('an id of XML does not begin with a digit (saml-core-2.0 §3.4.1)', () =>
  assert.match(requestIn(addressOf('saml')), / ID="_1a2b"/));

test('the destination is the address without its query, and cannot leave its attribute', () => {
  const destination = (uri: string) => / Destination="([^"]*)"/.exec(requestIn(addressOf('saml', uri)))?.[1];
  assert.equal(destination('https://idp.test/sso?tenant=7'), 'https://idp.test/sso');
  assert.equal(destination('https://idp.test/a&b'), 'https://idp.test/a&amp;b');
});
