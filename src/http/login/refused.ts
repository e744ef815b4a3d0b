import { html } from 'hono/html';
import { entraNumberOf, remedyOf, sentenceOf, wordsOf } from '../../core/trace/fault.ts';
import type { Because } from '../../core/trace/reasons.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { type Markup, page } from '../page.ts';

/** Where a refused person can go from here. */
export interface WaysOut {
  /** Asks for a certificate again, on a host the browser has not answered yet. */
  readonly anotherCertificate?: string;
  readonly otherWays?: string;
}

export interface RefusedPage {
  readonly because: Because;
  readonly correlationId: string;
  readonly at: Date;
  readonly brand: string;
  readonly username?: string;
  readonly trace?: Trace;
  readonly waysOut?: WaysOut;
  readonly assetsOrigin?: string;
}

/** The page of a refusal (PAGE-3, PAGE-4): a sentence, the number, the ids to quote; the particulars on request. */
export function refusedPage(refused: RefusedPage): Markup {
  const { because, correlationId, at, brand, username, assetsOrigin } = refused;
  return page(
    { title: 'Sorry, we could not sign you in', brand, ...(assetsOrigin ? { assetsOrigin } : {}) },
    html`<h1>Sorry, we could not sign you in</h1>
${username ? html`<p class="who">${username}</p>` : ''}
<p class="wrong" role="alert">${sentenceOf(because)}</p>
${ways(refused.waysOut)}
<details>
<summary>More details</summary>
<p class="faint">Give these to your administrator.</p>
<dl>
<dt>Error code</dt><dd id="error-code">AADSTS${entraNumberOf(because)}</dd>
<dt>Reason</dt><dd>${particulars(because)}</dd>
<dt>Correlation ID</dt><dd id="correlation-id">${correlationId}</dd>
<dt>Timestamp</dt><dd>${at.toISOString()}</dd>
</dl>
</details>`,
  );
}

/**
 * What the person may read of the reason. The real parameters of certificate, path and revocation are facts about their
 * own card; whether an account or a rule exists is not theirs to learn (architecture §11).
 */
function particulars(because: Because): string {
  return mayBeTold(because) ? `${wordsOf(because)}. ${remedyOf(because) ?? ''}` : sentenceOf(because);
}

const untold: ReadonlySet<number> = new Set([50034, 50126, 50057, 1001003, 130501, 500189, 90033]);
const mayBeTold = (because: Because) => !untold.has(entraNumberOf(because));

function ways(out: WaysOut | undefined): Markup {
  return html`<div class="actions">
${out?.otherWays ? html`<a class="button quiet" href="${out.otherWays}">Other ways to sign in</a>` : ''}
${out?.anotherCertificate ? html`<a class="button" href="${out.anotherCertificate}">Use another certificate</a>` : ''}
</div>`;
}
