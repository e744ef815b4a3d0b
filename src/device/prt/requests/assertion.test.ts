import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { CompactJws } from '#core/device/jose/compact-jws.ts';
import type { Issued } from '#pki/build/issued.ts';
import { openPrtTenant, type PrtTenantOfTest } from '#test/device/prt-tenant.ts';
import { jws } from '#test/device/signed-requests.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { assertionKind, readCertificateAssertion } from './assertion.ts';

const card = testCa('Root').issueUserCertificate({ upn: 'ana@woodgrove.test', key: 'RSA-2048' });
const secondOne = testCa('Root').issueUserCertificate({ upn: 'ana@woodgrove.test', key: 'RSA-2048' });
const x5cOf = ({ der }: Issued) => [Buffer.from(der).toString('base64')];

for (const { header, kind } of [
  { header: { x5c: [] }, kind: 'certificate' },
  { header: { use: 'ngc' }, kind: 'windowsHelloForBusiness' },
  { header: { kid: 'k' }, kind: 'windowsHelloForBusiness' },
  { header: { x5c: [], kid: 'k' }, kind: undefined },
  { header: {}, kind: undefined },
])
  test(`an assertion with ${Object.keys(header).join(' and ') || 'neither x5c nor kid'} is ${kind ?? 'none'} (§3.2)`, () =>
    assert.equal(assertionKind({ header } as unknown as CompactJws), kind));

describe('the assertion of a smart card (windows-sign-in §3.4)', () => {
  let woodgrove: PrtTenantOfTest;
  before(async () => {
    woodgrove = await openPrtTenant();
  });
  after(() => woodgrove.end());
  const now = () => Math.floor(woodgrove.clock.at.getTime() / 1000);
  const assertion = (
    claims: Readonly<Record<string, unknown>> = {},
    header: Readonly<Record<string, unknown>> = {},
    key = card.privateKey as KeyObject,
  ) => {
    const usual = {
      iss: 'ana@woodgrove.test',
      aud: woodgrove.tenant.id,
      iat: now(),
      exp: now() + 300,
      jti: crypto.randomUUID(),
    };
    return jws({ alg: 'RS256', x5c: x5cOf(card), ...header }, { ...usual, ...claims }, key);
  };
  const read = async (text: string, outerNonce?: unknown) => {
    const { leaf, ...ruling } = await readCertificateAssertion(text, outerNonce, woodgrove.at());
    return { code: ruling.because.code, evidence: ruling.because.evidence, leaf: leaf && new Uint8Array(leaf) };
  };
  const codeOf = async (...input: Parameters<typeof read>) => (await read(...input)).code;

  test('a signed one passes with the certificate, which later steps evaluate, and its name', async () => {
    const { code, leaf, evidence } = await read(assertion());
    assert.deepEqual([code, leaf], ['assertionAccepted', card.der]);
    assert.deepEqual(evidence, { username: 'ana@woodgrove.test', algorithm: 'RS256' });
  });

  test('the key of the certificate made the signature, by an algorithm that fits it', async () => {
    assert.equal(await codeOf(assertion({}, { x5c: x5cOf(secondOne) })), 'assertionSignatureWrong');
    assert.equal(await codeOf(assertion({}, { alg: 'ES256' })), 'assertionAlgorithmUnfit');
    assert.equal(await codeOf(assertion({}, { alg: 'none' })), 'assertionAlgorithmUnfit');
  });

  test('a certificate that was read is in the log also of an assertion that is refused', async () =>
    assert.deepEqual((await read(assertion({ exp: 1 }))).leaf, card.der));

  for (const { name, claims, code } of [
    { name: 'no times', claims: { iat: undefined }, code: 'assertionOutdated' },
    { name: 'a life of more than ten minutes without a nonce', claims: { exp: 601 }, code: 'assertionOutdated' },
    { name: 'a start in the future', claims: { iat: 301, exp: 400 }, code: 'assertionOutdated' },
    { name: 'an end in the past', claims: { iat: -900, exp: -301 }, code: 'assertionOutdated' },
    { name: 'clocks that differ by five minutes', claims: { iat: 290, exp: 400 }, code: 'assertionAccepted' },
  ])
    test(`${name}: ${code}`, async () => {
      const times = Object.entries(claims).map(([claim, seconds]) => [
        claim,
        seconds === undefined ? seconds : now() + seconds,
      ]);
      assert.equal(await codeOf(assertion(Object.fromEntries(times))), code);
    });

  test('with a nonce it may hold for an hour, and the nonce is that of the request around it', async () => {
    const nonce = woodgrove.nonce();
    const long = () => assertion({ exp: now() + 3600, request_nonce: nonce });
    assert.equal(await codeOf(long(), nonce), 'assertionAccepted');
    assert.equal(await codeOf(long(), woodgrove.nonce()), 'deviceNonceInvalid');
    assert.equal(await codeOf(assertion({ exp: now() + 3601, request_nonce: nonce }), nonce), 'assertionOutdated');
    assert.equal(await codeOf(assertion({ request_nonce: 'x' }), 'x'), 'deviceNonceInvalid');
  });

  test('without a nonce it is taken once', async () => {
    const text = assertion();
    assert.deepEqual([await codeOf(text), await codeOf(text)], ['assertionAccepted', 'assertionReplayed']);
  });

  for (const audience of [
    'https://sts.windows.net/ID/',
    'ID',
    'woodgrove.test',
    'https://login.test/common/oauth2/token',
    'https://LOGIN.test/ID/v2.0',
    'login.microsoftonline.com',
  ])
    test(`the audience ${audience} is this service`, async () =>
      assert.equal(await codeOf(assertion({ aud: audience.replace('ID', woodgrove.tenant.id) })), 'assertionAccepted'));
  for (const audience of [
    'https://login.test.evil/ID',
    'contoso.test',
    'https://login.test/contoso.test/oauth2/token',
    '',
    7,
  ])
    test(`the audience ${JSON.stringify(audience)} is another one`, async () => {
      const aud = typeof audience === 'string' ? audience.replace('ID', woodgrove.tenant.id) : audience;
      assert.equal(await codeOf(assertion({ aud })), 'assertionAudienceWrong');
    });

  test('a name has the form of one, and may be empty: whether the certificate names the user is for the tenant to say (WIN-11)', async () => {
    assert.equal(await codeOf(assertion({ iss: 'ana' })), 'deviceNameMalformed');
    assert.equal(await codeOf(assertion({ iss: '' })), 'assertionAccepted');
  });
});
