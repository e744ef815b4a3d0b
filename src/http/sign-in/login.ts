import { Hono } from 'hono';
import type { Proof } from '#core/access/proof.ts';
import type { Realm } from '#core/binding/realm.ts';
import type { Because } from '#core/trace/reasons.ts';
import { hostCookie, tenantCookie } from '#pages/host-cookie.ts';
import { pageResponse } from '#pages/page.ts';
import { firstMethod } from '#signin/factors/first-method.ts';
import { takeOver } from '#signin/handoff.ts';
import { type ChosenRealm, chooseRealm, chooseTenant } from '#signin/user/realm.ts';
import { evaluateProofs } from '#signin/with-factor.ts';
import { fieldsOfForm, queryOf } from '../forms/reader.ts';
import { completeQuery, loginQuery, stayForm, usernameForm } from '../forms/sign-in.ts';
import { sendOn } from '../provider-answer.ts';
import type { Env, ServerContext } from '../server-context.ts';
import { askForCertificate } from './certificate.ts';
import { accountsToChoose, forget, showAccounts, takeAccount } from './first-factor/accounts.ts';
import { firstPages } from './first-factor/first-page.ts';
import { signInAddress } from './first-factor/identity-provider.ts';
import { goOnNameless, namelessMethods, showMethods } from './first-factor/methods.ts';
import { rememberAccount } from './first-factor/remembered-accounts.ts';
import {
  attend,
  type C,
  commonOf,
  knowBrowser,
  provenSoFar,
  refuse,
  refuseAttended,
  type SignInPageContext,
  type Step,
  show,
  signInRequestOf,
  unproven,
} from './page-context.ts';
import { elsewherePage, passwordPage, usernamePage } from './pages.ts';
import { rememberFirstMethod } from './second-factor/proven.ts';
import { type FactorSteps, factorSteps } from './second-factor/second-factor.ts';
import { type Way, wayOf } from './second-factor/second-factor-ways.ts';
import { asksToStay, showStayQuestion } from './stay-signed-in.ts';

/** As long as a browser that is not used keeps its tenant. */
const tenantDays = 30;

/** The sign-in pages of the login host (FLOW-2, FLOW-3, FLOW-5, FLOW-11). */
export function loginPages(context: ServerContext): Hono<Env> {
  const app = new Hono<Env>();
  const attended = (step: Step) => (c: C) => attend(context, c, step);
  const get = (path: string, step: Step) => app.get(`/login/:uid${path}`, attended(step));
  const post = (path: string, step: Step) => app.post(`/login/:uid${path}`, attended(step));
  const factors = factorSteps(context, {
    finish: (c, signIn, userId, proofs) => finish(context, c, signIn, { userId, proofs }),
    refuse: refuseAttended,
  });
  get('', (c, at) => showPage(context, c, at));
  post('/username', (c, at) => takeUsername(context, c, at));
  post('/account', (c, at) => takeAccount(context, c, at));
  post('/forget', (c, at) => forget(c, at.base));
  post('/cancel', (c) => cancel(context, c));
  post('/password', (c, at) => takePassword(c, at, factors));
  for (const path of ['/factor', '/factor/:kind']) get(path, factors.show);
  post('/factor/:kind', factors.take);
  get('/methods', showMethods);
  get('/nameless/:way', goOnNameless);
  get('/certificate', (c, at) => askForCertificate(context, c, at));
  get('/complete', (c, at) => complete(context, c, at, factors));
  get('/stay', (c, at) => (at.flow.proofs?.length ? showStayQuestion(at) : Promise.resolve(c.redirect(at.base, 303))));
  post('/stay', (c, at) => takeStay(context, c, at));
  firstPages(context, app);
  return app;
}

async function showPage(context: ServerContext, c: C, signIn: SignInPageContext): Promise<Response> {
  const { flow, interaction } = signIn;
  const query = queryOf(c, loginQuery);
  const changing = query.change === 'username';
  const accounts = changing ? undefined : await accountsToChoose(c, signIn);
  if (accounts) return showAccounts(signIn, accounts);
  const isBeginningAgain = changing || query.other !== undefined;
  if (flow.userId !== undefined && !isBeginningAgain) return c.redirect(`${signIn.base}/factor`, 303);
  if (!flow.username || changing) return showUsername(signIn, flow.username ?? '', interaction.reason);
  const choice = await chooseRealm(flow.username, signIn.ports, {
    domainHint: interaction.domainHint !== undefined,
  });
  if (choice.outcome !== 'passed') return showUsername(signIn, flow.username, choice.because);
  if (choice.value.kind === 'elsewhere') return sendElsewhere(signIn, choice.value);
  const { realm } = choice.value;
  const isDirect = !query.other && !interaction.reason;
  const way = isDirect ? await firstWay(c, signIn, realm) : undefined;
  if (way === 'certificate') return askForCertificate(context, c, signIn);
  if (way) return c.redirect(`${signIn.base}/factor/${way}`, 303);
  return showPassword(signIn, interaction.reason, realm);
}

/** What the person starts with, where that is not the password: the only way there is, the system's choice, or habit. */
async function firstWay(c: C, signIn: SignInPageContext, realm: Realm): Promise<Way | undefined> {
  if (realm.certificates && !realm.passwords) return 'certificate';
  const { x509 } = await signIn.ports.policies.current();
  const certificates = realm.certificates && x509.state === 'enabled';
  const method = await firstMethod(signInRequestOf(c, signIn.flow), { ...realm, certificates }, signIn);
  const way = method && wayOf(method);
  return way === 'password' ? undefined : way;
}

