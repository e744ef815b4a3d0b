import { html } from 'hono/html';
import type { SeenCertificate } from '#admin/account/certificates.ts';
import type { AccountDevice } from '#admin/account/devices.ts';
import type { UserSession } from '#admin/account/sessions.ts';
import { myAppsId } from '#admin/applications/first-party.ts';
import { securityInfoAppId } from '#core/access/methods/security-info.ts';
import type { Proof } from '#core/access/proof.ts';
import type { X509CertificateField } from '#core/binding/policy.ts';
import { readUserAgent } from '#core/user-agent.ts';
import type { Language, Texts } from '#languages/language.ts';
import type { RegisteredMethod } from '#model/authentication-method.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { type Markup, withName } from '#pages/page.ts';
import { issuerOf, subjectOf } from './certificate-names.ts';

/** Where the pages of My security info are. */
export const base = '/security-info';

/** A day in words. Days and times are UTC, because the server does not know where the person is. */
export const dayIn = ({ tag }: Language, day: Date): string =>
  new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' }).format(day);

const timeIn = ({ tag }: Language, time: Date): Markup => {
  const text = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(time);
  return html`<time datetime="${time.toISOString()}">${text} UTC</time>`;
};

/** A row: what it is, facts about it, and what can be done with it. */
const row = (
  name: Markup | string,
  facts: readonly (Markup | string | undefined)[],
  action: Markup | '' = '',
): Markup =>
  html`<li><span><strong>${name}</strong>${facts.map((fact) => (fact ? html`<small>${fact}</small>` : ''))}</span>${action}</li>`;

const kinds = {
  softwareOath: 'authenticatorApp',
  fido2: 'passkey',
  temporaryAccessPass: 'temporaryAccessPass',
} as const;

export function methodRow({ kind, displayName, createdDateTime, id }: RegisteredMethod, language: Language): Markup {
  const { say } = language;
  const remove = html`<a class="button quiet" href="${base}/remove?id=${id}" aria-label="${say.remove(displayName)}">${say.removeIt}</a>`;
  return row(
    html`${say[kinds[kind]]} <bdi>${displayName}</bdi>`,
    [say.added(dayIn(language, createdDateTime))],
    remove,
  );
}

export const passwordRow = ({ say }: Language): Markup =>
  row(
    say.password,
    [],
    html`<a class="button quiet" id="change-password" href="${base}/password">${say.changePassword}</a>`,
  );

/** What a binding reads, in words. */
const fields: Readonly<Record<X509CertificateField, keyof Texts>> = {
  PrincipalName: 'fieldPrincipalName',
  RFC822Name: 'fieldMail',
  Subject: 'fieldSubject',
  IssuerAndSubject: 'fieldIssuerAndSubject',
  IssuerAndSerialNumber: 'fieldIssuerAndSerialNumber',
  SubjectKeyIdentifier: 'fieldKey',
  SHA1PublicKey: 'fieldKey',
};

export function certificateRow(
  { certificate, binding, lastUsed }: SeenCertificate,
  at: Date,
  language: Language,
): Markup {
  const { say } = language;
  const field = binding && fields[binding.field as X509CertificateField];
  return row(html`${say.certificate} <bdi>${subjectOf(certificate)}</bdi>`, [
    withName(say.issuedBy, issuerOf(certificate)),
    expiry(certificate.notAfter, at, language),
    field && say.recognisedBy(say[field] as string),
    say.lastUsed(dayIn(language, lastUsed)),
  ]);
}

const day = 86_400_000;
/** Days before the end at which the end is pointed out. */
const soonDays = 60;

function expiry(notAfter: Date, at: Date, language: Language): Markup | string {
  const { say, tag } = language;
  const days = Math.floor((notAfter.getTime() - at.getTime()) / day);
  if (days < 0) return html`<span class="bad">${say.expiredOn(dayIn(language, notAfter))}</span>`;
  if (days >= soonDays) return say.validUntil(dayIn(language, notAfter));
  const when = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(days, 'day');
  return html`<span class="soon">${say.expires(when)}</span>`;
}

