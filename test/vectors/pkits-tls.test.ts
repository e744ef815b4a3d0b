import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { presentedBy } from '#http/certauth/presented.ts';
import { createFront, type Front } from '#http/front/front.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { decide } from './pkits-case.ts';
import { pkitsDifferences } from './pkits-differences.ts';
import { howToGetPkits, pkitsCases, pkitsFolder } from './pkits-files.ts';

/**
 * Cards whose key no TLS of today can show: DSA left TLS with version 1.3, and OpenSSL offers it in no cipher of 1.2. The
 * certificates themselves are evaluated in pkits.test.ts.
 */
const notShowable = new Set(['4.1.4', '4.1.5', '4.1.6']);

/** NIST's end entities shown in a live handshake on the certauth host with the suite's own keys: what arrives is evaluated. */
describe('PKITS through a TLS handshake', { skip: pkitsFolder() ? false : howToGetPkits }, () => {
  const { root, server } = makeTlsCertificate({ hosts: ['localhost', 'certauth.localhost'], at: new Date() });
  let front: Front;
  let port: number;
  before(async () => {
    front = createFront({
      listen: '127.0.0.1',
      port: 0,
      certauthPort: 0,
      loginHost: 'localhost',
      certauthHost: 'certauth.localhost',
      registrationHost: 'enterpriseregistration.localhost',
      certificate: { cert: server.pem, key: server.privateKeyPem },
      hintsFor: async () => undefined,
      onLogin: (_, res) => res.end(),
      onCertauth: (req, res) => res.end(Buffer.from(presentedBy(req)?.leaf ?? [])),
      onRegistration: (_, res) => res.end(),
      onTlsError: () => undefined,
    });
    ({ port } = await front.listen());
  });
  after(() => front.close());

  for (const pkitsCase of pkitsCases) {
    if (notShowable.has(pkitsCase.id)) continue;
    test(`PKITS ${pkitsCase.id} ${pkitsCase.name}: ${pkitsCase.expect.valid ? 'valid' : 'invalid'}`, async () => {
      const pfx = readFileSync(join(pkitsFolder() ?? '', 'pkcs12', `${pkitsCase.certs[0]}.p12`));
      const leaf = await show(pfx);
      const { ruling } = decide(pkitsCase, 0, leaf);
      assert.equal(ruling.outcome === 'passed', pkitsCase.expect.valid, JSON.stringify(ruling.because));
    });
  }

  test('only what the ledger excuses is left out for its verdict', () => {
    assert.deepEqual(
      Object.keys(pkitsDifferences).filter((id) => !notShowable.has(id)),
      [],
    );
  });

  function show(pfx: Buffer): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const message = request(
        {
          host: '127.0.0.1',
          port,
          servername: 'certauth.localhost',
          path: '/',
          ca: root.pem,
          pfx,
          passphrase: 'password',
          agent: false,
        },
        async (answer) => resolve(new Uint8Array(Buffer.concat(await Array.fromAsync(answer)))),
      );
      message.on('error', reject).end();
    });
  }
});
