import '#server/reasons/join.ts';
import { fork } from 'node:child_process';
import { constants, generateKeyPairSync, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Authority } from '#pki/build/authority.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { RunningServer } from '../test/e2e/server.ts';
import { type BrowserKind, browserKinds } from './parts/browser.ts';
import { cpuSecondsOf, median } from './parts/processes.ts';
import { cardeaPlace, Visitors } from './parts/visitors.ts';

/**
 * The floor of a certificate sign-in: a program that makes the same handshakes, requests, bytes, signatures and durable commits and
 * decides nothing, beside Cardea in the same run, round by round, for a new browser and for one that returns.
 * `node bench/wire.ts [sign-ins a round] [rounds] [sign-ins of each kind to warm up]`, Linux only (/proc).
 */
const [signIns, rounds, warmUp] = [100, 5, 3_500].map((usual, index) => Number(process.argv[2 + index] ?? usual));
const atOnce = 4;

interface Step {
  /** Octets of the answer; a redirect has none. */
  readonly answer: number;
  readonly isCertauth?: true;
  readonly signs?: true;
  /** Those that wait for the disk. */
  readonly commits?: number;
}

const lastSteps: readonly Step[] = [
  { answer: 0, isCertauth: true, commits: 1 }, // the certificate, and the entry of the sign-in log
  { answer: 0, commits: 1 }, // session, grant and code
  { answer: 3_500, signs: true, commits: 1 }, // the tokens
];
/** The requests of a sign-in, by kind of browser (test/e2e/sign-in/sign-in-requests.test.ts). */
const stepsOf: Readonly<Record<BrowserKind, readonly Step[]>> = {
  new: [
    { answer: 4_000 }, // authorize, with the page of the user name
    { answer: 0 }, // the user name
    { answer: 4_000 }, // the page of the password
    { answer: 0 }, // to the certauth host
    ...lastSteps,
  ],
  returning: [{ answer: 0 }, ...lastSteps], // authorize, to the certauth host
};
/** Octets of rows in each durable commit. */
const rowOctets = 900;

if (process.argv[2] === '--serve') serve();
else await compare();

async function compare(): Promise<void> {
  const server = await RunningServer.start({}, { separateProcess: true });
  const folder = mkdtempSync(join(tmpdir(), 'cardea-wire-'));
  const child = fork(import.meta.filename, ['--serve', folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ends: (() => unknown)[] = [() => child.kill()];
  try {
    const [ports] = (await once(child, 'message')) as [Ports];
    const card = cardOf();
    const place = await cardeaPlace(server);
    const kinds = browserKinds.map((browserKind) => {
      const visitors = new Visitors({ ...place, browserKind });
      ends.push(() => visitors.end());
      const floor = (count: number) => sendAll(count, () => sendRequests(browserKind, ports, card));
      return { browserKind, cardea: (count: number) => visitors.drive(atOnce, count), floor };
    });
    // V8 optimizes most code of a sign-in when it has run 400 times, and again at 3,000 (docs/develop/sign-in-cost.md).
    for (const { cardea, floor } of kinds) {
      await cardea(warmUp!);
      await floor(warmUp!);
    }
    for (const { browserKind, cardea, floor } of kinds) {
      const costs: { readonly cardea: number; readonly floor: number }[] = [];
      for (let turn = 0; turn < rounds!; turn++)
        costs.push({ cardea: await costOf(server.pid, cardea), floor: await costOf(child.pid!, floor) });
      const [cardeaCost, floorCost] = [
        median(costs.map((cost) => cost.cardea)),
        median(costs.map((cost) => cost.floor)),
      ];
      console.log(
        `${browserKind} browser, ${stepsOf[browserKind].length} requests: Cardea ${cardeaCost.toFixed(2)} ms, wire ${floorCost.toFixed(2)} ms of processor time a sign-in: ${(cardeaCost / floorCost).toFixed(2)}`,
      );
    }
  } finally {
    for (const end of ends) end();
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of processor time of the process for one sign-in. */
async function costOf(pid: number, work: (count: number) => Promise<unknown>): Promise<number> {
  const before = cpuSecondsOf(pid);
  await work(signIns!);
  return ((cpuSecondsOf(pid) - before) / signIns!) * 1000;
}

async function sendAll(count: number, send: () => Promise<void>): Promise<void> {
  let countdown = count;
  const visitor = async () => {
    while (countdown-- > 0) await send();
  };
  await Promise.all(Array.from({ length: atOnce }, visitor));
}

interface Ports {
  readonly login: number;
  readonly certauth: number;
}
type Card = ReturnType<typeof cardOf>;

function cardOf() {
  const at = Date.now();
  const day = 86_400_000;
  const root = Authority.root('CN=Wire', { notBefore: new Date(at - day), notAfter: new Date(at + day) });
  const { pem, privateKeyPem } = root.issueUserCertificate({ subject: 'CN=Ana', key: 'P-256' });
  return { cert: pem, key: privateKeyPem };
}

/** One connection to the login host for all its requests, and one with the certificate. */
async function sendRequests(browserKind: BrowserKind, ports: Ports, card: Card): Promise<void> {
  const login = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, maxCachedSessions: 0 });
  const certauth = new Agent({ ...card, rejectUnauthorized: false, maxCachedSessions: 0 });
  try {
    for (const [index, { isCertauth }] of stepsOf[browserKind].entries())
      await send(isCertauth ? certauth : login, isCertauth ? ports.certauth : ports.login, `/${browserKind}/${index}`);
  } finally {
    login.destroy();
    certauth.destroy();
  }
}

function send(agent: Agent, port: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const message = request({ port, path, agent, headers: { cookie: 'x'.repeat(400) } }, (answer) => {
      answer.resume().on('end', resolve);
    });
    message.on('error', reject).end();
  });
}

