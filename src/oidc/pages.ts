import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { html, raw } from 'hono/html';
import type { Because } from '../core/trace/reasons.ts';
import { chooseLanguage } from '../languages/choose.ts';
import type { Language } from '../languages/language.ts';
import { type Brand, houseBrand, type Markup, pageHeaders, page as pageIn } from '../pages/page.ts';
import { refusedPage } from '../pages/refused.ts';
import { notesOf } from './visit.ts';

/** A page and the headers it needs. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a page has to know of the request it answers. */
export interface Asked {
  readonly req: IncomingMessage;
  /** Of the tenant; the house's own where none is known. */
  readonly brand?: Brand | undefined;
}

/** A refusal as a person sees it: sentence, number, ids, time, and the operator's words on request. */
export async function errorPage({ req, brand = houseBrand }: Asked, because: Because, at: Date): Promise<Page> {
  const language = languageOf(req);
  const { correlationId, traceId } = notesOf(req);
  const title = language.say.troubleSigningIn;
  const markup = refusedPage({ because, correlationId, traceId, at, brand, language, title });
  return made(markup, pageHeaders({ script: true }));
}

/** Where a person is after signing out; `again` leads to where they may sign in. */
export async function signedOutPage({ req, brand = houseBrand }: Asked, again: string): Promise<Page> {
  const language = languageOf(req);
  const { say } = language;
  const markup = pageIn(
    { title: say.signedOut, brand, language },
    html`<h1>${say.signedOut}</h1>
<p>${say.closeWindows}</p>
<div class="actions"><a class="button" href="${again}">${say.signInAgain}</a></div>`,
  );
  return made(markup, pageHeaders());
}

const submit = "document.addEventListener('DOMContentLoaded',()=>document.forms[0].submit())";
const submitHash = createHash('sha256').update(submit).digest('base64');

/** OAuth 2.0 Form Post Response Mode: submits itself, or by its button where scripts are off. */
export async function formPostPage(
  { req, brand = houseBrand }: Asked,
  action: string,
  fields: Readonly<Record<string, string>>,
): Promise<Page> {
  const language = languageOf(req);
  const { say } = language;
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const markup = pageIn(
    { title: say.signingYouIn, brand, language },
    html`<h1>${say.signingYouIn}</h1>
<script>${raw(submit)}</script><form method="post" action="${action}">${inputs}
<p>${say.pressContinue}</p>
<div class="actions"><button>${say.continue}</button></div></form>`,
  );
  // No form-action: an application's own redirect after the post would have to be named, too.
  const { 'content-security-policy': policy = '', ...headers } = pageHeaders();
  const directives = policy.split('; ').filter((directive) => !directive.startsWith('form-action'));
  const own = [...directives, `script-src 'sha256-${submitHash}'`].join('; ');
  return made(markup, { ...headers, 'content-security-policy': own });
}

async function made(markup: Markup, headers: Page['headers']): Promise<Page> {
  return { html: String(await markup), headers };
}

function languageOf(req: IncomingMessage): Language {
  const query = new URLSearchParams((req.url ?? '').split('?')[1] ?? '');
  const [mkt, uiLocales] = [query.get('mkt') ?? undefined, query.get('ui_locales') ?? undefined];
  return chooseLanguage({ mkt, uiLocales, acceptLanguage: req.headers['accept-language'] });
}

export function sendPage(res: ServerResponse, status: number, { html, headers }: Page): void {
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(html) });
  res.end(html);
}
