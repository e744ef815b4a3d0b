import type { KeyObject } from 'node:crypto';
import { Agent, type RequestOptions, request } from 'node:https';
import type { SecureContext } from 'node:tls';
import { fault } from '#core/trace/fault.ts';
import { openToken, type TokenCard } from './token-card.ts';

/** A card in the reader of a {@link Browser}: PEM, as TLS wants it, or a certificate whose key stays in a token. */
export type CardInReader = { readonly cert: string; readonly key: string } | TokenCard;

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

/** Longest answer read: sign-in pages have a few kilobytes. */
const largestBody = 1024 * 1024;

/**
 * As much of a browser as a sign-in needs: cookies by host, one certificate for hosts that ask, no script. Connections are
 * used again as long as the server keeps them; none is resumed, so every new one shows the certificate anew.
 * `*.localhost` is this computer, as in real browsers (RFC 6761 §6.3).
 */
export class Browser {
  readonly #accept: string | undefined;
  readonly #tls: RequestOptions & { readonly secureContext?: SecureContext };
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1, maxCachedSessions: 0 });
  readonly #cookies = new Map<string, Map<string, string>>();

  /** @param accept the header of that name: some servers lead only those to sign-in pages who say that they can show them */
  constructor(card: CardInReader | undefined, ca: string | undefined, accept?: string) {
    this.#accept = accept;
    const trust = ca ? { ca } : {};
    // A token is opened once and for all: its engine cannot be loaded again.
    this.#tls = card && 'privateKeyEngine' in card ? { secureContext: openToken(card, trust) } : { ...trust, ...card };
  }

  get(url: URL): Promise<Page> {
    return this.#send(url, 'GET', undefined);
  }

  post(url: URL, form: Record<string, string>): Promise<Page> {
    return this.#send(url, 'POST', String(new URLSearchParams(form)));
  }

  /** Ends the connections it keeps. */
  close(): void {
    this.#agent.destroy();
  }

  #send(url: URL, method: string, body: string | undefined): Promise<Page> {
    const local = url.hostname === 'localhost' || url.hostname.endsWith('.localhost');
    return new Promise((resolve, reject) => {
      const unreachable = (problem: Error) =>
        reject(fault('serverUnreachable', { url: url.origin, problem: problem.message }, problem));
      const payload = request(
        {
          host: local ? '127.0.0.1' : url.hostname,
          servername: url.hostname,
          port: url.port || 443,
          path: url.pathname + url.search,
          method,
          agent: this.#agent,
          timeout: 30_000,
          ...this.#tls,
          headers: {
            host: url.host,
            'user-agent': 'cardea',
            ...(this.#accept ? { accept: this.#accept } : {}),
            ...this.#cookieHeader(url),
            ...bodyHeaders(body),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let size = 0;
          answer.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > largestBody) answer.destroy(new Error('the answer is larger than a page can be'));
            else chunks.push(chunk);
          });
          answer.on('error', unreachable);
          answer.on('end', () => {
            this.#keep(url, answer.headers['set-cookie'] ?? []);
            const { location } = answer.headers;
            resolve({ url, status: answer.statusCode ?? 0, location, body: Buffer.concat(chunks).toString('utf8') });
          });
        },
      );
      payload.on('timeout', () => payload.destroy(new Error('no answer within thirty seconds')));
      payload.on('error', unreachable).end(body);
    });
  }

  #cookieHeader(url: URL): Record<string, string> {
    const existing = [...(this.#cookies.get(url.hostname) ?? [])].map(([name, value]) => `${name}=${value}`);
    return existing.length > 0 ? { cookie: existing.join('; ') } : {};
  }

  #keep(url: URL, lines: readonly string[]): void {
    const existing = this.#cookies.get(url.hostname) ?? new Map<string, string>();
    this.#cookies.set(url.hostname, existing);
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const name = pair.slice(0, pair.indexOf('='));
      const end = attributes.some(
        (attribute) => /^max-age=0$/i.test(attribute) || /^expires=Thu, 01 Jan 1970/i.test(attribute),
      );
      if (end) existing.delete(name);
      else existing.set(name, pair.slice(pair.indexOf('=') + 1));
    }
  }
}

function bodyHeaders(body: string | undefined): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) };
}

/** PEM of a private key, for TLS. */
export const pemOfKey = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
