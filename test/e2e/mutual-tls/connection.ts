import { type RequestOptions as PlainOptions, request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import type { Issued } from '#pki/build/issued.ts';
import type { RunningServer } from '../server.ts';

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A certificate and its key as a program hands them to TLS; the chain is sent along. */
export const pair = ({ pem, chain, privateKeyPem }: Issued) => ({
  cert: [pem, ...chain.map((item) => item.pem)].join(''),
  key: privateKeyPem,
});

export type Pair = ReturnType<typeof pair>;

/** A program at the host that asks for client certificates, or at the login host. */
export class Connection {
  readonly #server: RunningServer;
  readonly #host: string;
  readonly #pair: Pair | undefined;

  constructor(server: RunningServer, clientCertificate?: Pair, host = 'certauth.localhost') {
    this.#server = server;
    this.#pair = clientCertificate;
    this.#host = host;
  }

  post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.#send({ method: 'POST', path, headers: { ...type, ...headers } }, String(new URLSearchParams(form)));
  }

  get(path: string, token: unknown, scheme = 'Bearer'): Promise<Reply> {
    return this.#send({ path, headers: { authorization: `${scheme} ${token}` } });
  }

  sendJson(method: string, path: string, token: unknown, body: object): Promise<Reply> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return this.#send({ method, path, headers }, JSON.stringify(body));
  }

  #send(options: RequestOptions, body?: string): Promise<Reply> {
    const { port, trust } = this.#server;
    const where = { host: '127.0.0.1', port, servername: this.#host, ca: trust, agent: false, ...this.#pair };
    const headers = { host: `${this.#host}:${port}`, ...(options.headers as Record<string, string>) };
    return new Promise((resolve, reject) => {
      const message = request({ ...where, ...options, headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: jsonOf(text) }));
      });
      message.on('error', reject).end(body);
    });
  }
}

/** A reverse proxy of this computer, which sends plain HTTP to the Unix socket that only it may open. */
export class ProxyConnection {
  readonly #where: PlainOptions;

  constructor(socketPath: string, host: string) {
    this.#where = { socketPath, headers: { host } };
  }

  post(path: string, form: Record<string, string>, headers: Record<string, string>): Promise<Reply> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.#send({ method: 'POST', path, headers: { ...type, ...headers } }, String(new URLSearchParams(form)));
  }

  get = (path: string, headers: Record<string, string>): Promise<Reply> => this.#send({ path, headers });

  #send(options: PlainOptions, body?: string): Promise<Reply> {
    const headers = { ...(this.#where.headers as object), ...(options.headers as object) };
    return new Promise((resolve, reject) => {
      const message = plainRequest({ ...this.#where, ...options, headers, agent: false }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: jsonOf(text) }));
      });
      message.on('error', reject).end(body);
    });
  }
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}
