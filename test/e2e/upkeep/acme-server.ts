import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { openFetch } from '#net/http-client.ts';
import { freePort } from '../../free-port.ts';
import { localhostCertificate } from '../../localhost-certificate.ts';
import { until } from '../../until.ts';

/** Let's Encrypt's server for tests of ACME clients (RFC 8555), which finds every host name on this computer. */
export class AcmeServer {
  readonly directory: string;
  /** The port of HTTP challenges, which is 80 elsewhere. */
  readonly challengePort: number;
  /** PEM of the root of the server's own TLS certificate. */
  readonly ca: string;
  readonly #root: string;
  readonly #child: ChildProcess;
  readonly #names: Server;

  private constructor(
    {
      port,
      management,
      challengePort,
      ca,
    }: Readonly<Record<'port' | 'management' | 'challengePort', number>> & { ca: string },
    child: ChildProcess,
    names: Server,
  ) {
    this.directory = `https://localhost:${port}/dir`;
    this.#root = `https://localhost:${management}/roots/0`;
    this.challengePort = challengePort;
    this.ca = ca;
    this.#child = child;
    this.#names = names;
  }

  /** @param pebble the program @param folder for its files */
  static async start(pebble: string, folder: string): Promise<AcmeServer> {
    const { ca, cert, key } = localhostCertificate();
    const [certificate, privateKey, file] = ['pebble.pem', 'pebble-key.pem', 'pebble.json'].map((name) =>
      join(folder, name),
    );
    writeFileSync(certificate!, cert);
    writeFileSync(privateKey!, key);
    const ports = { port: await freePort(), management: await freePort(), challengePort: await freePort(), ca };
    const settings = {
      ...{ certificate, privateKey, keyAlgorithm: 'ecdsa', httpPort: ports.challengePort, tlsPort: await freePort() },
      ...{ listenAddress: `127.0.0.1:${ports.port}`, managementListenAddress: `127.0.0.1:${ports.management}` },
      retryAfter: { authz: 1, order: 1 },
    };
    writeFileSync(file!, JSON.stringify({ pebble: settings }));
    const names = await serveNames();
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0', PEBBLE_AUTHZREUSE: '0' };
    const words = ['-config', file!, '-dnsserver', `127.0.0.1:${(names.address() as AddressInfo).port}`];
    const server = new AcmeServer(ports, spawn(pebble, words, { env, stdio: 'ignore' }), names);
    await until('the ACME server', () => server.root().catch(() => undefined));
    return server;
  }

  /** PEM of the root of the certificates that it issues. */
  async root(): Promise<string> {
    const answer = await openFetch({ privateAddresses: 'allow', ca: this.ca })(this.#root);
    return await answer.text();
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    this.#names.close();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }
}

const typeA = 1;

/** A DNS server over TCP (RFC 1035 §4.2.2) that has the address 127.0.0.1, and no other record, for every name. */
async function serveNames(): Promise<Server> {
  const server = createServer((socket) => {
    let buffer = Buffer.alloc(0);
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        buffer = Buffer.concat([buffer, data]);
        for (
          ;
          buffer.length >= 2 && buffer.length >= 2 + buffer.readUInt16BE(0);
          buffer = buffer.subarray(2 + buffer.readUInt16BE(0))
        ) {
          const answer = answerTo(buffer.subarray(2, 2 + buffer.readUInt16BE(0)));
          socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 255]), answer]));
        }
      });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** The head, the question, and an address where one is asked for; §4.1. */
function answerTo(query: Buffer): Buffer {
  const questionEnd = query.indexOf(0, 12) + 5;
  const isAddress = query.readUInt16BE(questionEnd - 4) === typeA;
  const head = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isAddress ? 1 : 0, 0, 0, 0, 0]);
  const address = [0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1];
  return Buffer.concat([head, query.subarray(12, questionEnd), Buffer.from(isAddress ? address : [])]);
}
