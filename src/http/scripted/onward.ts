import type { Proof } from '#core/access/proof.ts';
import type { Verdict } from '#core/verdict.ts';
import { type CapturedAnswer, CapturedResponse, cookiesAfter, innerRequest } from '#net/inner-request.ts';
import { movedBody } from '#pages/moved.ts';
import { flowConfig } from '#signin/scripted/flow-config.ts';
import { type FlowContext, sealContext, sealFlowToken } from '#signin/scripted/flow-secrets.ts';
import type { OidcListener, ServerContext } from '../server-context.ts';
import { rememberFirstMethod } from '../sign-in/proven.ts';
import type { C, SignInContext } from '../sign-in/sign-in-context.ts';
import { asksToStay } from '../sign-in/stay-signed-in.ts';
import { configResponse, refusalResponse, secondFactorConfig, stayConfig } from './answers.ts';
import { type Fields, interactionOf, interactionRequest, type ScriptedStep } from './scripted-context.ts';

/** What scripted sign-ins stand on. */
export interface Scripted {
  readonly context: ServerContext;
  readonly oidc: OidcListener;
}

/** What a step does with what the client sent. */
export type Take = (scripted: Scripted, c: C, step: ScriptedStep, fields: Fields) => Promise<Response>;

/** On to the application, to the next factor, or to the refusal. The entries are written. */
export async function follow(
  { context, oidc }: Scripted,
  c: C,
  step: ScriptedStep,
  { signIn, verdict }: { readonly signIn: SignInContext; readonly verdict: Verdict },
): Promise<Response> {
  const { flow } = signIn;
  if (verdict.kind === 'granted') {
    const result = { userId: verdict.user.id, proofs: flow.proofs ?? [] };
    if (!(await asksToStay(c, signIn, result.userId, result.proofs))) {
      return end({ context, oidc }, c, step, { ...result, remember: undefined });
    }
    await signIn.ports.flows.put({ ...flow, ...result });
    return configResponse(context, c, stayConfig(context, step, signIn));
  }
  if (verdict.kind === 'refused' && 'fault' in verdict) context.onFault(verdict.fault, flow.correlationId);
  const config = verdict.kind === 'interrupted' ? secondFactorConfig(context, step, signIn, verdict) : undefined;
  return config ? configResponse(context, c, config) : refusalResponse(context, c, verdict.because, { step, signIn });
}

/** Ends the interaction and answers as the provider does: the code, by the response mode that the application asked for. */
export async function end(
  { context, oidc }: Scripted,
  c: C,
  step: ScriptedStep,
  result: { readonly userId: string; readonly proofs: readonly Proof[]; readonly remember: boolean | undefined },
): Promise<Response> {
  await rememberFirstMethod(step.signIn, result);
  const request = interactionRequest(c.env.incoming, step.flow);
  const capture = new CapturedResponse(request);
  const next = new URL(await context.interactions.finish(request, capture, result), context.loginOrigin);
  const cookies = cookiesAfter(step.flow.cookies, capture.captured);
  const resume = innerRequest(c.env.incoming, next.pathname + next.search, cookies);
  const answer = new CapturedResponse(resume);
  await oidc.listener(resume, answer);
  return deliver(context, c, { ...step.flow, cookies }, answer.captured);
}

async function deliver(context: ServerContext, c: C, before: FlowContext, answer: CapturedAnswer): Promise<Response> {
  const location = answer.headers.location === undefined ? undefined : String(answer.headers.location);
  const uid = location === undefined ? undefined : /^\/login\/([\w-]{10,64})$/.exec(pathOf(location, context))?.[1];
  if (uid !== undefined) {
    const flow = { ...before, interactionUid: uid, cookies: cookiesAfter(before.cookies, answer) };
    return beginAgain(context, c, flow);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name === 'content-length') continue;
    for (const item of [value ?? []].flat()) headers.append(name, String(item));
  }
  headers.set('x-ms-request-id', crypto.randomUUID());
  if (location === undefined) return new Response(answer.body, { status: answer.status, headers });
  headers.set('content-type', 'text/html; charset=utf-8');
  headers.set('cache-control', 'no-store');
  return new Response(movedBody(location), { status: 302, headers });
}

const pathOf = (location: string, { loginOrigin }: ServerContext): string => {
  const url = URL.canParse(location, loginOrigin) ? new URL(location, loginOrigin) : undefined;
  return url?.origin === loginOrigin ? url.pathname : '';
};

/** The provider asks once more, because policy does not accept what was proven: its reason is the answer. */
async function beginAgain(context: ServerContext, c: C, flow: FlowContext): Promise<Response> {
  const reason = (await interactionOf(context, c, flow))?.reason;
  if (reason) return refusalResponse(context, c, reason);
  const at = context.clock.now();
  const config = flowConfig({
    loginOrigin: context.loginOrigin,
    tenantId: flow.tenantId,
    correlationId: crypto.randomUUID(),
    ctx: sealContext(flow, context.flowSealing, at),
    flowToken: sealFlowToken(flow, { proofs: 0 }, context.flowSealing, at),
  });
  return configResponse(context, c, config);
}
