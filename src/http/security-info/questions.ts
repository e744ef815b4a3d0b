import { html } from 'hono/html';
import type { RegisteredMethod } from '#model/authentication-method.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { type Markup, page, withName } from '#pages/page.ts';
import { describedBy, problem } from '#pages/problem.ts';
import { accountPage, type Common } from './frame.ts';
import { base, plainSignInRow } from './rows.ts';

/** What a question is about, and what yes does. */
interface Question {
  readonly title: string;
  readonly heading: Markup | string;
  readonly about?: Markup;
  readonly why: string;
  readonly action: string;
  readonly id?: string;
  readonly yes: string;
}

/** Asks before something is done that cannot be undone. */
function questionPage(common: Common, { title, heading, about, why, action, id, yes }: Question): Markup {
  const { say } = common.language;
  return accountPage(
    { ...common, title },
    html`<h1>${heading}</h1>
${about ?? ''}
<p>${why}</p>
<form method="post" action="${action}">
${id === undefined ? '' : html`<input type="hidden" name="id" value="${id}">`}
<div class="actions"><a class="button quiet" href="${base}">${say.cancel}</a><button class="danger">${yes}</button></div>
</form>`,
  );
}

export function removeQuestion(common: Common, { id, displayName }: RegisteredMethod): Markup {
  const { say } = common.language;
  return questionPage(common, {
    ...{ title: say.removeQuestion(displayName), heading: withName(say.removeQuestion, displayName) },
    ...{ why: say.removeWhy, action: `${base}/remove`, id, yes: say.removeIt },
  });
}

export function reportQuestion(common: Common, entry: SignInRecord): Markup {
  const { language } = common;
  const { say } = language;
  const about = html`<ul class="registered">${plainSignInRow(entry, language)}</ul>`;
  return questionPage(common, {
    ...{ title: say.wasNotMe, heading: say.wasNotMe, about, why: say.reportWhy },
    ...{ action: `${base}/sign-ins/report`, id: entry.id, yes: say.reportAndSignOut },
  });
}

export function signOutEverywhereQuestion(common: Common): Markup {
  const { say } = common.language;
  return questionPage(common, {
    ...{ title: say.signOutEverywhere, heading: say.signOutEverywhere, why: say.signOutEverywhereWhy },
    ...{ action: `${base}/sessions/end-all`, yes: say.signOutEverywhere },
  });
}

/** After all sessions were ended, including the one of this browser. The page shows no data of the account. */
export function endedPage({ brand, language }: Pick<Common, 'brand' | 'language'>): Markup {
  const { say } = language;
  return page(
    { title: say.signedOutEverywhere, brand, language },
    html`<h1>${say.signedOutEverywhere}</h1>
<p>${say.signedOutNext}</p>
<div class="actions"><a class="button" href="${base}">${say.signInAgain}</a></div>`,
  );
}

export function passwordPage(common: Common): Markup {
  const { language, wrong, username } = common;
  const { say } = language;
  const isCurrent = wrong?.code === 'currentPasswordWrong' || wrong?.code === 'triesExhausted';
  const field = isCurrent ? { id: 'current', label: say.currentPassword } : { id: 'next', label: say.newPassword };
  const input = (id: string, label: string, autocomplete: string) => html`<label for="${id}">${label}</label>
<input id="${id}" name="${id}" type="password" autocomplete="${autocomplete}" required maxlength="1024"${id === field.id ? describedBy(wrong) : ''}>`;
  return accountPage(
    { ...common, title: say.changePassword },
    html`<h1>${say.changePassword}</h1>
${problem(wrong, language, field)}
<form method="post" action="${base}/password">
<input type="hidden" name="username" autocomplete="username" value="${username}">
${input('current', say.currentPassword, 'current-password')}
${input('next', say.newPassword, 'new-password')}
<p class="faint">${say.passwordRule}</p>
${input('again', say.repeatPassword, 'new-password')}
<div class="actions"><a class="button quiet" href="${base}">${say.cancel}</a><button>${say.changePassword}</button></div>
</form>`,
  );
}
