import type { IncomingMessage, ServerResponse } from 'node:http';
import { html } from 'hono/html';
import { parse } from 'hono/utils/cookie';
import { type CapturedAnswer, CapturedResponse, cookiesAfter } from '#net/inner-request.ts';
import { configPage } from '#pages/config-page.ts';
import { movedBody } from '#pages/moved.ts';
import type { FlowSealing } from '#ports/flows.ts';
import { flowConfig } from '#signin/scripted/flow-config.ts';
import { sealContext, sealFlowToken } from '#signin/scripted/flow-secrets.ts';
import { languageOf, sendPage } from '../endpoints/pages.ts';
import type { AuthorizeQuery } from '../endpoints/parameters.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { clientAppTypeOf } from '../provider/client.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import type { AskPages } from '../requests/request.ts';

/** An authorize request of a client that reads `$Config` instead of showing pages. */
export interface ScriptedRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly query: AuthorizeQuery;
  readonly askPages?: AskPages | undefined;
}

/**
 * Whether a program asks that shows no pages: its application is native, and it does not accept HTML by name, which every
 * browser does. Such programs follow no redirect and may keep no cookies (windows-sign-in §4.2).
 */
export async function isScripted({ req, query }: ScriptedRequest, { applications }: TenantContext): Promise<boolean> {
  if (req.method !== 'GET' || acceptsHtml(req)) return false;
  const application = await applications.find(query.fields.client_id ?? '');
  return clientAppTypeOf(application) === 'mobileAppsAndDesktopClients';
}

/** Whether the client names HTML among what it accepts. */
export const acceptsHtml = ({ headers }: IncomingMessage): boolean => /\btext\/html\b/i.test(headers.accept ?? '');

/**
 * Answers an authorize request with the page that holds `$Config` where the pages would be shown. `provide` asks the
 * provider, whose interaction and cookies go into `sCtx`; every other answer of it goes out, a redirect as 302 with an anchor.
 */
export async function answerScripted(
  { req, res, askPages }: ScriptedRequest,
  provide: (res: ServerResponse) => Promise<void>,
  options: OidcOptions & { readonly flowSealing: FlowSealing },
  context: TenantContext,
): Promise<void> {
  const capture = new CapturedResponse(req);
  await provide(capture);
  const answer = capture.captured;
  const uid = interactionIn(answer, options.publicOrigin);
  if (uid === undefined) return send(res, answer);
  const { flowSealing } = options;
  const at = options.clock.now();
  const place = { interactionUid: uid, tenantId: context.tenant.id };
  const cookies = cookiesAfter(sessionCookies(req), answer);
  const nonce = options.broker?.nonceFor('srv_challenge');
  const ctx = sealContext({ ...place, cookies }, flowSealing, at);
  const isLive = Object.keys(cookies).some((name) => /^__Host-cardea-session-[\da-f-]{36}$/.test(name));
  const asksForMore =
    isLive && askPages && (await secondFactorPage(askPages, { req, res, tenantId: place.tenantId, ctx }));
  const setCookies = [answer.headers['set-cookie'] ?? []].flat();
  if (asksForMore) return sendWith(res, setCookies, asksForMore, notesOf(req).traceId);
  const config = {
    ...flowConfig({
      loginOrigin: options.publicOrigin,
      tenantId: context.tenant.id,
      correlationId: notesOf(req).correlationId,
      ctx,
      flowToken: sealFlowToken(place, { proofs: 0 }, flowSealing, at),
    }),
    ...(nonce === undefined ? {} : { bsso: { nonce } }),
  };
  const language = languageOf(req);
  const title = language.say.signIn;
  const body = html`<h1>${title}</h1>
<div class="actions"><a class="button" href="/login/${uid}">${title}</a></div>`;
  const { html: text, headers } = await configPage({
    frame: { title, brand: await context.brand(), language },
    config,
    body,
  });
  sendWith(res, setCookies, { html: text, headers }, notesOf(req).traceId);
}

type ConfigPage = Parameters<typeof sendPage>[2];

function sendWith(res: ServerResponse, cookies: readonly unknown[], page: ConfigPage, traceId: string): void {
  for (const line of cookies) res.appendHeader('set-cookie', String(line));
  sendPage(res, 200, { ...page, headers: { ...page.headers, 'x-ms-request-id': traceId } });
}

/** A live session whose user has to show one more factor continues from there, as on the pages (CAP-5). */
async function secondFactorPage(
  askPages: AskPages,
  {
    req,
    res,
    tenantId,
    ctx,
  }: Pick<ScriptedRequest, 'req' | 'res'> & { readonly tenantId: string; readonly ctx: string },
): Promise<ConfigPage | undefined> {
  const response = await askPages(`/${tenantId}/resume?${new URLSearchParams({ ctx })}`, req, res);
  const html = await response.text();
  if (!html.includes('"pgid":"ConvergedTFA"')) return undefined;
  return { html, headers: Object.fromEntries(response.headers) };
}

/** The interaction whose pages a redirect leads to. */
export function interactionIn({ status, headers }: CapturedAnswer, origin: string): string | undefined {
  const location = String(headers.location ?? '');
  if (status !== 303 || !URL.canParse(location, origin)) return undefined;
  const url = new URL(location, origin);
  return url.origin === origin ? /^\/login\/([\w-]{10,64})$/.exec(url.pathname)?.[1] : undefined;
}

/** Sessions that the client brings itself: the provider finds them again when the sign-in ends. Only values as the provider makes them. */
function sessionCookies({ headers: { cookie = '' } }: IncomingMessage): Record<string, string> {
  const isOfSession = ([name, value]: readonly [string, string]): boolean =>
    /^__Host-cardea-session-[\da-f-]{36}(?:\.sig)?$/.test(name) && /^[\w-]*$/.test(value);
  return Object.fromEntries(Object.entries(parse(cookie)).filter(isOfSession));
}

function send(res: ServerResponse, { status, headers, body }: CapturedAnswer): void {
  const location = headers.location === undefined ? undefined : String(headers.location);
  const isMoved = status === 303 && location !== undefined;
  const text = isMoved ? movedBody(location) : body;
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value);
  if (isMoved) res.setHeader('content-type', 'text/html; charset=utf-8');
  res.setHeader('content-length', Buffer.byteLength(text));
  res.writeHead(isMoved ? 302 : status).end(text);
}
