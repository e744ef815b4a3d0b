import type { IncomingMessage } from 'node:http';
import { parse } from 'hono/utils/cookie';
import type { Proof } from '#core/access/proof.ts';
import { because } from '#core/trace/reasons.ts';
import type { Verdict } from '#core/verdict.ts';
import { CapturedResponse, cookiesAfter } from '#net/inner-request.ts';
import { movedBody } from '#pages/moved.ts';
import type { ProviderAnswer } from '#ports/sessions.ts';
import { credentialHeaders } from '#signin/device/browser-credentials.ts';
import { type FlowConfig, flowConfig } from '#signin/scripted/flow-config.ts';
import { type FlowContext, sealContext, sealFlowToken } from '#signin/scripted/flow-secrets.ts';
import type { ServerContext } from '../server-context.ts';
import { type C, pageContextOf, type SignInPageContext } from '../sign-in/page-context.ts';
import { currentVerdict, rememberFirstMethod } from '../sign-in/second-factor/proven.ts';
import { asksToStay } from '../sign-in/stay-signed-in.ts';
import { configResponse, refusalResponse, secondFactorConfig, stayConfig } from './answers.ts';
import { type Fields, interactionOf, interactionRequest, type ScriptedStep } from './scripted-context.ts';

/** What a step does with what the client sent. */
export type Take = (context: ServerContext, c: C, step: ScriptedStep, fields: Fields) => Promise<Response>;

/** On to the application, to the next factor, or to the refusal. The entries are written. */
export async function follow(
  context: ServerContext,
  c: C,
  step: ScriptedStep,
  { signIn, verdict }: { readonly signIn: SignInPageContext; readonly verdict: Verdict },
): Promise<Response> {
  const { flow } = signIn;
  if (verdict.kind === 'granted') {
    const result = { userId: verdict.user.id, proofs: flow.proofs ?? [] };
    if (!(await asksToStay(c, signIn, result.userId, result.proofs))) {
      return end(context, c, step, { ...result, remember: undefined });
    }
    await signIn.ports.flows.put({ ...flow, ...result });
    return configResponse(context, c, stayConfig(context, step, signIn));
  }
  if (verdict.kind === 'refused' && 'fault' in verdict) context.onFault(verdict.fault, flow.correlationId);
  const config = verdict.kind === 'interrupted' ? await secondFactorConfig(context, step, signIn, verdict) : undefined;
  return config ? configResponse(context, c, config) : refusalResponse(context, c, verdict.because, { step, signIn });
}

/** Ends the interaction and answers as the provider does: the code, by the response mode that the application asked for. */
export async function end(
  context: ServerContext,
  c: C,
  step: ScriptedStep,
  result: { readonly userId: string; readonly proofs: readonly Proof[]; readonly remember: boolean | undefined },
): Promise<Response> {
  await rememberFirstMethod(step.signIn, result);
  const request = await requestOf(context, c, step.flow);
  const answer = await context.interactions.finish(request, new CapturedResponse(request), result);
  return deliver(context, c, step.flow, answer);
}

/** Continues with what the device proves: the provider signs in with its primary refresh token, as at the authorize endpoint. */
export async function endByDevice(context: ServerContext, c: C, flow: FlowContext): Promise<Response> {
  const request = await requestOf(context, c, flow);
  return deliver(context, c, flow, await context.interactions.stay(request, new CapturedResponse(request)));
}

/** A request of the interaction, with what the client brings of its device in this very request. */
async function requestOf(context: ServerContext, c: C, flow: FlowContext): Promise<IncomingMessage> {
  const request = interactionRequest(c.env.incoming, flow);
  const { headers } = c.env.incoming;
  Object.assign(request.headers, credentialHeaders(headers, parse(headers.cookie ?? '')));
  await context.signOn(request, flow.tenantId);
  return request;
}

async function deliver(
  context: ServerContext,
  c: C,
  before: FlowContext,
  answer: ProviderAnswer | undefined,
): Promise<Response> {
  if (!answer) return refusalResponse(context, c, because('flowUnknown', { parameter: 'ctx' }));
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
  const factor = await secondFactorOf(context, c, flow);
  if (factor) return configResponse(context, c, factor);
  return reason ? refusalResponse(context, c, reason) : configResponse(context, c, firstConfig(context, flow));
}

/** `$Config` at the start of a sign-in. @param nonce for the device to sign */
export function firstConfig(context: ServerContext, flow: FlowContext, nonce?: string): FlowConfig {
  const at = context.clock.now();
  return {
    ...flowConfig({
      loginOrigin: context.loginOrigin,
      tenantId: flow.tenantId,
      correlationId: crypto.randomUUID(),
      ctx: sealContext(flow, context.flowSealing, at),
      flowToken: sealFlowToken(flow, { proofs: 0 }, context.flowSealing, at),
    }),
    ...(nonce === undefined ? {} : { bsso: { nonce } }),
  };
}

/**
 * `$Config` for the next factor of a sign-in that has begun, or of a live session of which policy wants more (CAP-5);
 * undefined where another factor does not lead on.
 */
export async function secondFactorOf(context: ServerContext, c: C, flow: FlowContext): Promise<FlowConfig | undefined> {
  const interaction = await interactionOf(context, c, flow);
  const signIn = interaction && (await pageContextOf(context, c, interaction));
  if (signIn?.flow.userId === undefined) return undefined;
  const verdict = await currentVerdict(c, signIn, signIn.flow.userId);
  if (verdict.kind !== 'interrupted') return undefined;
  const ctx = sealContext(flow, context.flowSealing, signIn.at);
  const token = { id: '', expires: 0, proofs: signIn.flow.proofs?.length ?? 0 };
  return secondFactorConfig(context, { signIn, flow, ctx, token }, signIn, verdict);
}
