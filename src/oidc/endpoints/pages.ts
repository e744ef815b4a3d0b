import type { IncomingMessage, ServerResponse } from 'node:http';
import { html } from 'hono/html';
import type { Because } from '#core/trace/reasons.ts';
import { chooseLanguage } from '#languages/choose.ts';
import type { Language } from '#languages/language.ts';
import { formPost } from '#pages/form-post.ts';
import { type Brand, defaultBrand, type Markup, pageHeaders, page as pageIn } from '#pages/page.ts';
import { refusedPage } from '#pages/refused.ts';
import { languageQuery, queryIn, readFields } from '#schema/form.ts';
import { notesOf } from './request-notes.ts';

/** A page and the headers it needs. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a page has to know of the request it answers. */
export interface PageRequest {
  readonly req: IncomingMessage;
  /** Of the tenant; the installation's where no tenant is known. */
  readonly brand?: Brand | undefined;
}

/** A refusal as a person sees it: sentence, number, ids, time, and the operator's words on request. */
export async function errorPage({ req, brand = defaultBrand }: PageRequest, because: Because, at: Date): Promise<Page> {
  const language = languageOf(req);
  const { correlationId, traceId } = notesOf(req);
  const title = language.say.troubleSigningIn;
  const markup = refusedPage({ because, correlationId, traceId, at, brand, language, title });
  return made(markup, pageHeaders({ script: true }));
}

/** What comes after signing out. */
export interface SignedOut {
  /** Where the person may sign in again. */
  readonly again: string;
  /** Addresses of applications that end their own session in this browser, each in a hidden frame. */
  readonly frames?: readonly string[];
  /** Where the browser goes then. */
  readonly target?: string | undefined;
}

/** Seconds that applications have in their frames. */
const framesTake = 3;

/** Where a person is after signing out. */
export async function signedOutPage(
  { req, brand = defaultBrand }: PageRequest,
  { again, frames = [], target }: SignedOut,
): Promise<Page> {
  const language = languageOf(req);
  const { say } = language;
  const markup = pageIn(
    { title: say.signedOut, brand, language, ...(target ? { goesTo: target, goesAfter: framesTake } : {}) },
    html`<h1>${say.signedOut}</h1>
<p>${say.closeWindows}</p>
${frames.map((url) => html`<iframe src="${url}" title="${say.signedOut}" hidden></iframe>`)}
<div class="actions"><a class="button" href="${target ?? again}">${target ? say.continue : say.signInAgain}</a></div>`,
  );
  const { 'content-security-policy': policy = '', ...headers } = pageHeaders();
  const origins = [...new Set(frames.map((url) => new URL(url).origin))];
  const contentPolicy = origins.length > 0 ? `${policy}; frame-src ${origins.join(' ')}` : policy;
  return made(markup, { ...headers, 'content-security-policy': contentPolicy });
}

/** OAuth 2.0 Form Post Response Mode. */
export function formPostPage(
  { req, brand = defaultBrand }: PageRequest,
  action: string,
  fields: Readonly<Record<string, string>>,
): Promise<Page> {
  return formPost({ brand, language: languageOf(req), action, fields });
}

export async function made(markup: Markup, headers: Page['headers']): Promise<Page> {
  return { html: String(await markup), headers };
}

export function languageOf(req: IncomingMessage): Language {
  const { mkt, ui_locales: uiLocales } = readFields(languageQuery, queryIn(req.url ?? '')) ?? {};
  return chooseLanguage({ mkt, uiLocales, acceptLanguage: req.headers['accept-language'] });
}

export function sendPage(res: ServerResponse, status: number, { html, headers }: Page): void {
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(html) });
  res.end(html);
}