/** REALM-1: to the identity provider of the name's domain; by a page, because a form's answer may not lead there. */
function sendElsewhere(
  { interaction, flow, at, brand, language }: SignInPageContext,
  { provider }: Extract<ChosenRealm, { kind: 'elsewhere' }>,
): Promise<Response> {
  const providerRequest = { username: flow.username!, correlationId: flow.correlationId, context: interaction.uid, at };
  return pageResponse(elsewherePage({ brand, language, address: signInAddress(provider, providerRequest) }));
}

async function showUsername(signIn: SignInPageContext, username: string, wrong?: Because): Promise<Response> {
  const { base } = signIn;
  const nameless = await namelessMethods(signIn);
  const links = { action: `${base}/username`, cancel: `${base}/cancel`, nameless };
  return show(usernamePage({ ...commonOf(signIn, wrong), ...links, username }), signIn, wrong);
}

async function showPassword(
  signIn: SignInPageContext,
  wrong?: Because,
  realm: Pick<Realm, 'certificates'> = { certificates: true },
): Promise<Response> {
  const { base, ports, flow } = signIn;
  const { x509 } = await ports.policies.current();
  const markup = passwordPage({
    ...commonOf(signIn, wrong),
    base,
    username: flow.username ?? '',
    offersCertificate: x509.state === 'enabled' && realm.certificates, // FLOW-3: to every user, in scope or not
  });
  return show(markup, signIn, wrong);
}

async function takeUsername(context: ServerContext, c: C, signIn: SignInPageContext): Promise<Response> {
  const { username: typedText } = await fieldsOfForm(c, usernameForm);
  const ruling = await chooseTenant(typedText, context.tenants, signIn.ports.tenant);
  if (ruling.outcome !== 'passed') return showUsername(signIn, typedText, ruling.because);
  await signIn.ports.flows.put({ ...unproven(signIn.flow), username: ruling.value.username });
  return c.redirect(signIn.base, 303);
}

/** The page that follows the name: always a first factor, whichever user was proven before. */
async function takePassword(c: C, signIn: SignInPageContext, factors: FactorSteps): Promise<Response> {
  const { flow, base } = signIn;
  if (!flow.username) return c.redirect(base, 303);
  return factors.takePassword(c, { ...signIn, flow: unproven(flow) }, (wrong) => showPassword(signIn, wrong));
}

/** The way back from the certauth host: this browser's cookie *and* a handoff for this interaction, or nothing. */
async function complete(
  context: ServerContext,
  c: C,
  signIn: SignInPageContext,
  factors: FactorSteps,
): Promise<Response> {
  const { ports, interaction, flow } = signIn;
  const handoffRuling = await takeOver(queryOf(c, completeQuery).handoff, interaction.uid, signIn);
  if (handoffRuling.outcome !== 'passed') {
    return refuse(context, c, handoffRuling.because, {
      status: 400,
      correlationId: flow.correlationId,
      otherWays: `${signIn.base}/methods`,
    });
  }
  const { userId, proofs } = handoffRuling.value;
  // Where the certificate named the user, the pages that follow continue with the user's own name.
  const username = flow.username ?? (await ports.directory.user(userId))?.userPrincipalName;
  const namedFlow = username === undefined ? flow : { ...flow, username };
  return factors.proceed(c, { ...signIn, flow: namedFlow }, userId, proofs);
}

interface ProvenUser {
  readonly userId: string;
  readonly proofs: readonly Proof[];
}

/** Everything is proven: asks whether to stay signed in where the tenant wants that, else ends the sign-in. */
async function finish(
  context: ServerContext,
  c: C,
  signIn: SignInPageContext,
  { userId, proofs }: ProvenUser,
): Promise<Response> {
  if (!(await asksToStay(c, signIn, userId, proofs))) {
    return end(context, c, signIn, { userId, proofs, remember: undefined });
  }
  await signIn.ports.flows.put({ ...signIn.flow, userId, proofs });
  return c.redirect(`${signIn.base}/stay`, 303);
}

/** The answer to the question. What the flow has proven is what the session gets; policy is asked once more about it. */
async function takeStay(context: ServerContext, c: C, signIn: SignInPageContext): Promise<Response> {
  const { flow, ports } = signIn;
  const { userId, proofs } = flow;
  if (!userId || !proofs?.length) return c.redirect(signIn.base, 303);
  const soFar = await provenSoFar(flow, ports);
  const { kind } = await evaluateProofs({ ...signInRequestOf(c, flow), userId, proofs: soFar }, signIn);
  if (kind !== 'granted') return c.redirect(`${signIn.base}/factor`, 303);
  const remember = (await fieldsOfForm(c, stayForm)).stay === 'yes';
  return end(context, c, signIn, { userId, proofs, remember });
}

async function end(
  context: ServerContext,
  c: C,
  signIn: SignInPageContext,
  result: { readonly userId: string; readonly proofs: readonly Proof[]; readonly remember: boolean | undefined },
): Promise<Response> {
  const { interaction, flow } = signIn;
  await rememberFirstMethod(signIn, result);
  // Together, so that SQLite writes both with one commit.
  const [answer] = await Promise.all([
    context.interactions.finish(c.env.incoming, c.env.outgoing, result),
    knowBrowser(c, signIn, result.userId),
  ]);
  if (!answer) return sendOn(context, c, answer);
  c.header('set-cookie', hostCookie(tenantCookie, interaction.tenantId, tenantDays * 86_400), { append: true });
  if (flow.username) c.header('set-cookie', rememberAccount(c.req.header('cookie'), flow.username), { append: true });
  return sendOn(context, c, answer);
}

/** RFC 6749 §4.1.2.1: the application learns that the user did not sign in. */
async function cancel(context: ServerContext, c: C): Promise<Response> {
  const description = { error: 'access_denied', error_description: 'The user canceled the sign-in.' };
  return sendOn(context, c, await context.interactions.finish(c.env.incoming, c.env.outgoing, description));
}
