import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { Browser } from '#cli/client/browser.ts';
import { claimsOf, RunningServer } from '../e2e/server.ts';
import { testCa } from '../pki/test-ca.ts';
import { registerService, type Service } from './service.ts';

/** What one request does otherwise than a good one. */
interface Otherwise {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly form?: Record<string, string>;
  /** Signs with the other service's key. */
  readonly signer?: Service;
}

const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');

describe('client assertions (RFC 7523)', () => {
  let server: RunningServer;
  let assertionService: Service;
  let otherService: Service;
  before(async () => {
    server = await RunningServer.start();
    assertionService = await registerService(server, 'Own');
    otherService = await registerService(server, 'Other');
  });
  after(() => server.remove());

  const endpoint = (tenant = 'woodgrove.test') => `${server.origin}/${tenant}/oauth2/v2.0/token`;

  async function formFor(service: Service, { header, claims, form, signer = service }: Otherwise = {}) {
    const now = Math.floor(Date.now() / 1000);
    const assertion = await new SignJWT({
      iss: service.appId,
      sub: service.appId,
      aud: endpoint(),
      jti: crypto.randomUUID(),
      nbf: now,
      exp: now + 600,
      ...claims,
    })
      .setProtectedHeader({ alg: 'PS256', 'x5t#S256': base64url(service.sha256), ...header })
      .sign(signer.privateKey);
    return {
      grant_type: 'client_credentials',
      client_id: service.appId,
      scope: `api://${service.appId}/.default`,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...form,
    };
  }
  async function send(form: Record<string, string>, tenant?: string) {
    const page = await new Browser(undefined, server.trust).post(new URL(endpoint(tenant)), form);
    return { status: page.status, ...(JSON.parse(page.body) as Record<string, unknown>) } as Record<string, unknown>;
  }

  const unnamed = { 'x5t#S256': undefined };
  const acceptance: readonly (readonly [string, () => Otherwise])[] = [
    ['by x5t#S256', () => ({})],
    ['by x5t', () => ({ header: { ...unnamed, alg: 'RS256', x5t: base64url(assertionService.sha1) } })],
    ['by x5c alone', () => ({ header: { ...unnamed, x5c: [assertionService.der.toString('base64')] } })],
    [
      'by x5c with line breaks, as one text',
      () => ({
        header: { ...unnamed, x5c: `\n${assertionService.certificatePem.replace(/-----[^-]+-----\n?/g, '')}` },
      }),
    ],
    [
      'by a key id that is the padded thumbprint',
      () => ({ header: { ...unnamed, alg: 'RS256', kid: `${base64url(assertionService.sha1)}=` } }),
    ],
    ['by a key id in hex', () => ({ header: { ...unnamed, kid: assertionService.sha1.toUpperCase() } })],
    ['for the issuer as audience', () => ({ claims: { aud: `${server.origin}/woodgrove.test/v2.0` } })],
    ['without client_id', () => ({ form: { client_id: '' } })],
  ];
  for (const [name, otherwise] of acceptance) {
    test(`an assertion is accepted ${name}`, async () => {
      const answer = await send(await formFor(assertionService, otherwise()));
      assert.equal(claimsOf(answer.access_token).appid, assertionService.appId, JSON.stringify(answer));
    });
  }

  const refusal: readonly (readonly [string, number, () => Otherwise])[] = [
    ['for another audience', 700027, () => ({ claims: { aud: 'https://login.example/token' } })],
    ['that has expired', 700027, () => ({ claims: { exp: Math.floor(Date.now() / 1000) - 3600 } })],
    ['that lives for a week', 700027, () => ({ claims: { exp: Math.floor(Date.now() / 1000) + 7 * 86_400 } })],
    ['without an end', 700027, () => ({ claims: { exp: undefined } })],
    ['without a jti', 700027, () => ({ claims: { jti: undefined } })],
    ['of another issuer', 700027, () => ({ claims: { iss: otherService.appId } })],
    ['for another application', 700027, () => ({ claims: { iss: otherService.appId, sub: otherService.appId } })],
    ['signed by another key', 700027, () => ({ signer: otherService })],
    ['that names another certificate', 700027, () => ({ header: { 'x5t#S256': base64url(otherService.sha256) } })],
    ['whose x5c is another certificate', 700027, () => ({ header: { x5c: [otherService.der.toString('base64')] } })],
    ['that names no certificate', 700027, () => ({ header: unnamed })],
    ['of an unknown application', 700016, () => unknownApplication],
    ['of another type', 700027, () => ({ form: { client_assertion_type: 'saml' } })],
    ['that is not a JWT', 700027, () => ({ form: { client_assertion: 'a.b.c' } })],
  ];
  const stranger = crypto.randomUUID();
  const unknownApplication = { claims: { iss: stranger, sub: stranger }, form: { client_id: stranger } };
  for (const [name, code, otherwise] of refusal) {
    test(`an assertion is refused ${name} (AADSTS${code})`, async () => {
      const answer = await send(await formFor(assertionService, otherwise()));
      assert.deepEqual([answer.status, answer.error_codes], [401, [code]], JSON.stringify(answer));
      assert.equal(answer.access_token, undefined);
    });
  }

  test('the same request is taken once; another with the same assertion, for another resource, is taken too', async () => {
    const form = await formFor(assertionService);
    assert.ok((await send(form)).access_token);
    assert.deepEqual((await send(form)).error_codes, [700024]);
    const graph = { ...form, scope: 'https://graph.microsoft.com/.default' };
    assert.ok((await send(graph)).access_token);
    assert.deepEqual((await send(graph)).error_codes, [700024]);
  });

  test('an expired certificate is refused with AADSTS7000222', async () => {
    const day = 86_400_000;
    const validity = { notBefore: new Date(Date.now() - 2 * day), notAfter: new Date(Date.now() - day) };
    const old = await registerService(server, 'Old', validity);
    const answer = await send(await formFor(old));
    assert.deepEqual([answer.status, answer.error, answer.error_codes], [401, 'invalid_client', [7000222]]);
  });

  test('a key that no card could have is refused where it is registered', async () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey;
    const { pem } = testCa('CN=Weak CA').issueUserCertificate({ subject: 'CN=Weak', key });
    const file = join(server.folder, 'weak.pem');
    writeFileSync(file, pem);
    const { code, err } = await server.cardea('app', 'add', 'Weak', '--certificate', file);
    assert.notEqual(code, 0);
    assert.match(err, /RSA exponent is less than 65537/);
  });

  test('a secret does not do for an application with certificates only', async () => {
    const { client_assertion: _, client_assertion_type: __, ...form } = await formFor(assertionService);
    const answer = await send({ ...form, client_secret: 'proven by assertion' });
    assert.deepEqual(answer.error_codes, [7000215]);
  });
});
