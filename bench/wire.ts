import '#server/reasons/join.ts';
import { type ChildProcess, fork } from 'node:child_process';
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
import { cpuSecondsOf, median } from './parts/processes.ts';

/**
 * The floor of a certificate sign-in: a program that makes the same handshakes, requests, bytes, signatures and durable commits and
 * decides nothing, beside Cardea in the same run, round by round. `node bench/wire.ts [sign-ins a round] [rounds]`, Linux only (/proc).
 */
const [signIns, rounds] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 5)];
const visitors = 4;
/** Sign-ins before the first round. */
const warmUp = 1_500;

/** The requests of a sign-in by `signInLikeABrowser`: the octets of each answer, and whether it goes to the certauth host. */
const steps: readonly {
  readonly answer: number;
  readonly isCertauth?: true;
  readonly signs?: true;
  readonly commits?: number;
}[] = [
  { answer: 0 }, // authorize of the alias
  { answer: 0, commits: 0 }, // authorize of the tenant
  { answer: 4_000 }, // the page of the user name
  { answer: 0 }, // the user name
  { answer: 0, commits: 0 }, // to the certauth host
  { answer: 0, isCertauth: true, commits: 1 }, // the certificate, and the entry of the sign-in log
  { answer: 0 }, // the handoff
  { answer: 0, commits: 1 }, // session, grant and code
  { answer: 3_500, signs: true, commits: 1 }, // the tokens
];
/** Octets of rows in each durable commit. */
const rowOctets = 900;

if (process.argv[2] === '--serve') serve();
else await compare();

async function compare(): Promise<void> {
  const server = await RunningServer.start();
  const folder = mkdtempSync(join(tmpdir(), 'cardea-wire-'));
  const child = fork(import.meta.filename, ['--serve', folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const [ports] = (await once(child, 'message')) as [Ports];
    const card = cardOf();
    const costs = new Map<string, number[]>([
      ['Cardea', []],
      ['wire', []],
    ]);
    const cardea = async () => {
      const { kind } = await server.signIn('ana@woodgrove.test', server.card('ana'));
      if (kind !== 'signedIn') throw new Error('a sign-in was refused');
    };
    const runs = [
      ['Cardea', server.pid, cardea],
      ['wire', child.pid!, () => sendRequests(ports, card)],
    ] as const;
    // V8 continues compiling the code of both for a thousand sign-ins.
    for (const [, pid, work] of runs) await costOf(pid, work, warmUp);
    for (let turn = 0; turn < rounds; turn++)
      for (const [name, pid, work] of runs) costs.get(name)!.push(await costOf(pid, work, signIns));
    const [cardeaCost = Number.NaN, floor = Number.NaN] = [...costs.values()].map(median);
    console.log(
      `Cardea ${cardeaCost.toFixed(2)} ms, wire ${floor.toFixed(2)} ms of processor time a sign-in: ${(cardeaCost / floor).toFixed(2)}`,
    );
  } finally {
    stop(child);
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function stop(child: ChildProcess): void {
  child.kill();
}

/** Milliseconds of processor time of the process for one sign-in. */
async function costOf(pid: number, work: () => Promise<void>, count: number): Promise<number> {
  let countdown = count;
  const visitor = async () => {
    while (countdown-- > 0) await work();
  };
  const before = cpuSecondsOf(pid);
  await Promise.all(Array.from({ length: visitors }, visitor));
  return ((cpuSecondsOf(pid) - before) / count) * 1000;
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
async function sendRequests(ports: Ports, card: Card): Promise<void> {
  const login = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, maxCachedSessions: 0 });
  const certauth = new Agent({ ...card, rejectUnauthorized: false, maxCachedSessions: 0 });
  try {
    for (const [index, { isCertauth }] of steps.entries())
      await send(isCertauth ? certauth : login, isCertauth ? ports.certauth : ports.login, `/${index}`);
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
    const { answer: octets, commits = 0, signs } = steps[Number(path.slice(1))]!;
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
