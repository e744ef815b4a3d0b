import { Hono } from 'hono';
import {
  beginApp,
  confirmApp,
  creationOptions,
  registerPasskey,
  removeMethodAsUser,
  secretOf,
} from '#admin/directory/methods/registered-methods.ts';
import { base32, otpauthUri } from '#core/factors/totp.ts';
import type { Because } from '#core/trace/reasons.ts';
import { pageResponse } from '#pages/page.ts';
import { answerApproval, openApprovals } from '#signin/factors/approvals.ts';
import { parsedResponse } from '#signin/factors/passkeys.ts';
import { fieldsOfForm, queryOf } from '../forms/reader.ts';
import { appForm, appQuery, approvalForm, newPasskeyForm, subjectForm } from '../forms/security-info.ts';
import type { Env, ServerContext } from '../server-context.ts';
import type { C } from '../sign-in/page-context.ts';
import {
  askToEndAll,
  askToRemove,
  askToReport,
  commonOf,
  done,
  endAll,
  endSession,
  report,
  show,
  showOverview,
  showPassword,
  showSignIns,
  takePassword,
} from './account-steps.ts';
import { appPage, passkeyPage, requestsPage } from './pages.ts';
import { base } from './rows.ts';
import { comeBack, type SignedIn, type SignedInStep, signedIn } from './signed-in.ts';

/**
 * Where people register and remove ways to sign in, and approve sign-ins of theirs elsewhere. It stands on the session of
 * the login host: what that session has proven is asked at every request, so an ended session ends here at once.
 */
export function securityInfoPages(context: ServerContext): Hono<Env> {
  const app = new Hono<Env>();
  const about = (path: string, fresh: boolean) => ({
    get: (step: SignedInStep) => app.get(`${base}${path}`, (c) => signedIn(context, c, step, { fresh })),
    post: (step: SignedInStep) => app.post(`${base}${path}`, (c) => signedIn(context, c, step, { fresh })),
  });
  about('', true).get(showOverview);
  about('/app', true).get(showApp);
  about('/app', true).post(startApp);
  about('/app/confirm', true).post(takeApp);
  about('/passkey', true).get((c, person) => showPasskey(context, c, person));
  about('/passkey', true).post((c, person) => takePasskey(context, c, person));
  about('/remove', true).get(askToRemove);
  about('/remove', true).post(remove);
  about('/password', true).get(showPassword);
  about('/password', true).post(takePassword);
  about('/sessions/end', true).post(endSession);
  about('/sessions/end-all', true).get(askToEndAll);
  about('/sessions/end-all', true).post(endAll);
  about('/sign-ins', true).get(showSignIns);
  about('/sign-ins/report', true).get(askToReport);
  about('/sign-ins/report', true).post(report);
  // The approver's session need not be new: it must have proven more than one factor, which the answer is evaluated by.
  about('/requests', false).get(showRequests);
  about('/requests', false).post(answer);
  app.get(`${base}/callback`, comeBack);
  return app;
}

async function startApp(c: C, signedIn: SignedIn): Promise<Response> {
  const ticket = await beginApp(signedIn);
  return c.redirect(`${base}/app?ticket=${ticket}`, 303);
}

const showApp: SignedInStep = (c, person) => showSecret(c, person, queryOf(c, appQuery).ticket);

async function showSecret(c: C, signedIn: SignedIn, ticket: string, wrong?: Because): Promise<Response> {
  const encodedSecret = await secretOf(ticket, signedIn);
  if (encodedSecret === undefined) return wrong ? showOverview(c, signedIn, wrong) : c.redirect(base, 303);
  const secret = Buffer.from(encodedSecret, 'base64url');
  const uri = otpauthUri({ issuer: signedIn.brand.displayName, account: signedIn.user.userPrincipalName, secret });
  return show(appPage({ ...commonOf(signedIn), ticket, uri, secret: base32(secret), wrong }), wrong);
}

async function takeApp(c: C, signedIn: SignedIn): Promise<Response> {
  const { ticket, code, name: displayName } = await fieldsOfForm(c, appForm);
  const ruling = await confirmApp({ ticket, code, displayName }, signedIn);
  return ruling.outcome === 'passed' ? done(c, 'added') : showSecret(c, signedIn, ticket, ruling.because);
}

async function showPasskey(context: ServerContext, _: C, signedIn: SignedIn): Promise<Response> {
  const request = { origin: context.loginOrigin, organisation: signedIn.brand.displayName };
  const options = JSON.stringify(await creationOptions(request, signedIn));
  return pageResponse(passkeyPage({ ...commonOf(signedIn), options }), 200, { script: true });
}

async function takePasskey(context: ServerContext, c: C, signedIn: SignedIn): Promise<Response> {
  const { credential, name: displayName } = await fieldsOfForm(c, newPasskeyForm);
  const request = { response: parsedResponse(credential), origin: context.loginOrigin, displayName };
  const ruling = await registerPasskey(request, signedIn);
  return ruling.outcome === 'passed' ? done(c, 'added') : showOverview(c, signedIn, ruling.because);
}

async function remove(c: C, signedIn: SignedIn): Promise<Response> {
  const { id } = await fieldsOfForm(c, subjectForm);
  const ruling = await removeMethodAsUser(id, signedIn);
  return ruling.outcome === 'passed' ? done(c, 'removed') : showOverview(c, signedIn, ruling.because);
}

/** The page looks again by itself only while there is nothing to type into. */
async function showRequests(_: C, signedIn: SignedIn, decision?: 'approved' | 'denied'): Promise<Response> {
  const { user, sessionUid } = signedIn;
  const open = await openApprovals(user.id, signedIn);
  const requests = open.filter(({ document }) => document.sessionUid !== sessionUid);
  const response = await show(requestsPage({ ...commonOf(signedIn), requests, decision }));
  if (requests.length === 0) response.headers.set('refresh', `5;url=${base}/requests`);
  return response;
}

async function answer(c: C, signedIn: SignedIn): Promise<Response> {
  const { user, sessionUid, proofs } = signedIn;
  const form = await fieldsOfForm(c, approvalForm);
  const number = form.answer === 'approve' ? form.number : undefined;
  const approver = { userId: user.id, sessionUid, proofs };
  const description = await answerApproval({ id: form.id, number, approver }, signedIn);
  return showRequests(c, signedIn, description === 'unknown' ? undefined : description);
}
