import { certificatesOf } from '#admin/account/certificates.ts';
import { devicesOf } from '#admin/account/devices.ts';
import { changePasswordAsUser } from '#admin/account/password.ts';
import { endSessionOf, sessionsOf } from '#admin/account/sessions.ts';
import { recentSignInsOf, reportNotMe } from '#admin/account/sign-ins.ts';
import { actorText } from '#admin/actor.ts';
import { revokeSignInSessions } from '#admin/directory/sessions.ts';
import { sessionIdOf } from '#core/token/session-id.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { type Markup, pageResponse } from '#pages/page.ts';
import { fieldsOfForm, queryOf } from '../forms/reader.ts';
import { newsQuery, passwordChangeForm, signInsQuery, subjectForm, subjectQuery } from '../forms/security-info.ts';
import { browserOf, type C } from '../sign-in/page-context.ts';
import type { Common } from './frame.ts';
import { overviewPage, signInsPage } from './overview.ts';
import { endedPage, passwordPage, removeQuestion, reportQuestion, signOutEverywhereQuestion } from './questions.ts';
import { base } from './rows.ts';
import type { SignedIn, SignedInStep } from './signed-in.ts';

export const commonOf = ({ brand, language, user, ports }: SignedIn, wrong?: Because): Common => ({
  ...{ brand, language, username: user.userPrincipalName, tenantId: ports.tenant.id, wrong },
});
export const show = (markup: Markup, wrong?: Because): Promise<Response> => pageResponse(markup, wrong ? 400 : 200);

const actorOf = ({ user: { id, userPrincipalName: name }, ipAddress }: SignedIn): string =>
  actorText({ kind: 'user', id, name, ipAddress });

/** What a redirect says was done, and the text that tells it. */
const news = {
  added: 'addedNow',
  removed: 'removed',
  password: 'passwordChanged',
  session: 'sessionEnded',
} as const;
export type News = keyof typeof news;

/** Back to the first page, which tells what was done. */
export const done = (c: C, newsName: News): Response => c.redirect(`${base}?done=${newsName}`, 303);

/** Sign-ins on the first page, and on a page of all of them. */
const tops = { first: 5, page: 25 } as const;

export async function showOverview(c: C, signedIn: SignedIn, wrong?: Because): Promise<Response> {
  const { ports, user, at, sessionUid, language } = signedIn;
  const { done: newsName } = queryOf(c, newsQuery);
  const [methods, hash, certificates, devices, sessions, signIns] = await Promise.all([
    ports.methods.ofUser(user.id),
    ports.directory.passwordHash(user.id),
    certificatesOf(user.id, signedIn),
    devicesOf(user.id, ports),
    sessionsOf(user.id, ports),
    recentSignInsOf(user.id, { top: tops.first }, signedIn),
  ]);
  const overview = {
    ...{ methods, hasPassword: hash !== undefined, certificates, devices, sessions, signIns, at },
    currentSession: sessionIdOf(sessionUid),
    news: Object.hasOwn(news, newsName) ? language.say[news[newsName as News]] : undefined,
  };
  return show(overviewPage(commonOf(signedIn, wrong), overview), wrong);
}

/** Asks before a method is removed; the one that is not there any more leads back. */
export const askToRemove: SignedInStep = async (c, signedIn) => {
  const subject = queryOf(c, subjectQuery);
  const methods = await signedIn.ports.methods.ofUser(signedIn.user.id);
  const method = methods.find(({ id }) => id === subject.id);
  return method ? show(removeQuestion(commonOf(signedIn), method)) : c.redirect(base, 303);
};

export const endSession: SignedInStep = async (c, signedIn) => {
  const { ports, user } = signedIn;
  const { id } = await fieldsOfForm(c, subjectForm);
  const result = await endSessionOf(user.id, id, { actor: actorOf(signedIn), ports });
  return result ? done(c, 'session') : showOverview(c, signedIn, because('sessionNotTheirs', { id: id.slice(0, 64) }));
};

export const askToEndAll: SignedInStep = (_, signedIn) => show(signOutEverywhereQuestion(commonOf(signedIn)));

export const endAll: SignedInStep = async (_, signedIn) => {
  const context = { at: signedIn.at, actor: actorOf(signedIn), ports: signedIn.ports };
  orThrow(await revokeSignInSessions(signedIn.user.id, context));
  return show(endedPage(signedIn));
};

export const showSignIns: SignedInStep = async (c, signedIn) => {
  const { user, sessionUid } = signedIn;
  const after = await entryOfUser(signedIn, queryOf(c, signInsQuery).after);
  const entries = await recentSignInsOf(user.id, { top: tops.page, ...(after ? { after } : {}) }, signedIn);
  const last = entries.length === tops.page ? entries.at(-1) : undefined;
  const older = last && `${base}/sign-ins?after=${last.id}`;
  return show(signInsPage(commonOf(signedIn), { entries, older, currentSession: sessionIdOf(sessionUid) }));
};

async function entryOfUser({ ports, user }: SignedIn, id: string | undefined): Promise<SignInRecord | undefined> {
  const entry = id ? await ports.signInLog.find(id) : undefined;
  return entry?.userId === user.id ? entry : undefined;
}

export const askToReport: SignedInStep = async (c, signedIn) => {
  const entry = await entryOfUser(signedIn, queryOf(c, subjectQuery).id);
  return entry ? show(reportQuestion(commonOf(signedIn), entry)) : c.redirect(base, 303);
};

export const report: SignedInStep = async (c, signedIn) => {
  const { ports, user, at } = signedIn;
  const context = { ports, at, actor: actorOf(signedIn) };
  const { id } = await fieldsOfForm(c, subjectForm);
  const ruling = await reportNotMe(id, user.id, context);
  return ruling.outcome === 'passed' ? show(endedPage(signedIn)) : showOverview(c, signedIn, ruling.because);
};

export const showPassword: SignedInStep = (_, signedIn) => show(passwordPage(commonOf(signedIn)));

export const takePassword: SignedInStep = async (c, signedIn) => {
  const { ports, user, at, ipAddress } = signedIn;
  const { current, next, again } = await fieldsOfForm(c, passwordChangeForm);
  const wrong = (reason: Because) => show(passwordPage(commonOf(signedIn, reason)), reason);
  if (next !== again) return wrong(because('passwordsDiffer', {}));
  const change = { user, current, next, ipAddress, browser: browserOf(c) };
  const ruling = await changePasswordAsUser(change, { ports, at, actor: actorOf(signedIn) });
  return ruling.outcome === 'passed' ? done(c, 'password') : wrong(ruling.because);
};
