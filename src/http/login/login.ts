import { Hono } from 'hono';
import type { Proof } from '../../core/access/proof.ts';
import type { Realm } from '../../core/binding/realm.ts';
import type { Because } from '../../core/trace/reasons.ts';
import { pageResponse } from '../../pages/page.ts';
import { firstMethod } from '../../signin/first-method.ts';
import { takeOver } from '../../signin/handoff.ts';
import { type ChosenRealm, chooseRealm, chooseTenant } from '../../signin/realm.ts';
import { judgeProofs } from '../../signin/with-factor.ts';
import type { Env, House } from '../door.ts';
import { accountsToChoose, forget, showAccounts, takeAccount } from './accounts.ts';
import {
  type Attending,
  attend,
  type C,
  commonOf,
  field,
  knowBrowser,
  provenSoFar,
  refuse,
  refuseAttended,
  type Step,
  sameOriginOnly,
  show,
  unproven,
  visitOf,
} from './attending.ts';
import { askForCertificate } from './certificate.ts';
import { firstPages } from './first-page.ts';
import { signInAddress } from './identity-provider.ts';
import { showMethods } from './methods.ts';
import { elsewherePage, passwordPage, usernamePage } from './pages.ts';
import { rememberAccount } from './remembered-accounts.ts';
import { type FactorSteps, factorSteps, type Way, wayOf } from './second-factor.ts';
import { asksToStay, showStayQuestion } from './stay-signed-in.ts';

/** The sign-in pages of the login host (FLOW-2, FLOW-3, FLOW-5, FLOW-11). */
export function loginPages(house: House): Hono<Env> {
  const app = new Hono<Env>();
  const sameOrigin = sameOriginOnly(house);
  const attended = (step: Step) => (c: C) => attend(house, c, step);
  const get = (path: string, step: Step) => app.get(`/login/:uid${path}`, attended(step));
  const post = (path: string, step: Step) => app.post(`/login/:uid${path}`, sameOrigin, attended(step));
  const factors = factorSteps(house, {
    finish: (c, attending, userId, proofs) => finish(house, c, attending, userId, proofs),
    refuse: refuseAttended,
  });
  get('', (c, at) => showPage(house, c, at));
  post('/username', (c, at) => takeUsername(house, c, at));
  post('/account', (c, at) => takeAccount(house, c, at));
  post('/forget', (c, at) => forget(c, at.base));
  post('/cancel', (c) => cancel(house, c));
  post('/password', (c, at) => takePassword(c, at, factors));
  for (const path of ['/factor', '/factor/:kind']) get(path, factors.show);
  post('/factor/:kind', factors.take);
  get('/methods', showMethods);
  get('/certificate', (c, at) => askForCertificate(house, c, at));
  get('/complete', (c, at) => complete(house, c, at, factors));
  get('/stay', (c, at) => (at.flow.proofs?.length ? showStayQuestion(at) : Promise.resolve(c.redirect(at.base, 303))));
  post('/stay', (c, at) => takeStay(house, c, at));
  firstPages(house, app);
  return app;
}

async function showPage(house: House, c: C, attending: Attending): Promise<Response> {
  const { flow, interaction } = attending;
  const changing = c.req.query('change') === 'username';
  const accounts = changing ? undefined : await accountsToChoose(c, attending);
  if (accounts) return showAccounts(attending, accounts);
  const isBeginningAgain = changing || c.req.query('other') !== undefined;
  if (flow.userId !== undefined && !isBeginningAgain) return c.redirect(`${attending.base}/factor`, 303);
  if (!flow.username || changing) return showUsername(attending, flow.username ?? '', interaction.reason);
  const chosen = await chooseRealm(flow.username, attending.ports, {
    domainHint: interaction.domainHint !== undefined,
  });
  if (chosen.outcome !== 'passed') return showUsername(attending, flow.username, chosen.because);
  if (chosen.value.kind === 'elsewhere') return sendElsewhere(attending, chosen.value);
  const { realm } = chosen.value;
  const goesOn = !c.req.query('other') && !interaction.reason;
  const way = goesOn ? await firstWay(c, attending, realm) : undefined;
  if (way === 'certificate') return askForCertificate(house, c, attending);
  if (way) return c.redirect(`${attending.base}/factor/${way}`, 303);
  return showPassword(attending, interaction.reason, realm);
}

/** What the person starts with, where that is not the password: the only way there is, the system's choice, or habit. */
async function firstWay(c: C, { flow, ports, at }: Attending, realm: Realm): Promise<Way | undefined> {
  if (realm.certificates && !realm.passwords) return 'certificate';
  const { x509 } = await ports.policies.current();
  const certificates = realm.certificates && x509.state === 'enabled';
  const method = await firstMethod(visitOf(c, flow), { ...realm, certificates }, ports, at);
  const way = method && wayOf(method);
  return way === 'password' ? undefined : way;
}

