import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'node:tls';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { freePort } from '../../free-port.ts';
import { until } from '../../until.ts';
import { RunningServer, runCardea } from '../server.ts';

const hosts = ['localhost', 'certauth.localhost'];
const makePair = (at = new Date()) => {
  const { server } = makeTlsCertificate({ hosts, at });
  return { cert: server.pem, key: server.privateKeyPem };
};

describe('the files of tlsCertificateFile and tlsKeyFile', () => {
  // As Kubernetes mounts a secret: files are links to ..data, which is a link to a folder.
  const folder = mkdtempSync(join(tmpdir(), 'cardea-tls-'));
  const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  const environment = { CARDEA_TLS_CERTIFICATE_FILE: certFile, CARDEA_TLS_KEY_FILE: keyFile };
  let server: RunningServer;
  let managementPort = 0;
  let version = 0;

  /** Publishes a pair by one rename of the link `..data`. */
  function swapLink(files: { cert: string; key: string }): void {
    const target = `..version${++version}`;
    mkdirSync(join(folder, target));
    writeFileSync(join(folder, target, 'tls.crt'), files.cert);
    writeFileSync(join(folder, target, 'tls.key'), files.key);
    symlinkSync(target, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  }
  before(async () => {
    swapLink(makePair());
    symlinkSync('..data/tls.crt', certFile);
    symlinkSync('..data/tls.key', keyFile);
    managementPort = await freePort();
    server = await RunningServer.start({ ...environment, CARDEA_MANAGEMENT_PORT: `${managementPort}` });
  });
  after(async () => {
    await server.remove();
    rmSync(folder, { recursive: true });
  });

  async function served(servername = 'localhost'): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port: server.port, servername, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const pem = socket.getPeerX509Certificate()!.toString();
    socket.destroy();
    return pem;
  }
  const untilServed = ({ cert }: { cert: string }) =>
    until('the new certificate to be served', async () => {
      const pems = [await served(), await served('certauth.localhost')];
      return pems.every((pem) => pem.trim() === cert.trim());
    });

  test('a new pair behind the link ..data is served without a restart, on both hosts', async () => {
    const next = makePair();
    swapLink(next);
    await untilServed(next);
  });

  test('new files by rename are served without a restart; SIGHUP does not wait for the next look', async () => {
    for (const hangup of [false, true]) {
      const next = makePair();
      writeFileSync(`${keyFile}.new`, next.key);
      writeFileSync(`${certFile}.new`, next.cert);
      renameSync(`${keyFile}.new`, keyFile);
      renameSync(`${certFile}.new`, certFile);
      if (hangup) server.signal('SIGHUP');
      await untilServed(next);
    }
  });

  test('a broken pair leaves the current one, is in the log once, and the next good one is served', async () => {
    const [current, newPair] = [await served(), makePair()];
    const lines = () =>
      server.output.match(/the new TLS certificate cannot be used; the current one stays/g)?.length ?? 0;
    const before = lines();
    writeFileSync(keyFile, newPair.key);
    await until('the line of the broken pair', () => lines() > before);
    await wait(2_500); // a further look
    assert.equal(lines(), before + 1);
    assert.match(
      server.output,
      /"fault":"[^"]*of the setting tlsKeyFile cannot be used[^"]*","reason":"tlsFileUnusable","remedy":"[^"]+","msg"/,
    );
    assert.equal(await served(), current);
    writeFileSync(certFile, newPair.cert);
    await untilServed(newPair);
  });

  test('a pair that has expired leaves the current one, and is in the log', async () => {
    const [current, expired] = [await served(), makePair(new Date('2020-01-01'))];
    writeFileSync(keyFile, expired.key);
    writeFileSync(certFile, expired.cert);
    await until('the line', () =>
      /"reason":"tlsCertificateExpired","remedy":"[^"]+","msg":"the new TLS certificate cannot be used; the current one stays"/.test(
        server.output,
      ),
    );
    assert.equal(await served(), current);
  });

  test('a new pair that does not name the hosts, or ends soon, is in the log, and its end in the metrics', async () => {
    const { server: next, notAfter } = makeTlsCertificate({ hosts: ['sso.example.org'], at: new Date() });
    writeFileSync(keyFile, next.privateKeyPem);
    writeFileSync(certFile, next.pem);
    await untilServed({ cert: next.pem });
    await until('the finding', () =>
      /"fault":"The certificate in .* does not name [^"]*","reason":"tlsNameMissing","remedy":"[^"]+"/.test(
        server.output,
      ),
    );
    const metrics = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
    const [, seconds] = /^cardea_tls_certificate_expiry_timestamp_seconds (\d+)$/m.exec(metrics) ?? [];
    assert.equal(Number(seconds), Math.floor(notAfter.getTime() / 1000));
  });

  test('SIGHUP reads the log level again', async () => {
    writeFileSync(join(server.folder, 'cardea.json'), JSON.stringify({ logLevel: 'debug' }));
    server.signal('SIGHUP');
    await until('the line of a connection that the client refused', async () => {
      const socket = connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', ca: 'none' });
      await once(socket, 'error');
      return /"level":20,.*"msg":"connection refused"/.test(server.output);
    });
  });

  test('SIGHUP to the level info brings a line for each event', async () => {
    writeFileSync(join(server.folder, 'cardea.json'), JSON.stringify({ logLevel: 'info' }));
    server.signal('SIGHUP');
    await until('the line of a change', async () => {
      await server.cardea('user', 'set', 'ben@woodgrove.test', '--name', crypto.randomUUID());
      return /"msg":"audit"/.test(server.output);
    });
  });

  const good = makePair();
  const otherType = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const noKey = 'it has no private key in PEM form without a password';
  for (const [name, cert, key, setting, problem] of [
    ['a certificate file that is missing', undefined, good.key, 'tlsCertificateFile', 'there is no such file'],
    ['a key file that is missing', good.cert, undefined, 'tlsKeyFile', 'there is no such file'],
    [
      'a certificate file with no certificate',
      'text',
      good.key,
      'tlsCertificateFile',
      'it has no certificate in PEM form',
    ],
    ['an empty certificate file', '', good.key, 'tlsCertificateFile', 'it has no certificate in PEM form'],
    [
      'a chain that is cut off',
      good.cert + good.cert.slice(0, 200),
      good.key,
      'tlsCertificateFile',
      'a certificate of',
    ],
    ['a key file with no key', good.cert, 'text', 'tlsKeyFile', noKey],
    [
      'the key of another certificate',
      good.cert,
      makePair().key,
      'tlsKeyFile',
      'it has the key of another certificate',
    ],
    ['a key of another type', good.cert, otherType.privateKey, 'tlsKeyFile', 'it has the key of another certificate'],
  ] as const) {
    test(`${name} ends the start with the name of the setting`, async () => {
      const below = mkdtempSync(join(tmpdir(), 'cardea-bad-tls-'));
      const [badCert, badKey] = [join(below, 'cert.pem'), join(below, 'key.pem')];
      if (cert !== undefined) writeFileSync(badCert, cert);
      if (key !== undefined) writeFileSync(badKey, key);
      const { code, err } = await runCardea(['serve', '--data', join(below, 'data'), '--no-demo', '--port', '0'], {
        CARDEA_TLS_CERTIFICATE_FILE: badCert,
        CARDEA_TLS_KEY_FILE: badKey,
      });
      rmSync(below, { recursive: true });
      assert.equal(code, 1);
      const file = setting === 'tlsKeyFile' ? badKey : badCert;
      assert.ok(err.startsWith(`cardea: The file ${file} of the setting ${setting} cannot be used: ${problem}`), err);
      assert.doesNotMatch(err, /internal error/);
    });
  }
});
