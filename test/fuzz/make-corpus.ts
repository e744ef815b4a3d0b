import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { testCa } from '../pki/test-ca.ts';
import { response } from './ocsp-seed.ts';

/** Makes corpus.json anew: `node test/fuzz/make-corpus.ts`. New keys, so the numbers behind a finding change with it. */
const root = testCa('Fuzz Root');
const issuing = root.issueCa('Fuzz Issuing', { policies: ['2.5.29.32.0'], pathLength: 1 });
const card = issuing.issueCard({ upn: 'ana@fuzz.test', email: 'ana@fuzz.test', policies: ['1.2.3.4', '1.2.3.4.5'] });
const dates = { thisUpdate: new Date('2026-12-31T00:00:00Z'), nextUpdate: new Date('2027-02-01T00:00:00Z') };
const entries = [1n, 2n, card.serial].map((serial) => ({
  serial,
  revocationDate: dates.thisUpdate,
  reason: 'keyCompromise' as const,
}));
const seeds: Record<string, Uint8Array> = {
  'certificate-root': root.der,
  'certificate-issuing': issuing.der,
  'certificate-card': card.der,
  'crl-issuing': issuing.crl({ ...dates, number: 7n, entries }),
  'crl-root': root.crl({ ...dates, number: 1n }),
  'crl-delta': issuing.deltaCrl({ ...dates, number: 8n, baseNumber: 7n, entries: entries.slice(0, 1) }),
  'ocsp-good': response(card, issuing),
  'hello-tls13': await clientHello(),
  'text-upn': Buffer.from('ana@woodgrove.test'),
  'text-id': Buffer.from('X509:<I>DC=com,DC=contoso,CN="A, B"<SR>b24134139f069b49997212a86ba0ef48'),
};
const base64 = Object.fromEntries(
  Object.entries(seeds).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
);
writeFileSync(new URL('./corpus.json', import.meta.url), `${JSON.stringify(base64, null, 2)}\n`);

/** What Node's own TLS sends first. */
function clientHello(): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.once('data', (bytes) => {
        resolve(new Uint8Array(bytes));
        socket.destroy();
        server.close();
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      connectTls({ socket: connect(port, '127.0.0.1'), servername: 'certauth.woodgrove.test' }).on(
        'error',
        () => undefined,
      );
    });
  });
}
