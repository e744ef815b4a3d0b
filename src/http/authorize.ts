import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CapturedAnswer, CapturedResponse, notePage, requestOnward } from '#net/inner-request.ts';
import { tenantAliases } from '#signin/user/realm.ts';

type Listener = (req: IncomingMessage, res: ServerResponse) => unknown;

/** A GET of the authorization endpoint, at a tenant or at an alias of tenants. */
export const isAuthorization = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'GET' && /^\/[\w.-]{1,253}\/oauth2\/(?:v2\.0\/)?authorize\/?(?:\?|$)/i.test(url);

/**
 * Answers a request to the authorization endpoint. Where the provider leads the browser to the first page of a sign-in, the answer is that
 * page, as with Entra, and not a redirect to it. It has no state of its own: when it is loaded again, a sign-in begins again.
 * Redirects to applications, to a tenant's endpoint and to the steps of a sign-in stay redirects.
 */
export async function answerAuthorization(
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
  provider: (res: ServerResponse) => Promise<void>,
  pages: Listener,
  origin: string,
): Promise<void> {
  const capture = new CapturedResponse(req);
  await provider(capture);
  const { status, headers, body } = capture.captured;
  const page = firstPageIn({ status, headers }, origin);
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !(page && ofRedirects.has(name))) res.setHeader(name, value);
  if (page === undefined) return void res.writeHead(status).end(body);
  notePage(res, page);
  const request = requestOnward(req, page);
  addCookies(request, headers['set-cookie']);
  await pages(request, res);
}

/** Headers that a page does not have from the redirect in whose place it is. */
const ofRedirects: ReadonlySet<string> = new Set(['location', 'content-type', 'content-length', 'cache-control']);

/** Address of the first page of a sign-in, where an answer leads there. */
function firstPageIn(
  { status, headers }: Pick<CapturedAnswer, 'status' | 'headers'>,
  origin: string,
): string | undefined {
  const location = String(headers.location ?? '');
  if (status !== 303 || !URL.canParse(location, origin)) return undefined;
  const url = new URL(location, origin);
  const [, first = '', rest = ''] = url.pathname.split('/');
  const isLoginPath =
    first === 'login' ? /^\/login\/[\w-]{10,64}$/.test(url.pathname) : rest === 'login' && tenantAliases.has(first);
  return url.origin === origin && isLoginPath ? url.pathname + url.search : undefined;
}

/** The cookies that a browser would send after an answer. What it sets comes first: the provider reads the first of a name. */
function addCookies({ headers, rawHeaders }: IncomingMessage, lines: CapturedAnswer['headers'][string]): void {
  const pairs = [lines ?? []].flat().map((line) => String(line).split(';')[0]!);
  headers.cookie = [...pairs, ...(headers.cookie ? [headers.cookie] : [])].join('; ');
  const at = rawHeaders.indexOf('cookie');
  if (at >= 0) rawHeaders[at + 1] = headers.cookie;
  else rawHeaders.push('cookie', headers.cookie);
}
