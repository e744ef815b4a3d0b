import { type Context, Hono } from 'hono';
import { because } from '#core/trace/reasons.ts';
import { type Ruling, success } from '#core/trace/ruling.ts';
import { plainPath } from '#net/paths.ts';
import type { PresentedFactor } from '#signin/factors/check-factor.ts';
import { takeOver } from '#signin/handoff.ts';
import { chooseTenant } from '#signin/user/realm.ts';
import type { Env, ServerContext } from '../server-context.ts';
import { type C, type SignInPageContext, unproven } from '../sign-in/page-context.ts';
import { addProofs, currentVerdict, showFactorOf } from '../sign-in/second-factor/proven.ts';
import { refusalResponse } from './answers.ts';
import { takeDevice, takeResume } from './device-step.ts';
import { end, follow, type Take } from './onward.ts';
import { passkeyIn } from './passkey-answer.ts';
import { requestAssertion } from './passkey-step.ts';
import { type Fields, fieldsOf, type ScriptedStep, stepOf } from './scripted-context.ts';
import { beginAuth, endAuth, processAuth } from './second-factor.ts';

/**
 * The path of clients that read `$Config` instead of showing pages (windows-sign-in §4.2): a broker, the out-of-box
 * experience, a script. It needs no cookies. Every decision is made by the functions that the pages call.
 */
export function scriptedPages(context: ServerContext): Hono<Env> {
  const app = new Hono<Env>();
  const post = (path: string, take: Take) => app.post(path, (c, next) => attendStep(context, c, take, next));
  post('/:tenant/login', takeLogin);
  for (const path of ['/kmsi', '/:tenant/kmsi']) post(path, takeStay);
  post('/:tenant/sas/processauth', (...step) =>
    step[3].assertion !== undefined ? takeLogin(...step) : processAuth(...step),
  );
  app.post('/:tenant/fido/get', (c) => requestAssertion(context, c));
  for (const path of ['/resume', '/reprocess', '/:tenant/resume', '/:tenant/reprocess'])
    app.on(['GET', 'POST'], path, (c) => takeResume(context, c));
  app.post('/:tenant/sas/beginauth', (c) => beginAuth(context, c));
  app.post('/:tenant/sas/endauth', (c) => endAuth(context, c));
  return app;
}

const scriptedPath =
  /^(?:\/[\w.-]{1,253})?\/(?:kmsi|login|resume|reprocess|fido\/get|sas\/(?:begin|end|process)auth|certauth)\/?$/i;

/** The path that routes see: case, doubled slashes and a last slash do not count in addresses of the scripted path (windows-sign-in §0.5, rule 1). */
export function routedPath(request: Request): string {
  const { pathname } = new URL(request.url);
  const path = plainPath(pathname);
  return scriptedPath.test(path) ? path.toLowerCase() : pathname;
}

async function attendStep(
  context: ServerContext,
  c: Context<Env>,
  take: Take,
  next: () => Promise<void>,
): Promise<Response | undefined> {
  const fields = await fieldsOf(c);
  if (fields.ctx === undefined && fields.request === undefined) return void (await next()); // a form of the pages
  const ruling = await stepOf(context, c, fields);
  if (ruling.outcome !== 'passed') return refusalResponse(context, c, ruling.because);
  return take(context, c, ruling.value, fields);
}

/** A certificate token of the certauth host, the answer of a passkey, or what was typed. */
const takeLogin: Take = async (context, c, step, fields) => {
  const { certificatetoken: handoff } = fields;
  if (handoff !== undefined) return takeCertificate(context, c, step, handoff);
  const factor = passkeyIn(fields, context, step) ?? factorIn(fields);
  if (!factor) {
    const ruling = await takeDevice(context, c, step);
    return ruling.outcome === 'passed' ? ruling.value : refusalResponse(context, c, ruling.because, { step });
  }
  const ruling = await withName(step, fields, factor, context);
  if (ruling.outcome !== 'passed') return refusalResponse(context, c, ruling.because, { step });
  return follow(context, c, step, await showFactorOf(c, ruling.value, factor));
};

function factorIn(fields: Fields) {
  const { passwd: password, accesspass: pass } = fields;
  if (password !== undefined) return { kind: 'password', password } as const;
  return pass === undefined ? undefined : ({ kind: 'temporaryAccessPass', pass } as const);
}

/**
 * At the first factor the name comes with the secret, or the passkey names its user; after it, and beside a live session,
 * the user is known. Refuses as {@link chooseTenant}.
 */
async function withName(
  { signIn, token }: ScriptedStep,
  fields: Fields,
  { kind }: PresentedFactor,
  { tenants }: ServerContext,
): Promise<Ruling<SignInPageContext>> {
  const { flow, ports } = signIn;
  if (token.proofs > 0 || (flow.userId !== undefined && fields.login === undefined)) return success(signIn);
  const typedText = fields.login ?? token.username ?? flow.username ?? '';
  if (typedText === '' && kind === 'passkey') return success(signIn);
  const ruling = await chooseTenant(typedText, tenants, ports.tenant);
  if (ruling.outcome !== 'passed') return ruling;
  return success({ ...signIn, flow: { ...unproven(flow), username: ruling.value.username } });
}

/** What the certauth host has evaluated: taken once, for this interaction alone. */
async function takeCertificate(context: ServerContext, c: C, step: ScriptedStep, handoff: string): Promise<Response> {
  const { ports, interaction, flow } = step.signIn;
  const handoffRuling = await takeOver(handoff, interaction.uid, step.signIn);
  if (handoffRuling.outcome !== 'passed') return refusalResponse(context, c, handoffRuling.because, { step });
  const { userId, proofs } = handoffRuling.value;
  const username = flow.username ?? (await ports.directory.user(userId))?.userPrincipalName;
  const signIn: SignInPageContext = { ...step.signIn, flow: username === undefined ? flow : { ...flow, username } };
  return follow(context, c, step, await addProofs(c, signIn, userId, proofs));
}

/** The answer to the question whether to stay signed in. Policy is asked once more about what was proven. */
const takeStay: Take = async (context, c, step, fields) => {
  const { flow } = step.signIn;
  const { userId, proofs } = flow;
  if (userId === undefined || !proofs?.length) {
    return refusalResponse(context, c, because('flowUnknown', { parameter: 'ctx' }));
  }
  const verdict = await currentVerdict(c, step.signIn, userId);
  if (verdict.kind !== 'granted') return follow(context, c, step, { signIn: step.signIn, verdict });
  return end(context, c, step, { userId, proofs, remember: fields.loginoptions === '1' });
};
