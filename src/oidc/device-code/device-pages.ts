import type { IncomingMessage } from 'node:http';
import { html } from 'hono/html';
import type { Because } from '#core/trace/reasons.ts';
import { type Brand, page, pageHeaders } from '#pages/page.ts';
import { describedBy, problem, titleWith } from '#pages/problem.ts';
import { languageOf, made, type Page } from '../endpoints/pages.ts';

/** What every page of the device flow has to know. */
export interface DevicePageContext {
  readonly req: IncomingMessage;
  readonly brand: Brand;
  /** Where its form goes, and the token that must be sent with it (against forms of other sites). */
  readonly action: string;
  readonly xsrf: string;
}

/** Which code does the device show? */
export function userCodePage({ req, brand, action, xsrf }: DevicePageContext, wrong?: Because): Promise<Page> {
  const language = languageOf(req);
  const { say } = language;
  const title = say.enterCode;
  const markup = page(
    { title: titleWith(wrong, language, title), brand, language },
    html`<h1>${title}</h1>
<p>${say.enterCodeWhy}</p>
${problem(wrong, language, { id: 'user_code', label: say.code })}
<form method="post" action="${action}">
<input type="hidden" name="xsrf" value="${xsrf}">
<label for="user_code">${say.code}</label>
<input id="user_code" name="user_code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false"
  dir="ltr" maxlength="32" required autofocus${describedBy(wrong)}>
<div class="actions"><button>${say.next}</button></div>
</form>`,
  );
  return made(markup, pageHeaders());
}

/** What the person is about to let in. */
export interface DeviceConsent {
  readonly application: string;
  readonly userCode: string;
  /** Where the device is. */
  readonly ipAddress: string;
  /** Named locations of the tenant that the address belongs to. */
  readonly locations: readonly string[];
  /** The user name that is signed in in this browser; undefined where the person has to sign in. */
  readonly account: string | undefined;
}

/** Is it really that application, on a device of their own? */
export function confirmPage(
  { req, brand, action, xsrf }: DevicePageContext,
  { application, userCode, ipAddress, locations, account }: DeviceConsent,
): Promise<Page> {
  const language = languageOf(req);
  const { say } = language;
  const title = say.confirmDevice(application);
  const markup = page(
    { title, brand, language },
    html`<h1>${title}</h1>
<p>${say.confirmDeviceWhy}</p>
<dl><dt>${say.code}</dt><dd dir="ltr">${userCode}</dd><dt>${say.ipAddress}</dt><dd dir="ltr">${ipAddress}</dd>
${locations.map((name) => html`<dt>${say.deviceLocation}</dt><dd>${name}</dd>`)}
<dt>${say.accountUsed}</dt><dd${account === undefined ? '' : html` dir="ltr"`} id="account-used">${account ?? say.signInNext}</dd></dl>
<form method="post" action="${action}">
<input type="hidden" name="xsrf" value="${xsrf}">
<input type="hidden" name="user_code" value="${userCode}">
<div class="actions">
<button class="quiet" name="abort" value="yes">${say.cancel}</button>
<button name="confirm" value="yes">${say.continue}</button>
</div>
</form>`,
  );
  return made(markup, pageHeaders());
}

/** It is done, or it was called off: the rest happens on the device. */
export function deviceEndPage(req: IncomingMessage, brand: Brand, end: 'signedIn' | 'calledOff'): Promise<Page> {
  const language = languageOf(req);
  const { say } = language;
  const title = end === 'signedIn' ? say.deviceSignedIn : say.deviceCalledOff;
  return made(page({ title, brand, language }, html`<h1>${title}</h1><p>${say.closeThisWindow}</p>`), pageHeaders());
}
