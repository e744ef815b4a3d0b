import '#server/reasons/join.ts';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { openBundles } from '#crls/fetch/bundles.ts';
import { download } from '#crls/fetch/download.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { defaultDownloadPolicy } from '#crls/fetch/policy.ts';
import type { PrivateAddresses } from '#net/address-policy.ts';
import { openFetch } from '#net/http-client.ts';

/**
 * Runs in a network namespace whose loopback interface has the addresses of metadata services and private networks, where a
 * server answers. Tries every client of the product at every spelling of the addresses in the argument (JSON), and prints which
 * of them reached the server (JSON).
 */
const { hosts } = JSON.parse(process.argv[2]!) as { hosts: readonly string[] };

const reach: string[] = [];
const server = createServer((_, response) => response.end('an answer'));
server.on('connection', ({ localAddress = '' }: Socket) => reach.push(localAddress));
await new Promise<void>((listening) => server.listen(0, '::', listening));
const { port } = server.address() as AddressInfo;

type Try = (host: string, privateAddresses: PrivateAddresses) => Promise<string>;

const crl =
  (scheme: 'http' | 'ldap'): Try =>
  async (host, privateAddresses) => {
    const answer = await download({
      url: scheme === 'http' ? `http://${host}:${port}/a.crl` : `ldap://${host}:${port}/cn=a`,
      limits: { bytes: 1000, seconds: 2 },
      inBackground: false,
      policy: { ...defaultDownloadPolicy, privateAddresses },
      validators: undefined,
      signal: new AbortController().signal,
    });
    return answer.kind === 'failed' ? answer.because.code : answer.kind;
  };

const clients: Readonly<Record<string, Try>> = {
  crl: crl('http'),
  ldap: crl('ldap'),
  async ocsp(host, privateAddresses) {
    const octets = Uint8Array.of(1);
    const certId = { hash: 'sha1', issuerNameHash: octets, issuerKeyHash: octets, serialNumber: octets } as never;
    const ask = {
      url: `http://${host}:${port}/`,
      about: 'a',
      withNonce: false,
      certId,
      isAuthentic: () => true,
    } as never;
    const [answer] = await openOcspClient({ privateAddresses, seconds: 2 }).ask([ask], new Date());
    return answer?.kind === 'failed' ? answer.because.code : 'answered';
  },
  async upload(host, privateAddresses) {
    const url = `http://${host}:${port}/cas.p7b`;
    const name = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : host;
    const bundles = openBundles({ hosts: [name], privateAddresses, seconds: 2 });
    const codeOf = (thrown: { because?: { code: string } }) => thrown.because?.code ?? String(thrown);
    const checkedItem = await bundles.check(url).then(() => 'permitted', codeOf);
    const answer = await bundles.fetch(url).then(() => 'fetched', codeOf);
    return checkedItem === 'permitted' ? answer : `${checkedItem} at once`;
  },
  async logout(host, privateAddresses) {
    const fetch = openFetch({ privateAddresses });
    return fetch(`http://${host}:${port}/`, { method: 'POST', signal: AbortSignal.timeout(2000) }).then(
      () => 'sent',
      (thrown: Error) => (thrown.cause as Error | undefined)?.constructor.name ?? thrown.message,
    );
  },
};

const results: object[] = [];
for (const host of hosts) {
  await new Promise<void>((done) => {
    const socket = connect({ port, host: host.replace(/^\[(.*)\]$/, '$1') });
    socket.once('connect', () => done(void socket.destroy())).once('error', () => done());
  });
  await outcome();
  const control = reach.splice(0);
  for (const [client, attempt] of Object.entries(clients))
    for (const setting of ['allow', 'refuse'] as const) {
      const answer = await attempt(host, setting);
      await outcome();
      results.push({ host, client, setting, answer, control, reached: reach.splice(0) });
    }
}
process.stdout.write(JSON.stringify(results));
process.exit(0);

/** Gives a connection that was made the time to be counted. */
function outcome(): Promise<void> {
  return new Promise((next) => setTimeout(next, 5));
}
