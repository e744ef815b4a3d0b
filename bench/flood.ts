import { request } from 'node:https';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { RunningServer } from '../test/e2e/server.ts';

/**
 * Median of whole certificate sign-ins from 127.0.0.1, alone and during a flood from 127.0.0.2 (authorize, certauth
 * handshakes, forms with a password), in one run with the default limits. `node bin/node24.mjs bench/flood.ts [seconds]`, Linux only.
 */
if (isMainThread) await compare(Number(process.argv[2] ?? 10) * 1000);
else for (let i = 0; i < 24; i++) void flood(workerData as number, i);

async function compare(milliseconds: number): Promise<void> {
  const server = await RunningServer.start();
  try {
    await medianOf(server, milliseconds / 4); // warm: keys, CRLs, provider
    const alone = await medianOf(server, milliseconds);
    const worker = new Worker(new URL(import.meta.url), { workerData: server.port });
    const counts = { answered: 0, throttled: 0, closed: 0 };
    worker.on('message', (kind: keyof typeof counts) => counts[kind]++);
    await medianOf(server, milliseconds); // until the flood has used up what its source may do at once
    const during = await medianOf(server, milliseconds);
    await worker.terminate();
    console.log(
      `p50 alone ${alone.toFixed(1)} ms, during the flood ${during.toFixed(1)} ms: ${(during / alone).toFixed(2)}×`,
    );
    console.log(`flood: ${counts.answered} answered, ${counts.throttled} answered 429, ${counts.closed} closed`);
  } finally {
    await server.remove();
  }
}

async function medianOf(server: RunningServer, milliseconds: number): Promise<number> {
  const card = server.card('ana');
  const times: number[] = [];
  for (const end = performance.now() + milliseconds; performance.now() < end; ) {
    const start = performance.now();
    const { kind } = await server.signIn('ana@woodgrove.test', card);
    if (kind !== 'signedIn') throw new Error('a sign-in was refused');
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1]!;
}

/** One client after another, each on a new connection; a closed one waits as long as a network would. */
async function flood(port: number, number: number): Promise<never> {
  const { parentPort } = await import('node:worker_threads');
  const kinds = [
    { method: 'GET', servername: 'localhost', path: '/common/oauth2/v2.0/authorize?client_id=x' },
    { method: 'GET', servername: 'certauth.localhost', path: '/woodgrove.test/certauth/x' },
    { method: 'POST', servername: 'localhost', path: '/login/x/password', body: 'passwd=guess' },
  ];
  const { body, servername, ...kind } = kinds[number % kinds.length]!;
  for (;;) {
    const result = await new Promise<string>((resolve) => {
      const headers = { host: `${servername}:${port}`, 'content-type': 'application/x-www-form-urlencoded' };
      const place = { host: '127.0.0.1', localAddress: '127.0.0.2', port, servername, rejectUnauthorized: false };
      const message = request({ ...kind, ...place, headers, agent: false }, (answer) => {
        answer.resume().on('close', () => resolve(answer.statusCode === 429 ? 'throttled' : 'answered'));
      });
      message.on('error', () => resolve('closed')).end(body);
    });
    parentPort!.postMessage(result);
    if (result === 'closed') await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
