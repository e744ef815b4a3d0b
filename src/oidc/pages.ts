import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { entraNumberOf, sentenceOf, wordsOf } from '../core/trace/fault.ts';
import type { Because } from '../core/trace/reasons.ts';
import { timestampOf } from './error-body.ts';
import type { RequestNotes } from './visit.ts';

/** A page and the headers it needs. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A refusal as a person sees it: sentence, number, ids, time, and the operator's words below. */
export function errorPage(reason: Because, notes: RequestNotes, at: Date): Page {
  const rows = [
    ['Error code', `AADSTS${entraNumberOf(reason)}`],
    ['Correlation ID', notes.correlationId],
    ['Trace ID', notes.traceId],
    ['Timestamp', timestampOf(at)],
    ['Message', wordsOf(reason)],
  ] as const;
  const list = rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  return page(
    'Sorry, but we’re having trouble signing you in.',
    `<p>${escapeHtml(sentenceOf(reason))}</p><details open><summary>More details</summary><dl>${list}</dl></details>`,
  );
}

export function signedOutPage(): Page {
  return page('You signed out of your account', '<p>It’s a good idea to close all browser windows.</p>');
}

const submit = "document.addEventListener('DOMContentLoaded',()=>document.forms[0].submit())";
const submitHash = createHash('sha256').update(submit).digest('base64');

/** OAuth 2.0 Form Post Response Mode: submits itself, or by its button where scripts are off. */
export function formPostPage(action: string, fields: Readonly<Record<string, string>>): Page {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const form = `<form method="post" action="${escapeHtml(action)}">${inputs.join('')}<button>Continue</button></form>`;
  // No form-action: an application's own redirect after the post would have to be named, too.
  return page('Signing you in', `<script>${submit}</script>${form}`, `script-src 'sha256-${submitHash}'`);
}

function page(title: string, body: string, extraPolicy = "form-action 'none'"): Page {
  return {
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><link rel="stylesheet" href="/assets/cardea.css"></head><body><main><h1>${title}</h1>${body}</main></body></html>`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; ${extraPolicy}`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  };
}

export function sendPage(res: ServerResponse, status: number, { html, headers }: Page): void {
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(html) });
  res.end(html);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as text: safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
