import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { makeTlsCertificate, openTlsCertificate, tlsRenewalDue, tlsState } from './tls-certificate.ts';

const at = new Date('2026-06-15T12:00:00Z');
const demoHosts = ['localhost', 'certauth.localhost', '*.certauth.localhost', '127.0.0.1', '::1'];
const tls = makeTlsCertificate({ hosts: demoHosts, at });
const day = 24 * 60 * 60 * 1000;

test('a TLS client that trusts the local root accepts the server under each of its names', async () => {
  const certificate = makeTlsCertificate({ hosts: demoHosts, at: new Date() });
  const server = createServer({ key: certificate.server.privateKeyPem, cert: certificate.server.pem }, (socket) =>
    socket.end(),
  );
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  for (const servername of ['localhost', 'certauth.localhost', 'tenant.certauth.localhost']) {
    await new Promise<void>((done, reject) => {
      const socket = connect({ host: '127.0.0.1', port, servername, ca: certificate.root.pem }, () => {
        socket.end();
        done();
      });
      socket.once('error', reject);
    });
  }
  await new Promise((resolve) => server.close(resolve));
});

test('the server certificate lives at most 397 days', () => {
  const { validFromDate, validToDate } = new X509Certificate(tls.server.der);
  assert.ok(validToDate.getTime() - validFromDate.getTime() <= 397 * day);
  assert.ok(validFromDate < at && validToDate > at);
});

const elsewhere = [
  { name: 'another DNS name', options: { dns: ['bank.test'] }, verdict: /permitted subtree violation/ },
  { name: 'its own DNS name', options: { dns: ['certauth.localhost'] }, verdict: /OK/ },
];
for (const { name, options, verdict } of elsewhere)
  test(`the local root speaking for ${name}: ${verdict.source}`, needs('openssl'), () => {
    const serverOfOther = tls.root.issue({ subject: 'CN=x', ...options });
    withFiles({ 'root.pem': tls.root.pem, 'other.pem': serverOfOther.pem }, (folder) => {
      const args = ['-attime', `${at.getTime() / 1000}`, '-x509_strict', '-CAfile', 'root.pem', 'other.pem'];
      assert.match(run(folder, 'openssl', 'verify', ...args).text, verdict);
    });
  });

test('renewal is due a month before the end, when the clock is set back, and when the hosts change', () => {
  const later = (days: number) => new Date(at.getTime() + days * day);
  assert.equal(tlsRenewalDue(tls, demoHosts, at), false);
  assert.equal(tlsRenewalDue(tls, demoHosts, later(360)), false);
  assert.equal(tlsRenewalDue(tls, demoHosts, later(370)), true);
  assert.equal(tlsRenewalDue(tls, demoHosts, later(-30)), true);
  assert.equal(tlsRenewalDue(tls, ['login.woodgrove.test'], at), true);
});

test('a renewal keeps the root that browsers already trust, unless the hosts are others', () => {
  const next = new Date(at.getTime() + 380 * day);
  assert.equal(makeTlsCertificate({ hosts: demoHosts, at: next, from: tls }).root.pem, tls.root.pem);
  assert.notEqual(makeTlsCertificate({ hosts: ['login.test'], at: next, from: tls }).root.pem, tls.root.pem);
});

test('state as JSON opens to the same certificate', () => {
  const state = tlsState(tls);
  assert.deepEqual(tlsState(openTlsCertificate(JSON.parse(JSON.stringify(state)))), state);
});
