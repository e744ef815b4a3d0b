import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Issued } from '#pki/build/issued.ts';
import { freePort } from '../../free-port.ts';
import { ocspResponse } from '../../pki/ocsp-response.ts';
import { needs } from '../../pki/openssl.ts';
import { testCa } from '../../pki/test-ca.ts';
import { RunningServer } from '../server.ts';

/** OpenSSL's own responder answers; who signs, what it knows and whether it is there changes from test to test. */
describe('OCSP as a source of revocation (RFC 6960)', needs('openssl'), () => {
  const root = testCa('OCSP Root');
  const stranger = testCa('Another Root');
  const good = root.issueUserCertificate({ upn: 'ana@woodgrove.test' });
  const revocation = root.issueUserCertificate({ upn: 'ana@woodgrove.test' });
  const unheard = root.issueUserCertificate({ upn: 'ana@woodgrove.test' });
  const signing = { extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'] };
  const noCheck = { extensions: [{ oid: '1.3.6.1.5.5.7.48.1.5', critical: false, value: Uint8Array.of(5, 0) }] };
  const delegate = root.issueUserCertificate({ subject: 'CN=Responder', ...signing, ...noCheck });
  let server: RunningServer;
  let id = '';
  let responder: ChildProcess | undefined;

  before(async () => {
    server = await RunningServer.start();
    writeFileSync(`${server.folder}/root.pem`, root.pem);
    writeFileSync(`${server.folder}/index.txt`, [line('V', good), line('R', revocation), ''].join('\n'));
    const { out } = await server.cardea('ca', 'add', `${server.folder}/root.pem`, '--json');
    id = (JSON.parse(out) as [{ id: string }])[0].id;
  });
  after(async () => {
    responder?.kill();
    await server.remove();
  });

  const line = (state: 'V' | 'R', { serial }: Issued) => {
    const hex = serial.toString(16).toUpperCase();
    const even = hex.length % 2 ? `0${hex}` : hex;
    return [
      state,
      '491231235959Z',
      state === 'R' ? '260101000000Z,keyCompromise' : '',
      even,
      'unknown',
      '/CN=card',
    ].join('\t');
  };

  /** Starts OpenSSL's responder with this signer and gives its address. */
  async function respondAs(signer: Pick<Issued, 'pem' | 'privateKeyPem'>): Promise<string> {
    responder?.kill();
    const port = await freePort();
    writeFileSync(`${server.folder}/signer.pem`, `${signer.pem}${signer.privateKeyPem}`);
    const words = [
      'ocsp',
      '-port',
      `${port}`,
      '-index',
      'index.txt',
      '-CA',
      'root.pem',
      '-rsigner',
      'signer.pem',
      '-nmin',
      '5',
      '-rmd',
      'sha256',
    ];
    const child = spawn('openssl', words, { cwd: server.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    responder = child;
    await new Promise<void>((ready, reject) => {
      let heard = '';
      const hear = (chunk: Buffer) => {
        heard += chunk;
        if (/waiting for OCSP client/i.test(heard)) ready();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', () => reject(new Error(`openssl ocsp ended: ${heard}`)));
    });
    return `http://127.0.0.1:${port}/`;
  }
  const set = async (...words: string[]) => {
    const { code, err } = await server.cardea('ca', 'set', id, ...words, '--force');
    assert.equal(code, 0, err);
  };
  const signIn = async (card: Issued) => {
    const end = await server.signIn('ana@woodgrove.test', { cert: card.pem, key: card.privateKeyPem });
    return end.kind === 'signedIn' ? 'signed in' : end.code;
  };

  test('a good card signs in on the word of the CA itself, a revoked and an unknown one do not', async () => {
    await set('--ocsp-url', await respondAs(root));
    assert.deepEqual(
      [await signIn(good), await signIn(revocation), await signIn(unheard)],
      ['signed in', 'AADSTS500171', 'AADSTS500175'],
    );
  });

  test('the account names the responder', async () => {
    const correlationId = crypto.randomUUID();
    await server.signIn(
      'ana@woodgrove.test',
      { cert: revocation.pem, key: revocation.privateKeyPem },
      { correlationId },
    );
    const { because } = (await server.entries(correlationId)).at(-1)!;
    assert.deepEqual(
      [because.code, (because.evidence as { reason?: string }).reason],
      ['certificateRevoked', 'keyCompromise'],
    );
  });

  const signers = [
    { name: 'a responder the CA named, with id-pkix-ocsp-nocheck', signer: () => delegate, says: 'signed in' },
    {
      name: 'one without id-pkix-ocsp-nocheck',
      signer: () => root.issueUserCertificate({ subject: 'CN=Responder', ...signing }),
      says: 'AADSTS2205015',
    },
    {
      name: 'a certificate of the same CA that is not a responder',
      signer: () => root.issueUserCertificate({ subject: 'CN=Card', ...noCheck }),
      says: 'AADSTS2205015',
    },
    {
      name: 'a responder of another CA',
      signer: () => stranger.issueUserCertificate({ subject: 'CN=Responder', ...signing, ...noCheck }),
      says: 'AADSTS2205015',
    },
    { name: 'another CA', signer: () => stranger, says: 'AADSTS2205015' },
  ];
  for (const { name, signer, says } of signers) {
    test(`an answer signed by ${name} ends in: ${says} (§4.2.2.2)`, async () => {
      await set('--ocsp-url', await respondAs(signer()));
      assert.equal(await signIn(good), says);
    });
  }

  test('a nonce that is demanded comes back from a live responder, and its absence refuses', async () => {
    await set('--ocsp-url', await respondAs(delegate), '--ocsp-nonce');
    assert.equal(await signIn(good), 'signed in');
    const record = await recorder(await respondAs(delegate));
    await set('--ocsp-url', record.url);
    assert.equal(await signIn(good), 'signed in');
    record.replay();
    await set('--ocsp-url', record.url, '--ocsp-nonce');
    assert.equal(await signIn(good), 'AADSTS500175');
    record.close();
  });

  test('a responder that is down refuses by itself, and CRLs as the second source let the card in (CRL-4 stays off unless chosen)', async () => {
    await set('--ocsp-url', 'http://127.0.0.1:1/');
    assert.equal(await signIn(good), 'AADSTS500173');
    const list = await serve(
      root.crl({ number: 1n, thisUpdate: new Date(Date.now() - 60_000), nextUpdate: new Date(Date.now() + 3_600_000) }),
    );
    await set('--crl-url', list.url);
    assert.equal(await signIn(good), 'signed in');
    list.close();
  });

  test('OCSP as the second source decides when the CRL cannot be had, and not before', async () => {
    const url = await respondAs(delegate);
    await set('--crl-url', 'http://127.0.0.1:1/x.crl', '--ocsp-url', url, '--ocsp-order', 'second');
    assert.deepEqual([await signIn(good), await signIn(revocation)], ['signed in', 'AADSTS500171']);
  });

  for (const url of [
    'ldap://127.0.0.1/cn=ocsp',
    'ldaps://127.0.0.1/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'ocsp',
  ])
    test(`a responder at ${url} is refused when it is entered`, async () => {
      const { code, err } = await server.cardea('ca', 'set', id, '--ocsp-url', url, '--force');
      assert.equal(code, 1);
      assert.match(err, /cannot be the address of an OCSP responder/);
    });

  test('a responder at a private address obeys crlPrivateAddresses', async () => {
    const url = await respondAs(root);
    await set('--crl-url', '', '--ocsp-url', url, '--ocsp-order', 'first');
    assert.equal(await signIn(good), 'signed in');
    await server.stop();
    writeFileSync(`${server.folder}/cardea.json`, JSON.stringify({ crlPrivateAddresses: 'refuse' }));
    await server.run();
    const correlationId = crypto.randomUUID();
    await server.signIn('ana@woodgrove.test', { cert: good.pem, key: good.privateKeyPem }, { correlationId });
    const { because } = (await server.entries(correlationId)).at(-1)!;
    assert.deepEqual(
      [because.code, because.evidence],
      ['ocspAddressRefused', { url, problem: '127.0.0.1 is not a public address' }],
    );
    await server.stop();
    writeFileSync(`${server.folder}/cardea.json`, '{}');
    await server.run();
  });

  const hour = 3_600_000;
  const from = (ms: number) => new Date(Date.now() + ms);
  const current = () => ({ thisUpdate: from(-hour), nextUpdate: from(hour) });
  const responses: readonly [string, () => Uint8Array, string][] = [
    [
      'good and revoked',
      () =>
        ocspResponse(root, good, from(0), [
          { status: 'good', ...current() },
          { status: 'revoked', ...current() },
        ]),
      'AADSTS500171',
    ],
    [
      'revoked and good',
      () =>
        ocspResponse(root, good, from(0), [
          { status: 'revoked', ...current() },
          { status: 'good', ...current() },
        ]),
      'AADSTS500171',
    ],
    ['good', () => ocspResponse(root, good, from(0), [{ status: 'good', ...current() }]), 'signed in'],
    [
      'good, made tomorrow',
      () => ocspResponse(root, good, from(24 * hour), [{ status: 'good', ...current() }]),
      'AADSTS500172',
    ],
    [
      'good, from tomorrow on',
      () =>
        ocspResponse(root, good, from(0), [
          { status: 'good', thisUpdate: from(24 * hour), nextUpdate: from(48 * hour) },
        ]),
      'AADSTS500172',
    ],
    [
      'good since an hour ago, without an end',
      () => ocspResponse(root, good, from(0), [{ status: 'good', thisUpdate: from(-hour) }]),
      'AADSTS500172',
    ],
    [
      'good since a minute ago, without an end',
      () => ocspResponse(root, good, from(0), [{ status: 'good', thisUpdate: from(-60_000) }]),
      'signed in',
    ],
  ];
  for (const [name, response, says] of responses)
    test(`a responder that answers ${name} ends in: ${says}`, async () => {
      const responder = await serve(response());
      await set('--crl-url', '', '--ocsp-url', responder.url, '--ocsp-order', 'first');
      assert.equal(await signIn(good), says);
      responder.close();
    });

  const answers = [
    { name: 'a page instead of a response', body: Buffer.from('<html>proxy</html>'), says: 'AADSTS500174' },
    { name: 'a mebibyte', body: Buffer.alloc(2 ** 20, 0x30), says: 'AADSTS500173' },
    { name: 'tryLater', body: Buffer.of(0x30, 3, 0x0a, 1, 3), says: 'AADSTS500173' },
    { name: 'nothing', body: Buffer.alloc(0), says: 'AADSTS500174' },
  ];
  for (const { name, body, says } of answers) {
    test(`a responder that answers ${name} refuses with ${says}`, async () => {
      const odd = await serve(body);
      await set('--crl-url', '', '--ocsp-url', odd.url, '--ocsp-order', 'first');
      assert.equal(await signIn(good), says);
      odd.close();
    });
  }
});

function serve(body: Uint8Array): Promise<{ url: string; close(): unknown }> {
  return new Promise((resolve) => {
    const server = createServer((_, res) => res.writeHead(200).end(body));
    server.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() }),
    );
  });
}

/** A proxy that keeps the last answer and, once switched, gives nothing but that: a replay. */
function recorder(to: string): Promise<{ url: string; replay(): void; close(): unknown }> {
  let last: Buffer | undefined;
  let replaying = false;
  return new Promise((resolve) => {
    const server = createServer(async (req, res) => {
      const body = Buffer.concat(await Array.fromAsync(req));
      if (!replaying || !last) {
        const answer = await fetch(to, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/ocsp-request' },
        });
        last = Buffer.from(await answer.arrayBuffer());
      }
      res.writeHead(200).end(last);
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `http://127.0.0.1:${port}/`,
        replay: () => {
          replaying = true;
        },
        close: () => server.close(),
      });
    });
  });
}