function serve(): void {
  const { server } = makeTlsCertificate({ hosts: ['localhost'], at: new Date() });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [text, signature] = chainLink(issuer.privateKey);
  const database = new DatabaseSync(join(process.argv[3]!, 'wire.db'));
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table rows (id integer primary key, document text)',
  );
  const insert = database.prepare('insert into rows (document) values (?)');
  const answer = (path: string, isCertauth: boolean): { readonly status: number; readonly body: Buffer } => {
    const [, browserKind, index] = path.split('/');
    const { answer: octets, commits = 0, signs } = stepsOf[browserKind as BrowserKind][Number(index)]!;
    // A chain of two, and the signature of a small list.
    if (isCertauth) for (let count = 0; count < 3; count++) verify('sha256', text, issuer.publicKey, signature);
    for (let count = 0; count < commits; count++) insert.run('x'.repeat(rowOctets));
    if (signs) for (let count = 0; count < 2; count++) sign('sha256', text, privateKey);
    return { status: octets === 0 ? 303 : 200, body: Buffer.alloc(octets, 'x') };
  };
  const open = (isCertauth: boolean) =>
    createServer(
      {
        cert: server.pem,
        key: server.privateKeyPem,
        requestCert: isCertauth,
        rejectUnauthorized: false,
        secureOptions: constants.SSL_OP_NO_TICKET,
      },
      (req, res) => {
        if (isCertauth)
          new X509Certificate(
            (req.socket as never as { getPeerCertificate(): { raw: Buffer } }).getPeerCertificate().raw,
          );
        const { status, body } = answer(req.url!, isCertauth);
        const headers = {
          'content-length': body.length,
          'set-cookie': `a=${randomBytes(32).toString('base64url')}`,
          location: '/next',
        };
        res.writeHead(status, headers).end(body);
      },
    ).listen(0, () => reportPorts());
  const servers = [open(false), open(true)];
  const reportPorts = () => {
    if (servers.some(({ listening }) => !listening)) return;
    const [login, certauth] = servers.map((item) => (item.address() as AddressInfo).port);
    process.send!({ login, certauth });
  };
}

function chainLink(key: Parameters<typeof sign>[2]): readonly [Buffer, Buffer] {
  const text = randomBytes(800);
  return [text, sign('sha256', text, key)];
}
