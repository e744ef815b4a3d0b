import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fault } from '#core/trace/fault.ts';
import { checkHealth, type Health, type RunCheck } from './health.ts';
import { inTime } from './in-time.ts';
import type { Metrics } from './metrics.ts';
import { trustDocument } from './trust.ts';
import type { TrustedAuthority } from './trusted-authority.ts';

export interface ManagementOptions {
  readonly listen: string;
  readonly port: number;
  readonly metrics: Metrics;
  /** What must work before requests are sent here. Each throws when it does not. */
  readonly checks: Readonly<Record<string, RunCheck>>;
  /** How every CA stands. */
  trust(): Promise<readonly TrustedAuthority[]>;
  onFault(problem: unknown): void;
}
export interface Management {
  readonly port: number;
  /** From now on the server is not ready: it finishes what it has. */
  drain(): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * The listener for those who run the server: plain HTTP on a port of its own, on loopback unless the settings say otherwise.
 * `GET /health/live`, `GET /health/ready`, `GET /health/trust` and `GET /metrics`. @throws portUnavailable
 */
export async function openManagement(options: ManagementOptions): Promise<Management> {
  let isDraining = false;
  const drains = async () => {
    if (isDraining) throw new Error('the server is stopping');
  };
  const readiness = () => checkHealth({ running: drains, ...options.checks });
  options.metrics.watchHealth(readiness);
  const pages: Readonly<Record<string, () => Promise<Answer>>> = {
    '/health/live': async () => healthAnswer({ status: 'pass', checks: {} }),
    '/health/ready': async () => healthAnswer(await readiness()),
    '/health/trust': () => trustAnswer(options.trust),
    '/metrics': async () => ({
      status: 200,
      type: options.metrics.contentType,
      body: await options.metrics.text(),
    }),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const page = pages[(request.url ?? '/').split('?')[0]!];
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const { status, type, body } = page && isRead ? await page() : unknownAnswer(page !== undefined);
    const headers = { 'content-type': type, 'cache-control': 'no-store', 'content-length': Buffer.byteLength(body) };
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
  };
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(request, response).catch((problem: unknown) => {
      options.onFault(problem);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (problem: NodeJS.ErrnoException) =>
      reject(
        fault(
          'portUnavailable',
          { setting: 'managementListen, managementPort', port: options.port, problem: problem.code ?? problem.message },
          problem,
        ),
      ),
    );
    server.listen(options.port, options.listen, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    drain: () => {
      isDraining = true;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

/** A page of health, in the form of draft-inadarei-api-health-check: 503 where a check fails. */
const healthAnswer = (health: Health): Answer => ({
  status: health.status === 'pass' ? 200 : 503,
  type: 'application/health+json',
  body: `${JSON.stringify(health)}\n`,
});

/** The page of CAs. While they cannot be read, as from a database that does not answer, no sign-in can be processed. */
async function trustAnswer(read: ManagementOptions['trust']): Promise<Answer> {
  const document = await inTime(patience, read).then(trustDocument, (problem: Error) => ({
    status: 'fail',
    problem: problem.message,
    authorities: [],
  }));
  const status = document.status === 'fail' ? 503 : 200;
  return { status, type: 'application/health+json', body: `${JSON.stringify(document)}\n` };
}

/** Milliseconds for which the page of CAs waits for the database. */
const patience = 5_000;

const unknownAnswer = (isKnown: boolean): Answer => ({
  status: isKnown ? 405 : 404,
  type: 'text/plain; charset=utf-8',
  body: 'GET /health/live, /health/ready, /health/trust or /metrics\n',
});
