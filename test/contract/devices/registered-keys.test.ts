import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { messageOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import { defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { checkKey } from '#core/x509/algorithms/public-key.ts';
import type { Application } from '#model/application.ts';
import { readClientAssertion } from '#oidc/provider/client-assertion.ts';
import { evaluateApplicationCertificate } from '#signin/applications/with-application-certificate.ts';
import { tokenFormOf } from '#signin/device/token-form.ts';
import { certificateOf } from '../../pki/chains.ts';
import { refusedKeys } from '../../pki/refused-keys.ts';
import { testCa } from '../../pki/test-ca.ts';

const appId = '5b1b3c0e-7e5c-4a36-9d0e-0b8f3c1d2e4f';
const at = new Date('2026-11-21T12:00:00Z');
const root = testCa('CN=Issuer');

function applicationWith(der: Uint8Array): Application {
  const certificate = Buffer.from(der).toString('base64');
  const [startDateTime, endDateTime] = ['2020-01-01T00:00:00Z', '2040-01-01T00:00:00Z'];
  const keyCredentials = [{ keyId: 'k', certificate, startDateTime, endDateTime }];
  return { appId, displayName: 'App', redirectUris: [], isPublicClient: false, keyCredentials } as never;
}

/** A certificate that was registered by a version without the key policy. */
describe('a key that no signature counts under proves no application, even where it is registered', () => {
  for (const [name, publicKeyInfo] of refusedKeys) {
    const card = root.issueUserCertificate({ subject: `CN=${name}`, publicKeyInfo });
    const application = applicationWith(card.der);
    const ruling = checkKey(publicKeyInfo, defaultAlgorithmPolicy);
    assert.notEqual(ruling.outcome, 'passed');
    const words = messageOf(ruling.because);

    test(`${name}: by a client assertion`, async () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const header = {
        alg: 'PS256',
        'x5t#S256': Buffer.from(certificateOf(card).sha256Thumbprint, 'hex').toString('base64url'),
      };
      const form = tokenFormOf(
        Object.entries({
          client_id: appId,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: `${part(header)}.${part({ iss: appId, sub: appId })}.AAAA`,
        }),
      );
      const answer = await readClientAssertion(
        { form, isBasic: false, ipAddress: '192.0.2.1', audiences: ['https://login.test/'], at },
        { findApplication: async () => application, records: {} as never, tenant: 'tenant' },
      );
      assert.deepEqual(
        [answer.outcome, answer.because],
        ['refused', because('clientAssertionInvalid', { appId, problem: words })],
      );
    });

    test(`${name}: by the certificate of a TLS handshake`, async () => {
      const policy = { version: '1', revocation: {}, trustStore: { authorities: [] } };
      const { isProven, because } = await evaluateApplicationCertificate(
        { correlationId: 'c', application, leaf: card.der },
        { ports: { policies: { current: async () => policy } } as never, at },
      );
      assert.equal(isProven, false);
      assert.equal((because.evidence as { problem?: string }).problem, words);
    });
  }
});