export function deviceRow({ device }: AccountDevice, language: Language): Markup {
  const registrationTime = device.registrationDateTime;
  return row(html`<bdi>${device.displayName}</bdi>`, [
    `${device.operatingSystem} ${device.operatingSystemVersion}`.trim(),
    registrationTime === null ? undefined : language.say.registeredOn(dayIn(language, new Date(registrationTime))),
  ]);
}

/** Pages of ours have a name in every language; other applications have the one that they were given. */
function applicationIn({ appId, displayName }: { readonly appId: string; readonly displayName: string }, say: Texts) {
  if (appId === myAppsId) return say.myApps;
  return appId === securityInfoAppId ? say.securityInfo : displayName;
}

/** Browser and system, as the browser named itself. */
export function browserIn(userAgent: string, { say }: Pick<Language, 'say'>): string {
  const { browser, operatingSystem } = readUserAgent(userAgent);
  return [browser, operatingSystem].filter((part) => part !== '').join(', ') || say.unknownBrowser;
}

export function sessionRow(session: UserSession, isThis: boolean, language: Language): Markup {
  const { say } = language;
  const browser = browserIn(session.userAgent, language);
  const end = html`<form method="post" action="${base}/sessions/end"><input type="hidden" name="id" value="${session.id}">
<button class="quiet" aria-label="${say.signOutOf(`${browser}, ${session.ipAddress}`)}">${say.signOut}</button></form>`;
  const applications = session.applications.map((application) => applicationIn(application, say)).join(', ');
  return row(
    html`<bdi>${browser}</bdi>${isThis ? html` <em class="badge">${say.thisBrowser}</em>` : ''}`,
    [
      html`<bdi>${session.ipAddress}</bdi>`,
      html`${say.signedInWith(methodsIn(session.methods, say))}`,
      html`${say.lastUsedAt('')}${timeIn(language, session.lastUsedDateTime)}`,
      applications ? html`<bdi>${applications}</bdi>` : undefined,
    ],
    isThis ? '' : end,
  );
}

function methodsIn(methods: readonly Proof['method'][], say: Texts): string {
  const names: Partial<Record<Proof['method'], string>> = {
    password: say.password,
    fido2: say.passkey,
    softwareOath: say.authenticatorApp,
    x509CertificateSingleFactor: say.certificate,
    x509CertificateMultiFactor: say.certificate,
    temporaryAccessPassOneTime: say.temporaryAccessPass,
    temporaryAccessPassMultiUse: say.temporaryAccessPass,
    deviceBasedPush: say.signInRequests,
    microsoftAuthenticatorPush: say.signInRequests,
  };
  return [...new Set(methods.flatMap((method) => names[method] ?? []))].join(', ');
}

const outcomes = { success: 'signedIn', failure: 'outcomeRefused', interrupted: 'outcomeUnfinished' } as const;

/** A sign-in with what can be done about it; `current` is the session that looks, whose own sign-ins are not reported. */
export function signInRow(entry: SignInRecord, current: string, language: Language): Markup {
  const { say } = language;
  const isThis = entry.sessionId === current;
  const badge = isThis ? html` <em class="badge">${say.thisBrowser}</em>` : '';
  const report = html`<a class="button quiet" href="${base}/sign-ins/report?id=${entry.id}">${say.wasNotMe}</a>`;
  const name = html`${timeIn(language, entry.createdDateTime)}${badge}`;
  return row(name, signInFacts(entry, language), isThis ? '' : report);
}

/** The same where it is only looked at. */
export const plainSignInRow = (entry: SignInRecord, language: Language): Markup =>
  row(timeIn(language, entry.createdDateTime), signInFacts(entry, language));

function signInFacts(entry: SignInRecord, language: Language): readonly Markup[] {
  const { status, appId, appDisplayName, userAgent, ipAddress } = entry;
  return [
    html`<bdi>${applicationIn({ appId, displayName: appDisplayName }, language.say)}</bdi>`,
    html`<span${status === 'failure' ? html` class="bad"` : ''}>${language.say[outcomes[status]]}</span>`,
    html`<bdi>${browserIn(userAgent, language)}</bdi> · <bdi>${ipAddress}</bdi>`,
  ];
}
