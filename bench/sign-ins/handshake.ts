import { type ChildProcess, fork } from 'node:child_process';
import { constants } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Authority } from '#pki/build/authority.ts';
import type { Issued } from '#pki/build/issued.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';

/**
 * What a bare `node:https` server that asks for a client certificate can do: a new TLS 1.3 handshake for each request,
 * nothing else. A sign-in can never cost less, so its figure is read as a ratio to this one of the same run.
 * `node bench/sign-ins/handshake.ts [seconds]`
 */
export const cardKinds = ['RSA-2048', 'P-256'] as const;
export type CardKind = (typeof cardKinds)[number];

export interface HandshakeRate {
  readonly card: CardKind;
  readonly requests: number;
  /** CPU seconds of the server's process, user and system. */
  readonly cpuSeconds: number;
  readonly perCpuSecond: number;
}

interface Served {
  readonly cert: string;
  readonly key: string;
}

/** Drives the server from this process for `seconds`, four clients at a time; the server is a process of its own. */
export async function measureHandshakes(card: CardKind, seconds: number): Promise<HandshakeRate> {
  const at = new Date();
  const { server } = makeTlsCertificate({ hosts: ['localhost'], at });
  const child = fork(import.meta.filename, ['--serve'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const { port } = await ask<{ port: number }>(child, { cert: server.pem, key: server.privateKeyPem });
    const view = cardOf(card, at);
    await drive(port, view, Math.min(0.3, seconds)); // warm
    const before = await ask<number>(child, 'cpu');
    const requests = await drive(port, view, seconds);
    const cpuSeconds = (await ask<number>(child, 'cpu')) - before;
    return { card, requests, cpuSeconds, perCpuSecond: requests / cpuSeconds };
  } finally {
    child.kill();
  }
}

function cardOf(kind: CardKind, at: Date): Issued {
  const day = 86_400_000;
  const root = Authority.root('CN=Bench', {
    notBefore: new Date(at.getTime() - day),
    notAfter: new Date(at.getTime() + day),
  });
  return root.issueUserCertificate({ subject: 'CN=Ana', key: kind });
}

async function ask<T>(child: ChildProcess, question: Served | 'cpu'): Promise<T> {
  const answer = once(child, 'message');
  child.send(question);
  return (await answer)[0] as T;
}

async function drive(port: number, card: Issued, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  const client = async (): Promise<number> => {
    let requests = 0;
    for (; performance.now() < end; requests += 1) await oneRequest(port, card);
    return requests;
  };
  const counts = await Promise.all(Array.from({ length: 4 }, client));
  return counts.reduce((sum, count) => sum + count, 0);
}

function oneRequest(port: number, { pem, privateKeyPem }: Issued): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', servername: 'localhost', cert: pem, key: privateKeyPem };
    request({ ...options, agent: false, rejectUnauthorized: false }, (response) => {
      response.resume().on('end', resolve);
    })
      .on('error', reject)
      .end();
  });
}

/** The server's side: told its certificate it listens and says where; asked for its CPU time it says that. */
function serve(): void {
  process.on('message', (question: Served | 'cpu') => {
    if (question === 'cpu') {
      const { user, system } = process.cpuUsage();
      process.send?.((user + system) / 1e6);
      return;
    }
    const asks = { requestCert: true, rejectUnauthorized: false, secureOptions: constants.SSL_OP_NO_TICKET };
    const server = createServer({ ...question, ...asks }, (_, res) => res.setHeader('connection', 'close').end('ok'));
    server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  });
  process.on('disconnect', () => process.exit());
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--serve')) serve();
  else
    for (const card of cardKinds) {
      const { requests, cpuSeconds, perCpuSecond } = await measureHandshakes(card, Number(process.argv[2] ?? 5));
      console.log(`${card}: ${requests} in ${cpuSeconds.toFixed(2)} CPU s, ${perCpuSecond.toFixed(0)} per CPU second`);
    }
}
