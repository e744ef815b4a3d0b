import { html } from 'hono/html';
import { entraNumberOf, messageOf, remedyOf } from '#core/trace/fault.ts';
import { isFaultReason, retryAfterSeconds } from '#core/trace/faults.ts';
import type { Because } from '#core/trace/reasons.ts';
import { type Language, sentenceIn, type Texts } from '#languages/language.ts';
import { type Brand, type Markup, page, pageResponse } from './page.ts';

/** Where a refused person can go from here. */
export interface WaysOut {
  /** Asks for a certificate again, on a host the browser has not answered yet. */
  readonly anotherCertificate?: string | undefined;
  readonly otherWays?: string | undefined;
  readonly startAgain?: string | undefined;
}

export interface RefusedPage {
  readonly because: Because;
  readonly correlationId: string;
  /** Of the one request, where the correlation id is of the whole sign-in. */
  readonly traceId?: string | undefined;
  readonly at: Date;
  readonly brand: Brand;
  readonly language: Language;
  readonly title?: string;
  readonly username?: string | undefined;
  readonly waysOut?: WaysOut;
  readonly assetsOrigin?: string;
  /** Whether the browser's user is known to hold a directory role: then the remedy is shown, too. */
  readonly isAdministrator?: boolean;
}

/** The page of a refusal (PAGE-3, PAGE-4): a sentence, the number, the ids to quote; the particulars on request. */
export function refusedPage(refusedPage: RefusedPage): Markup {
  const { because, brand, language, username, assetsOrigin } = refusedPage;
  const { say } = language;
  const title = refusedPage.title ?? say.couldNotSignIn;
  return page(
    { title, brand, language, script: 'copy', ...(assetsOrigin ? { assetsOrigin } : {}) },
    html`<h1>${title}</h1>
${username ? html`<p class="who"><bdi>${username}</bdi></p>` : ''}
<p class="wrong" role="alert">${sentenceIn(language, because)}</p>
${ways(refusedPage.waysOut, language)}
<details>
<summary>${say.moreDetails}</summary>
<p class="faint">${say.giveToAdministrator}</p>
<dl id="details">
${rowsOf(refusedPage).map(([name, value, id]) => html`<dt>${name}</dt><dd lang="en" dir="ltr"${id ? html` id="${id}"` : ''}>${value}</dd>`)}
</dl>
${copyButton(say)}
</details>
${advice(refusedPage)}`,
  );
}

/**
 * A refusal as an answer. A fault of the service is never answered as a refusal: its status is 503 unless `status` is
 * 500 already, and it does not offer another certificate, which could change nothing.
 */
export async function refusedResponse(refusal: RefusedPage, status: number): Promise<Response> {
  const { assetsOrigin } = refusal;
  const options = { script: true, ...(assetsOrigin ? { assetsOrigin } : {}) };
  if (!isFaultReason(refusal.because)) return pageResponse(refusedPage(refusal), status, options);
  const { waysOut: _, ...fault } = refusal;
  const response = await pageResponse(refusedPage(fault), status === 500 ? 500 : 503, options);
  response.headers.set('retry-after', String(retryAfterSeconds));
  return response;
}

type Row = readonly [name: string, value: string, id?: string];

function rowsOf({ because, correlationId, traceId, at, language: { say } }: RefusedPage): readonly Row[] {
  return [
    [say.errorCode, `AADSTS${entraNumberOf(because)}`, 'error-code'],
    ...(isDisclosed(because) ? [[say.reason, messageOf(because)] as const] : []),
    [say.correlationId, correlationId, 'correlation-id'],
    ...(traceId ? [[say.traceId, traceId] as const] : []),
    [say.timestamp, at.toISOString()],
  ];
}

/** Where script runs, a button copies the list above it; without script the list is chosen manually. */
const copyButton = (say: Texts): Markup =>
  html`<p class="actions"><span role="status" id="copied" data-text="${say.copied}"></span>
<button type="button" class="quiet" id="copy" hidden>${say.copy}</button></p>`;

/** What an administrator can do about it. Others can do nothing with it, and it names parts of the configuration. */
function advice({ because, isAdministrator, language: { say } }: RefusedPage): Markup | '' {
  const remedy = isAdministrator ? remedyOf(because) : undefined;
  return remedy
    ? html`<section class="advice" id="advice"><h2>${say.administratorAdvice}</h2><p lang="en" dir="ltr">${withCommands(remedy)}</p></section>`
    : '';
}

/** A remedy names commands between backticks. */
const withCommands = (remedy: string): readonly Markup[] =>
  remedy.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));

/**
 * Whether the person may read the reason itself. The real parameters of certificate, path and revocation are facts about their
 * own card; whether an account or a rule exists is not theirs to learn (PAGE-4), so the sentence above the details is all.
 */
const isDisclosed = (because: Because) => !undisclosedNumbers.has(entraNumberOf(because));
const undisclosedNumbers: ReadonlySet<number> = new Set([50034, 50126, 50057, 1001003, 130501, 500189, 90033]);

function ways(out: WaysOut | undefined, { say }: Language): Markup | '' {
  if (!out) return '';
  return html`<div class="actions">
${out.otherWays ? html`<a class="button quiet" href="${out.otherWays}">${say.otherWays}</a>` : ''}
${out.anotherCertificate ? html`<a class="button" href="${out.anotherCertificate}">${say.useAnotherCertificate}</a>` : ''}
${out.startAgain ? html`<a class="button" href="${out.startAgain}">${say.startAgain}</a>` : ''}
</div>`;
}
