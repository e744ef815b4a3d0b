import { IncomingMessage, ServerResponse } from 'node:http';
import { clientOf, noteClient } from './limits/limits.ts';

/** An answer that was not sent. */
export interface CapturedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body: string;
}

/** A response that no socket is behind: what a handler writes stays here. */
export class CapturedResponse extends ServerResponse {
  readonly #chunks: Buffer[] = [];

  get captured(): CapturedAnswer {
    return { status: this.statusCode, headers: this.getHeaders(), body: Buffer.concat(this.#chunks).toString('utf8') };
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    this.statusCode = status;
    const headers = rest.find((item) => typeof item === 'object' && item !== null) as
      | Record<string, string>
      | undefined;
    for (const [name, value] of Object.entries(headers ?? {})) this.setHeader(name, value);
    return this;
  }

  override write(chunk: unknown): boolean {
    this.#chunks.push(Buffer.from(chunk as string));
    return true;
  }

  override end(chunk?: unknown): this {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) this.write(chunk);
    return this;
  }
}

/** A GET that the server asks itself instead of the client of `from`, with cookies that the client does not carry itself. */
export function innerRequest(
  from: IncomingMessage,
  url: string,
  cookies: Readonly<Record<string, string>>,
): IncomingMessage {
  const request = new IncomingMessage(from.socket);
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  const { host, 'user-agent': userAgent, 'accept-language': language } = from.headers;
  Object.assign(request, { method: 'GET', url, httpVersion: from.httpVersion, complete: true });
  request.headers = {
    ...(host === undefined ? {} : { host }),
    ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
    ...(language === undefined ? {} : { 'accept-language': language }),
    cookie: cookie.join('; '),
  };
  request.push(null);
  noteClient(request, clientOf(from));
  return request;
}

/**
 * The GET that a browser would send where the answer to `from` redirects it: of the same client, with the same headers without those
 * of a body.
 */
export function requestOnward(from: IncomingMessage, url: string): IncomingMessage {
  const request = new IncomingMessage(from.socket);
  Object.assign(request, { method: 'GET', url, httpVersion: from.httpVersion, complete: true });
  const headers = Object.entries(from.headers).filter(([name]) => !ofPosts.has(name));
  request.headers = Object.fromEntries(headers);
  request.rawHeaders = headers.flatMap(([name, value]) => [value ?? []].flat().flatMap((item) => [name, item]));
  request.push(null);
  noteClient(request, clientOf(from));
  return request;
}

/** Headers that a GET after a POST does not have (Fetch, "HTTP-redirect fetch"). */
const ofPosts: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
  'expect',
  'origin',
  'transfer-encoding',
]);

const pages = new WeakMap<ServerResponse, string>();

/** Notes that an answer is the own page at this address, to which no redirect leads. */
export const notePage = (res: ServerResponse, address: string): void => void pages.set(res, address);

/** The address of the own page that an answer is, where that is another one than the request's. */
export const pageIn = (res: ServerResponse): string | undefined => pages.get(res);

/** The cookies after an answer: what it sets is added, what it ends is gone. Paths do not count. */
export function cookiesAfter(
  before: Readonly<Record<string, string>>,
  { headers }: Pick<CapturedAnswer, 'headers'>,
): Record<string, string> {
  const cookies = { ...before };
  for (const line of [headers['set-cookie'] ?? []].flat()) {
    const [, name, value] = /^([^=;]+)=([^;]*)/.exec(String(line)) ?? [];
    if (name === undefined) continue;
    if (value) cookies[name] = value;
    else delete cookies[name];
  }
  return cookies;
}
