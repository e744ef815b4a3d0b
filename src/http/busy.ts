import { randomInt } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { html } from 'hono/html';
import { messageOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import { chooseLanguage } from '#languages/choose.ts';
import { defaultBrand, page, pageHeaders } from '#pages/page.ts';
import { languageQuery, queryIn } from '#schema/form.ts';
import { formIn } from '#signin/read-form.ts';

/** Seconds after which a browser tries again by itself, and a client should, at least and at most. */
export const retryRange = { soonest: 1, latest: 3 };

/** Answers the beginning of a sign-in that the server cannot work on now: a page that tries again by itself, or JSON. */
export async function answerBusy(req: IncomingMessage, res: ServerResponse): Promise<void> {
  // Those of a crowd come back one after the other, not all in the same second.
  const retrySeconds = randomInt(retryRange.soonest, retryRange.latest + 1);
  const headers = { 'retry-after': String(retrySeconds), 'cache-control': 'no-store' };
  if (!/\btext\/html\b/.test(req.headers.accept ?? '')) {
    const reason = because('signInsBusy', {});
    const body = { error: 'temporarily_unavailable', error_description: messageOf(reason), code: reason.code };
    res.writeHead(503, { ...headers, 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    return;
  }
  const { mkt, ui_locales: uiLocales } = formIn(languageQuery, queryIn(req.url ?? '')).fields;
  const language = chooseLanguage({ mkt, uiLocales, acceptLanguage: req.headers['accept-language'] });
  const { say } = language;
  const markup = await page(
    { title: say.busy, brand: defaultBrand, language, goesTo: req.url ?? '/', goesAfter: retrySeconds },
    html`<h1>${say.busy}</h1>
<p role="status">${say.busyWhy}</p>`,
  );
  res.writeHead(503, { ...pageHeaders(), ...headers, 'content-type': 'text/html; charset=utf-8' }).end(String(markup));
}
