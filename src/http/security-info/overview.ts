import { html } from 'hono/html';
import type { SeenCertificate } from '#admin/account/certificates.ts';
import type { AccountDevice } from '#admin/account/devices.ts';
import type { UserSession } from '#admin/account/sessions.ts';
import type { RegisteredMethod } from '#model/authentication-method.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Markup } from '#pages/page.ts';
import { problem } from '#pages/problem.ts';
import { accountPage, type Common } from './frame.ts';
import { base, certificateRow, deviceRow, methodRow, passwordRow, sessionRow, signInRow } from './rows.ts';

/** Everything that the first page shows. */
export interface Overview {
  readonly methods: readonly RegisteredMethod[];
  readonly hasPassword: boolean;
  readonly certificates: readonly SeenCertificate[];
  readonly devices: readonly AccountDevice[];
  readonly sessions: readonly UserSession[];
  readonly signIns: readonly SignInRecord[];
  /** The public id of the session that looks at the page. */
  readonly currentSession: string;
  readonly at: Date;
  /** What was just done. */
  readonly news?: string | undefined;
}

const list = (rows: readonly Markup[], otherwise: string): Markup =>
  rows.length === 0 ? html`<p class="faint">${otherwise}</p>` : html`<ul class="registered">${rows}</ul>`;

export function overviewPage(common: Common, overview: Overview): Markup {
  const { language, wrong } = common;
  const { say } = language;
  return accountPage(
    { ...common, title: say.securityInfo, wide: true },
    html`<h1>${say.securityInfo}</h1>
${overview.news ? html`<p class="news" role="status" id="news">${overview.news}</p>` : ''}
${problem(wrong, language, { id: 'add', label: say.add })}
${waysToSignIn(common, overview)}
${certificates(common, overview)}
${sessions(common, overview)}
${signIns(common, overview)}
<section><h2>${say.yourDevices}</h2>
${list(
  overview.devices.map((device) => deviceRow(device, language)),
  say.noDevices,
)}</section>`,
  );
}

function waysToSignIn({ language }: Common, { methods, hasPassword }: Overview): Markup {
  const { say } = language;
  const rows = [
    ...methods.map((method) => methodRow(method, language)),
    ...(hasPassword ? [passwordRow(language)] : []),
  ];
  return html`<section><h2>${say.yourMethods}</h2>
${list(rows, say.noMethods)}
<div class="actions" id="add">
<form method="post" action="${base}/app"><button class="quiet" id="add-app">${say.addApp}</button></form>
<a class="button" id="add-passkey" href="${base}/passkey">${say.addPasskey}</a>
</div></section>`;
}

const certificates = ({ language }: Common, overview: Overview): Markup =>
  html`<section id="certificates"><h2>${language.say.certificates}</h2>
${list(
  overview.certificates.map((certificate) => certificateRow(certificate, overview.at, language)),
  language.say.noCertificates,
)}</section>`;

const sessions = ({ language }: Common, overview: Overview): Markup =>
  html`<section id="sessions"><h2>${language.say.yourSessions}</h2>
${list(
  overview.sessions.map((session) => sessionRow(session, session.id === overview.currentSession, language)),
  '',
)}
<div class="actions"><a class="button quiet" href="${base}/sessions/end-all">${language.say.signOutEverywhere}</a></div></section>`;

const signIns = ({ language }: Common, { signIns: entries, currentSession }: Overview): Markup =>
  html`<section id="sign-ins"><h2>${language.say.recentSignIns}</h2>
${list(
  entries.map((entry) => signInRow(entry, currentSession, language)),
  language.say.noSignIns,
)}
<p><a href="${base}/sign-ins">${language.say.allSignIns}</a> · <a href="${base}/requests">${language.say.signInRequests}</a></p></section>`;

/** A page of the sign-ins of the last thirty days; `older` leads to the next one. */
export function signInsPage(
  common: Common,
  {
    entries,
    currentSession,
    older,
  }: {
    readonly entries: readonly SignInRecord[];
    readonly currentSession: string;
    readonly older: string | undefined;
  },
): Markup {
  const { language } = common;
  const { say } = language;
  return accountPage(
    { ...common, title: say.recentSignIns, wide: true },
    html`<h1>${say.allSignIns}</h1>
${list(
  entries.map((entry) => signInRow(entry, currentSession, language)),
  say.noSignIns,
)}
<div class="actions"><a class="button quiet" href="${base}">${say.backToSecurityInfo}</a>
${older ? html`<a class="button" href="${older}">${say.olderSignIns}</a>` : ''}</div>`,
  );
}
