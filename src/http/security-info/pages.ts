import { html, raw } from 'hono/html';
import { renderSVG } from 'uqr';
import type { Language } from '#languages/language.ts';
import type { Ticket } from '#model/sign-in.ts';
import { type Markup, withName } from '#pages/page.ts';
import { describedBy, problem } from '#pages/problem.ts';
import { accountPage, type Common } from './frame.ts';
import { base } from './rows.ts';

/** The secret as a picture and as text, and the first code as the proof that the app has it. */
export function appPage(
  common: Common & { readonly ticket: string; readonly uri: string; readonly secret: string },
): Markup {
  const { language, wrong, ticket, uri, secret } = common;
  const { say } = language;
  return accountPage(
    { ...common, title: say.addApp },
    html`<h1>${say.addApp}</h1>
<p id="scan">${say.scanCode}</p>
<div class="qr" role="img" aria-labelledby="scan">${raw(renderSVG(uri, { ecc: 'M', border: 2 }))}</div>
<dl><dt>${say.key}</dt><dd id="key" dir="ltr"><code>${secret.match(/.{1,4}/gu)?.join(' ') ?? ''}</code></dd></dl>
${problem(wrong, language, { id: 'code', label: say.code })}
<form method="post" action="${base}/app/confirm">
<input type="hidden" name="ticket" value="${ticket}">
<label for="name">${say.methodName}</label>
<input id="name" name="name" maxlength="60" value="${say.myApp}">
<label for="code">${say.code}</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" dir="ltr" required maxlength="16"${describedBy(wrong)}>
<div class="actions"><a class="button quiet" href="${base}">${say.cancel}</a><button>${say.add}</button></div>
</form>`,
  );
}

export function passkeyPage(common: Common & { readonly options: string }): Markup {
  const { language, options } = common;
  const { say } = language;
  return accountPage(
    { ...common, title: say.addPasskey, script: 'passkey' },
    html`<h1>${say.addPasskey}</h1>
<p>${say.passkeyHint}</p>
<p class="faint" id="passkey-needs-script">${say.passkeyNeedsScript}</p>
<p class="wrong" role="alert" id="passkey-problem" hidden>${say.passkeyUnfinished}</p>
<form method="post" action="${base}/passkey" data-passkey="create" data-options="${options}">
<input type="hidden" name="credential" value="">
<label for="name">${say.methodName}</label>
<input id="name" name="name" maxlength="60" value="${say.myPasskey}">
<div class="actions"><a class="button quiet" href="${base}">${say.cancel}</a><button disabled>${say.add}</button></div>
</form>`,
  );
}

/** MFA-11: sign-ins that wait for an approval. The user answers one with the number that its page shows. */
export function requestsPage(
  common: Common & { readonly requests: readonly Ticket[]; readonly decision?: 'approved' | 'denied' | undefined },
): Markup {
  const { language, requests, decision } = common;
  const { say } = language;
  const news = { approved: say.requestApproved, denied: say.requestDenied };
  return accountPage(
    { ...common, title: say.signInRequests },
    html`<h1>${say.signInRequests}</h1>
${decision ? html`<p role="status" id="told">${news[decision]}</p>` : ''}
${requests.length === 0 ? html`<p class="faint">${say.noRequests}</p>` : requests.map((request) => requestForm(request, language))}
<p><a href="${base}">${say.backToSecurityInfo}</a></p>`,
  );
}

function requestForm({ id, document }: Ticket, { say }: Language): Markup {
  const { application = '', ipAddress = '', userAgent = '', askedAt = '' } = document;
  return html`<form method="post" action="${base}/requests">
<p>${withName(say.requestFrom, application)}</p>
<dl><dt>${say.requestAddress}</dt><dd><bdi>${ipAddress}</bdi> · <bdi>${userAgent}</bdi> · <time dir="ltr" datetime="${askedAt}">${askedAt.slice(0, 19).replace('T', ' ')} UTC</time></dd></dl>
<input type="hidden" name="id" value="${id}">
<label for="n-${id}">${say.requestNumber}</label>
<input id="n-${id}" name="number" inputmode="numeric" autocomplete="off" dir="ltr" maxlength="2">
<div class="actions">
<button class="quiet" name="answer" value="deny">${say.notMe}</button>
<button name="answer" value="approve">${say.approve}</button>
</div>
</form>`;
}
