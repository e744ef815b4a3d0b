import { html } from 'hono/html';
import type { Language, Texts } from '#languages/language.ts';
import { type Markup, page } from '#pages/page.ts';
import { describedBy, problem, titleWith } from '#pages/problem.ts';
import { type Common, purpose } from '../pages.ts';
import type { Way } from './second-factor-ways.ts';

export interface FactorPage extends Common {
  readonly kind: Way;
  /** Everything that leads on; empty at the first factor. */
  readonly ways: readonly Way[];
  readonly isFirst: boolean;
  readonly base: string;
  readonly username: string;
  /** JSON for `navigator.credentials.get()`. */
  readonly passkeyOptions: string | undefined;
}

/** What each way is called where it is offered and where it is shown. */
const names: Readonly<Record<Way, { readonly title: keyof Texts; readonly offer: keyof Texts }>> = {
  password: { title: 'enterPassword', offer: 'usePassword' },
  certificate: { title: 'confirmIdentity', offer: 'useCertificate' },
  temporaryAccessPass: { title: 'enterPass', offer: 'usePass' },
  oneTimeCode: { title: 'enterAppCode', offer: 'useCode' },
  passkey: { title: 'usePasskey', offer: 'usePasskey' },
  approval: { title: 'useApproval', offer: 'useApproval' },
};
const text = ({ say }: Language, key: keyof Texts): string => say[key] as string;

/** One factor's page, with the other ways below (PAGE-5). */
export function factorPage(factorPage: FactorPage): Markup {
  const { brand, language, wrong, kind, username } = factorPage;
  const title = text(language, names[kind].title);
  return page(
    { title: titleWith(wrong, language, title), brand, language, ...(kind === 'passkey' ? { script: 'passkey' } : {}) },
    html`${username === '' ? '' : html`<p class="who"><bdi>${username}</bdi></p>`}
<h1>${title}</h1>
${factorPage.isFirst ? purpose(factorPage) : html`<p class="faint">${language.say.confirmWhy}</p>`}
${problem(wrong, language, { id: names[kind].title, label: title })}
${forms[kind](factorPage)}
${otherWays(factorPage)}`,
  );
}

const forms: Readonly<Record<Way, (factorPage: FactorPage) => Markup | ''>> = {
  password: (factorPage) =>
    secretForm(factorPage, { name: 'password', autocomplete: 'current-password', label: 'password' }),
  temporaryAccessPass: (factorPage) =>
    secretForm(factorPage, { name: 'pass', autocomplete: 'off', label: 'temporaryAccessPass' }),
  oneTimeCode: codeForm,
  passkey: passkeyForm,
  approval: ({ base, language: { say } }) => html`<p>${say.approvalHint}</p>
<form method="post" action="${base}/factor/approval" id="useApproval">
<div class="actions"><button>${say.sendRequest}</button></div>
</form>`,
  certificate: ({ base, language: { say } }) =>
    html`<div class="actions"><a class="button" id="certificate" href="${base}/certificate">${say.useCertificate}</a></div>`,
};

function secretForm(
  { kind, base, language, wrong, isFirst }: FactorPage,
  field: { readonly name: string; readonly autocomplete: string; readonly label: keyof Texts },
): Markup {
  const id = names[kind].title;
  return html`<form method="post" action="${base}/factor/${kind}">
<label for="${id}">${text(language, field.label)}</label>
<input id="${id}" name="${field.name}" type="password" autocomplete="${field.autocomplete}" required autofocus maxlength="1024"${describedBy(wrong)}>
<div class="actions">
${isFirst ? html`<a class="button quiet" href="${base}?other=1">${language.say.back}</a>` : ''}
<button>${language.say.verify}</button>
</div>
</form>`;
}

function codeForm({ base, language: { say }, wrong }: FactorPage): Markup {
  return html`<p>${say.codeHint}</p>
<form method="post" action="${base}/factor/oneTimeCode">
<label for="enterAppCode">${say.code}</label>
<input id="enterAppCode" name="code" inputmode="numeric" autocomplete="one-time-code" dir="ltr" required autofocus maxlength="16"${describedBy(wrong)}>
<div class="actions"><button>${say.verify}</button></div>
</form>`;
}

function passkeyForm({ base, language: { say }, passkeyOptions, isFirst }: FactorPage): Markup {
  return html`<p>${say.passkeyHint}</p>
<p class="faint" id="passkey-needs-script">${say.passkeyNeedsScript}</p>
<p class="wrong" role="alert" id="passkey-problem" hidden>${say.passkeyUnfinished}</p>
<form method="post" action="${base}/factor/passkey" data-passkey="get" data-options="${passkeyOptions ?? '{}'}" id="usePasskey">
<input type="hidden" name="credential" value="">
<div class="actions">
${isFirst ? html`<a class="button quiet" href="${base}?other=1">${say.back}</a>` : ''}
<button disabled autofocus>${say.usePasskey}</button>
</div>
</form>`;
}

function otherWays({ kind, ways, base, language }: FactorPage): Markup | '' {
  const rest = ways.filter((way) => way !== kind);
  if (rest.length === 0) return '';
  return html`<h2>${language.say.otherWays}</h2>
${rest.map((way) => {
  const href = way === 'certificate' ? `${base}/certificate` : `${base}/factor/${way}`;
  return html`<a class="method" href="${href}"><span>${text(language, names[way].offer)}</span></a>`;
})}`;
}

/** MFA-11: the number that is typed where the request is approved. The page comes back by itself until it was. */
export function waitingPage(
  common: Common & { readonly base: string; readonly username: string; readonly number: string },
): Markup {
  const { brand, language, base, username, number } = common;
  const { say } = language;
  return page(
    { title: say.approvalWaiting, brand, language },
    html`<p class="who"><bdi>${username}</bdi></p>
<h1>${say.approvalWaiting}</h1>
<p>${say.approvalSteps}</p>
<p class="number" id="number" dir="ltr">${number}</p>
<div class="actions"><a class="button quiet" href="${base}/factor">${say.otherWays}</a></div>`,
  );
}
