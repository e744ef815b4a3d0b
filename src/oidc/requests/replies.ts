import type { IncomingMessage, ServerResponse } from 'node:http';
import { publicFault } from '#core/trace/faults.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { errorPage, sendPage } from '../endpoints/pages.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { errorBody } from '../provider/error-body.ts';
import type { OidcOptions } from '../provider/options.ts';
import type { Request } from './request.ts';

/** A refusal of a request: HTTP status, OAuth's word, and why. */
export interface RequestRefusal {
  readonly status: number;
  readonly error: string;
  readonly reason: Because;
}

/** A page for a browser, Entra's JSON for every other client. */
export async function refuse(
  options: OidcOptions,
  req: IncomingMessage,
  res: ServerResponse,
  refusal: RequestRefusal,
): Promise<void> {
  const { correlationId } = notesOf(req);
  options.log({ event: 'refused', tenantId: undefined, correlationId, detail: refusal.reason.code });
  return answerRefusal(options, req, res, refusal);
}

/** A fault of the service: one error line in the log, and an answer that lets a client keep what it has. */
export function answerFault(
  options: OidcOptions,
  req: IncomingMessage,
  res: ServerResponse,
  thrown: unknown,
): Promise<void> {
  const { status, headers, error, because: reason } = publicFault(thrown);
  const { correlationId } = notesOf(req);
  options.log({ event: 'fault', tenantId: undefined, correlationId, detail: reason.code, fault: thrown });
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  return answerRefusal(options, req, res, { status, error, reason });
}

async function answerRefusal(
  options: OidcOptions,
  req: IncomingMessage,
  res: ServerResponse,
  { status, error, reason }: RequestRefusal,
): Promise<void> {
  const at = options.clock.now();
  const notes = notesOf(req);
  if (/\btext\/html\b/.test(req.headers.accept ?? '')) sendPage(res, status, await errorPage({ req }, reason, at));
  // Pages of other origins may read it: it tells only the caller.
  else
    sendJson(res, status, errorBody(error, reason, { notes, at, publicOrigin: options.publicOrigin }), { open: true });
}

/** Refuses a request whose tenant segment names no tenant. */
export function refuseTenant(options: OidcOptions, { req, res, tenant }: Request): Promise<void> {
  const reason = because('tenantUnknown', { tenant: tenant.slice(0, 253) });
  return refuse(options, req, res, { status: 400, error: 'invalid_tenant', reason });
}

/** Refuses a request that is not a POST at an endpoint that takes nothing else. */
export function refuseMethod(options: OidcOptions, { req, res }: Pick<Request, 'req' | 'res'>): Promise<void> {
  res.setHeader('allow', 'POST, OPTIONS');
  const reason = because('endpointPostOnly', { method: (req.method ?? 'GET').slice(0, 20) });
  return refuse(options, req, res, { status: 405, error: 'invalid_request', reason });
}

/** Sends the browser on by GET. */
export function redirect(res: ServerResponse, location: string): void {
  res.writeHead(303, { location, 'cache-control': 'no-store' }).end();
}

/** Answers JSON. @param body a value, or its octets where they were made before @param open whether pages of other origins may read it */
export function sendJson(res: ServerResponse, status: number, body: unknown, { open = false } = {}): void {
  const text = Buffer.isBuffer(body) ? body : JSON.stringify(body);
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(open ? { 'access-control-allow-origin': '*' } : {}),
  });
  res.end(text);
}
