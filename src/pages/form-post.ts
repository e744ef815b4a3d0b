import { html, raw } from 'hono/html';
import type { Language } from '#languages/language.ts';
import { sha256 } from './config-page.ts';
import { type Brand, page, pageHeaders } from './page.ts';

export interface FormPost {
  readonly brand: Brand;
  readonly language: Language;
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly assetsOrigin?: string;
}

const submit = "document.addEventListener('DOMContentLoaded',()=>document.forms[0].submit())";

/** A form that submits itself, or by its button where scripts are off (OAuth 2.0 Form Post Response Mode). */
export async function formPost({ brand, language, action, fields, assetsOrigin }: FormPost): Promise<{
  readonly html: string;
  readonly headers: Record<string, string>;
}> {
  const { say } = language;
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const markup = page(
    { title: say.signingYouIn, brand, language, ...(assetsOrigin ? { assetsOrigin } : {}) },
    html`<h1>${say.signingYouIn}</h1>
<script>${raw(submit)}</script><form method="post" action="${action}" name="hiddenform">${inputs}
<p>${say.pressContinue}</p>
<div class="actions"><button>${say.continue}</button></div></form>`,
  );
  // No form-action: an application's own redirect after the post would have to be named, too.
  const { 'content-security-policy': policy = '', ...headers } = pageHeaders(assetsOrigin ? { assetsOrigin } : {});
  const directives = policy.split('; ').filter((directive) => !directive.startsWith('form-action'));
  const contentPolicy = [...directives, `script-src 'sha256-${await sha256(submit)}'`].join('; ');
  return { html: String(await markup), headers: { ...headers, 'content-security-policy': contentPolicy } };
}
