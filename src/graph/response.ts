import type { Answer, GraphRequest } from './protocol/call.ts';

/** Tokens travel in a header, never in a cookie, so any origin may ask: without a token it learns nothing. */
export const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, client-request-id, sdkversion, consistencylevel, prefer, if-match, if-none-match',
  'access-control-expose-headers':
    'request-id, client-request-id, retry-after, location, www-authenticate, etag, odata-version',
  'access-control-max-age': '600',
};

export function responseOf(
  { status, body, headers = {} }: Answer,
  ids: Readonly<Record<string, string>>,
  at: Date,
  graphRequest: GraphRequest,
): Response {
  const common = { ...crossOrigin, ...ids, 'cache-control': 'no-store', 'odata-version': '4.0', ...headers };
  if (body === undefined) return new Response(undefined, { status, headers: common });
  if (body instanceof Uint8Array) return new Response(new Uint8Array(body), { status, headers: common });
  if (typeof body === 'string') {
    return new Response(body, { status, headers: { ...common, 'content-type': 'text/plain' } });
  }
  const accept = graphRequest.header('accept') ?? '';
  const metadata = /odata\.metadata=(none|minimal|full)/i.exec(accept)?.[1]?.toLowerCase() ?? 'minimal';
  const type = `application/json;odata.metadata=${metadata};odata.streaming=true;IEEE754Compatible=false;charset=utf-8`;
  return new Response(JSON.stringify(withIds(body, ids, at)), { status, headers: { ...common, 'content-type': type } });
}

/** Errors say when and which request, so that one can be found in a log. */
function withIds(body: unknown, ids: Readonly<Record<string, string>>, at: Date): unknown {
  const { error, ...rest } = body as { error?: Record<string, unknown> };
  if (!error) return body;
  const innerError = { ...(error.innerError as object | undefined), date: at.toISOString().slice(0, 19), ...ids };
  return { ...rest, error: { ...error, innerError } };
}
