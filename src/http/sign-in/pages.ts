import { html } from 'hono/html';
import type { Because } from '#core/trace/reasons.ts';
import type { Language } from '#languages/language.ts';
import { type Brand, type Markup, page, withName } from '#pages/page.ts';
import { describedBy, problem, titleWith } from '#pages/problem.ts';

/** What stands for each way to sign in. */
export const icons = {
  card: html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" aria-hidden="true"
  ><rect x="2.5" y="5" width="19" height="14" rx="2.5" /><rect x="5.5" y="9" width="5" height="4.5" rx="1" /><path
    d="M14 10h4.5M14 13h4.5M5.5 16.2h13" /></svg
>`,
  key: html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" aria-hidden="true"
  ><circle cx="7.5" cy="12" r="4" /><path d="M11.5 12h10M18 12v3.5M21 12v2.5" stroke-linecap="round" /></svg
>`,
} as const;

/** What every page of a sign-in says. */
export interface Common {
  readonly brand: Brand;
  readonly language: Language;
  readonly appDisplayName: string | undefined;
  readonly wrong?: Because | undefined;
}

/** Which application this is for; nothing where it is not known. */
export const purpose = ({ appDisplayName, language: { say } }: Common): Markup | '' =>
  appDisplayName ? html`<p class="faint">${withName(say.toContinueTo, appDisplayName)}</p>` : '';

/** One way to sign in, as a page offers it. */
export interface OfferedMethod {
  readonly id: string;
  readonly href: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon: Markup;
}

export const methodList = (methods: readonly OfferedMethod[]): Markup => html`<ul class="methods">
${methods.map(
  ({ id, href, label, hint, icon }) =>
    html`<li><a class="method" id="${id}" href="${href}">${icon}<span>${label}${hint ? html`<small>${hint}</small>` : ''}</span></a></li>`,
)}
</ul>`;

const signInText = ({ brand }: Common): Markup | '' =>
  brand.signInText ? html`<p class="sign-in-text" dir="auto">${brand.signInText}</p>` : '';

/** FLOW-2: who are you? `action` is where the form goes. */
export function usernamePage(
  common: Common & {
    readonly action: string;
    readonly username: string;
    readonly cancel?: string;
    /** Ways to sign in that need no name: what is presented names the user. */
    readonly nameless?: readonly OfferedMethod[];
  },
): Markup {
  const { brand, language, wrong } = common;
  const { say } = language;
  return page(
    { title: titleWith(wrong, language, say.signIn), brand, language },
    html`<h1>${say.signIn}</h1>
${purpose(common)}
${problem(wrong, language, { id: 'username', label: say.userName })}
<form method="post" action="${common.action}">
<label for="username">${say.userName}</label>
<input id="username" name="username" type="email" inputmode="email" autocomplete="username" autocapitalize="none" dir="ltr"
  spellcheck="false" required autofocus placeholder="${common.brand.usernameHint ?? 'someone@example.com'}" value="${common.username}"${describedBy(wrong)}>
<div class="actions">
${common.cancel ? html`<button class="quiet" form="cancel">${say.cancel}</button>` : ''}
<button>${say.next}</button>
</div>
</form>
${common.nameless?.length ? html`<h2>${say.signInOptions}</h2>${methodList(common.nameless)}` : ''}
${common.cancel ? html`<form id="cancel" method="post" action="${common.cancel}"></form>` : ''}
${signInText(common)}`,
  );
}

/** FLOW-3, PAGE-1: the password, and the way to a certificate where the tenant has it enabled. */
export function passwordPage(
  common: Common & { readonly base: string; readonly username: string; readonly offersCertificate: boolean },
): Markup {
  const { brand, language, wrong, base, username } = common;
  const { say } = language;
  return page(
    { title: titleWith(wrong, language, say.enterPassword), brand, language },
    html`<p class="who"><bdi>${username}</bdi></p>
<h1>${say.enterPassword}</h1>
${purpose(common)}
${problem(wrong, language, { id: 'password', label: say.password })}
<form method="post" action="${base}/password">
<input type="hidden" name="username" autocomplete="username" value="${username}">
<label for="password">${say.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus${describedBy(wrong)}>
<div class="actions">
<a class="button quiet" href="${base}?change=username">${say.back}</a>
<button>${say.signIn}</button>
</div>
</form>
${
  common.offersCertificate
    ? html`<a class="method" id="use-certificate" href="${base}/certificate">${icons.card}<span>${say.useCertificate}</span></a>`
    : ''
}
<p><a id="other-ways" href="${base}/methods">${say.otherWays}</a></p>
${signInText(common)}`,
  );
}

/** REALM-1: on the way to another organization's pages; by itself, or by its link where a browser does not go by itself. */
export function elsewherePage(common: Pick<Common, 'brand' | 'language'> & { readonly address: string }): Markup {
  const { brand, language, address } = common;
  const title = language.say.takingYouElsewhere;
  return page(
    { title, brand, language, goesTo: address },
    html`<h1>${title}</h1>
<div class="actions"><a class="button" id="elsewhere" href="${address}">${language.say.continue}</a></div>`,
  );
}
