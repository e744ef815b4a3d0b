import type { Context } from 'hono';
import { readBody, usualBody } from '#net/bodies.ts';
import type { Env } from './server-context.ts';

/**
 * Refuses a body over the usual limit. A request without a length has no body, unless it comes in chunks (RFC 9112 §6.3):
 * then it is read first. Hono's own limit copies such a request by the platform's constructor, which takes no request of
 * @hono/node-server and throws.
 */
export async function limitedBody(c: Context<Env>, next: () => Promise<void>): Promise<Response | undefined> {
  const { raw } = c.req;
  const isChunked = raw.headers.has('transfer-encoding') && raw.method !== 'GET' && raw.method !== 'HEAD';
  if (!isChunked) return Number(raw.headers.get('content-length') ?? 0) > usualBody ? tooLarge(c) : void (await next());
  const body = await readBody(c.env.incoming, usualBody);
  if (body === undefined) return tooLarge(c);
  const headers = new Headers([...raw.headers].filter(([name]) => name !== 'transfer-encoding'));
  c.req.raw = new Request(raw.url, { method: raw.method, headers, body: new Uint8Array(body) });
  return void (await next());
}

const tooLarge = (c: Context<Env>): Response => c.text('The body of this request is too large.\n', 413);
