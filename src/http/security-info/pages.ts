import { html, raw } from 'hono/html';
import { renderSVG } from 'uqr';
import type { Because } from '#core/trace/reasons.ts';
import type { Language } from '#languages/language.ts';
import type { RegisteredMethod } from '#model/authentication-method.ts';
import type { Ticket } from '#model/sign-in.ts';
import { type Brand, type Markup, page } from '#pages/page.ts';
import { describedBy, problem, titleWith } from '#pages/problem.ts';

interface Common {
  readonly brand: Brand;
  readonly language: Language;
  readonly username: string;
  readonly wrong?: Because | undefined;
}

const base = '/security-info';

/** The methods that a user has registered, and those that can be added. */
export function methodsPage(common: Common & { readonly methods: readonly RegisteredMethod[] }): Markup {
  const { brand, language, username, methods, wrong } = common;
  const { say } = language;
  return page(
    { title: titleWith(wrong, language, say.securityInfo), brand, language, wide: true },
    html`<p class="who"><bdi>${username}</bdi></p>
<h1>${say.securityInfo}</h1>
${problem(wrong, language, { id: 'add', label: say.add })}
<h2>${say.yourMethods}</h2>
${methods.length === 0 ? html`<p class="faint">${say.noMethods}</p>` : html`<ul class="registered">${methods.map((method) => row(method, language))}</ul>`}
<div class="actions" id="add">
<form method="post" action="${base}/app"><button class="quiet" id="add-app">${say.addApp}</button></form>
<a class="button" id="add-passkey" href="${base}/passkey">${say.addPasskey}</a>
</div>
<p><a href="${base}/requests">${say.signInRequests}</a></p>`,
  );
}

function row(method: RegisteredMethod, { say, tag }: Language): Markup {
  const kinds = {
    softwareOath: say.authenticatorApp,
    fido2: say.passkey,
    temporaryAccessPass: say.temporaryAccessPass,
  } as const;
  const day = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' }).format(method.createdDateTime);
  return html`<li><span><strong>${kinds[method.kind]}</strong> <bdi>${method.displayName}</bdi><small>${say.added(day)}</small></span>
<form method="post" action="${base}/remove"><input type="hidden" name="id" value="${method.id}">
<button class="quiet" aria-label="${say.remove(method.displayName)}">✕</button></form></li>`;
}

/** The secret as a picture and as text, and the first code as the proof that the app has it. */
export function appPage(
  common: Common & { readonly ticket: string; readonly uri: string; readonly secret: string },
): Markup {
  const { brand, language, username, wrong, ticket, uri, secret } = common;
  const { say } = language;
  return page(
    { title: titleWith(wrong, language, say.addApp), brand, language },
    html`<p class="who"><bdi>${username}</bdi></p>
<h1>${say.addApp}</h1>
<p>${say.scanCode}</p>
<div class="qr" role="img" aria-label="QR">${raw(renderSVG(uri, { ecc: 'M', border: 2 }))}</div>
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
  const { brand, language, username, options } = common;
  const { say } = language;
  return page(
    { title: say.addPasskey, brand, language, script: 'passkey' },
    html`<p class="who"><bdi>${username}</bdi></p>
<h1>${say.addPasskey}</h1>
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

/** MFA-11: who waits for an approval. A request is answered by the number its page shows. */
export function requestsPage(
  common: Common & { readonly requests: readonly Ticket[]; readonly told?: 'approved' | 'denied' | undefined },
): Markup {
  const { brand, language, username, requests, told } = common;
  const { say } = language;
  const news = { approved: say.requestApproved, denied: say.requestDenied };
  return page(
    { title: say.signInRequests, brand, language },
    html`<p class="who"><bdi>${username}</bdi></p>
<h1>${say.signInRequests}</h1>
${told ? html`<p role="status" id="told">${news[told]}</p>` : ''}
${requests.length === 0 ? html`<p class="faint">${say.noRequests}</p>` : requests.map((request) => requestForm(request, language))}
<p><a href="${base}">${say.securityInfo}</a></p>`,
  );
}

function requestForm({ id, document }: Ticket, { say }: Language): Markup {
  const { application = '', ipAddress = '', userAgent = '', askedAt = '' } = document;
  return html`<form method="post" action="${base}/requests">
<p>${say.requestFrom(application)}</p>
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