/** REALM-1: to the identity provider of the name's domain; by a page, because a form's answer may not lead there. */
function sendElsewhere(
  { interaction, flow, at, brand, language }: Attending,
  { provider }: Extract<ChosenRealm, { kind: 'elsewhere' }>,
): Promise<Response> {
  const journey = { username: flow.username!, correlationId: flow.correlationId, context: interaction.uid, at };
  return pageResponse(elsewherePage({ brand, language, address: signInAddress(provider, journey) }));
}

function showUsername(attending: Attending, username: string, wrong?: Because): Promise<Response> {
  const { base } = attending;
  const links = { action: `${base}/username`, cancel: `${base}/cancel` };
  return show(usernamePage({ ...commonOf(attending, wrong), ...links, username }), attending, wrong);
}

async function showPassword(
  attending: Attending,
  wrong?: Because,
  realm: Pick<Realm, 'certificates'> = { certificates: true },
): Promise<Response> {
  const { base, ports, flow } = attending;
  const { x509 } = await ports.policies.current();
  const markup = passwordPage({
    ...commonOf(attending, wrong),
    base,
    username: flow.username ?? '',
    offersCertificate: x509.state === 'enabled' && realm.certificates, // FLOW-3: to everybody, in scope or not
  });
  return show(markup, attending, wrong);
}

async function takeUsername(house: House, c: C, attending: Attending): Promise<Response> {
  const typed = await field(c, 'username');
  const ruling = await chooseTenant(typed, house.tenants, attending.ports.tenant);
  if (ruling.outcome !== 'passed') return showUsername(attending, typed, ruling.because);
  await attending.ports.flows.put({ ...unproven(attending.flow), username: ruling.value.username });
  return c.redirect(attending.base, 303);
}

/** The page that follows the name: always a first factor, whoever was proven before. */
async function takePassword(c: C, attending: Attending, factors: FactorSteps): Promise<Response> {
  const { flow, base } = attending;
  if (!flow.username) return c.redirect(base, 303);
  return factors.takePassword(c, { ...attending, flow: unproven(flow) }, (wrong) => showPassword(attending, wrong));
}

/** The way back from the certauth host: this browser's cookie *and* a handoff for this interaction, or nothing. */
async function complete(house: House, c: C, attending: Attending, factors: FactorSteps): Promise<Response> {
  const { ports, interaction, at, flow } = attending;
  const taken = await takeOver(ports.handoffs, c.req.query('handoff') ?? '', interaction.uid, at);
  if ('outcome' in taken) {
    return refuse(house, c, taken.because, {
      status: 400,
      correlationId: flow.correlationId,
      otherWays: `${attending.base}/methods`,
    });
  }
  return factors.proceed(c, attending, taken.userId, taken.proofs);
}

/** Everything is proven: asks whether to stay signed in where the tenant wants that, else ends the visit. */
async function finish(
  house: House,
  c: C,
  attending: Attending,
  userId: string,
  proofs: readonly Proof[],
): Promise<Response> {
  if (!(await asksToStay(c, attending, userId, proofs))) {
    return end(house, c, attending, { userId, proofs, remember: undefined });
  }
  await attending.ports.flows.put({ ...attending.flow, userId, proofs });
  return c.redirect(`${attending.base}/stay`, 303);
}

/** The answer to the question. What the flow has proven is what the session gets; policy is asked once more about it. */
async function takeStay(house: House, c: C, attending: Attending): Promise<Response> {
  const { flow, ports, at } = attending;
  const { userId, proofs } = flow;
  if (!userId || !proofs?.length) return c.redirect(attending.base, 303);
  const soFar = await provenSoFar(flow, ports);
  const { kind } = await judgeProofs({ ...visitOf(c, flow), userId, proofs: soFar }, ports, at);
  if (kind !== 'granted') return c.redirect(`${attending.base}/factor`, 303);
  const remember = (await field(c, 'stay')) === 'yes';
  return end(house, c, attending, { userId, proofs, remember });
}

async function end(
  house: House,
  c: C,
  attending: Attending,
  result: { readonly userId: string; readonly proofs: readonly Proof[]; readonly remember: boolean | undefined },
): Promise<Response> {
  const { ports, interaction, flow } = attending;
  // MRU-1 is about the first factor: a further one, also beside a live session, changes nothing.
  const method = flow.sessionUid === undefined ? result.proofs[0]?.method : undefined;
  if (method) await ports.directory.rememberMethod(result.userId, method);
  await knowBrowser(c, attending, result.userId);
  const next = await house.interactions.finish(c.env.incoming, c.env.outgoing, result);
  const tenant = `__Host-cardea-tenant=${interaction.tenantId}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000`;
  c.header('set-cookie', tenant, { append: true });
  if (flow.username) c.header('set-cookie', rememberAccount(c.req.header('cookie'), flow.username), { append: true });
  return c.redirect(next, 303);
}

/** RFC 6749 §4.1.2.1: the application is told that its person would not sign in. */
async function cancel(house: House, c: C): Promise<Response> {
  const told = { error: 'access_denied', error_description: 'The person cancelled the sign-in.' };
  return c.redirect(await house.interactions.finish(c.env.incoming, c.env.outgoing, told), 303);
}
