import { entraNumberOf, userMessageOf } from '#core/trace/fault.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { Verdict } from '#core/verdict.ts';
import { approvalOf } from '#signin/factors/approvals.ts';
import type { PresentedFactor } from '#signin/factors/check-factor.ts';
import type { ServerContext } from '../server-context.ts';
import type { C, SignInPageContext } from '../sign-in/page-context.ts';
import { requestApproval } from '../sign-in/second-factor/approval-step.ts';
import { currentVerdict, showFactorOf } from '../sign-in/second-factor/proven.ts';
import { waysIn } from '../sign-in/second-factor/second-factor-ways.ts';
import { authMethodIds, refusalResponse } from './answers.ts';
import { follow, type Take } from './onward.ts';
import { type Fields, fieldsOf, nextToken, type ScriptedStep, stepOf } from './scripted-context.ts';

/** Begins a further factor: a one-time code, which needs nothing to begin, or a request to another session. */
export async function beginAuth(context: ServerContext, c: C): Promise<Response> {
  const step = await stepIn(context, c, await fieldsOf(c));
  if (!('fields' in step)) return step;
  const { authmethodid: method = '' } = step.fields;
  const { signIn } = step;
  if (method === authMethodIds.approval) {
    const request = await requestApproval(c, signIn);
    if (request) {
      const flowToken = nextToken(context, step, request.signIn);
      return stateResponse(step, { method, flowToken, number: Number(request.number) });
    }
  }
  const isOpen = method === authMethodIds.oneTimeCode && (await leadsOn(c, signIn, 'oneTimeCode'));
  const reason = isOpen ? undefined : because('factorNotAsked', { method: method.slice(0, 100) });
  return stateResponse(step, { method, flowToken: nextToken(context, step, signIn), reason });
}

/** Takes the one-time code, or tells whether the other session has answered. A wrong code may be corrected. */
export async function endAuth(context: ServerContext, c: C): Promise<Response> {
  const fields = await fieldsOf(c);
  const { authmethodid: method = '' } = fields;
  const isPoll = method === authMethodIds.approval;
  const step = await stepIn(context, c, fields, { isPoll });
  if (!('fields' in step)) return step;
  const factor = step.signIn.flow.userId === undefined ? undefined : await factorIn(step.signIn, method, fields);
  if (factor === 'waiting')
    return stateResponse(step, { method, flowToken: nextToken(context, step, step.signIn), isWaiting: true });
  if (!factor) {
    const reason = because('factorNotAsked', { method: method.slice(0, 100) });
    return stateResponse(step, { method, flowToken: nextToken(context, step, step.signIn), reason });
  }
  const { approval: _, ...flow } = step.signIn.flow;
  const signIn = isPoll ? { ...step.signIn, flow } : step.signIn;
  if (isPoll) await signIn.ports.flows.put(flow); // it was answered, and counts once
  const proof = await showFactorOf(c, signIn, factor);
  if ('fault' in proof.verdict) context.onFault(proof.verdict.fault, flow.correlationId);
  const reason = proof.signIn === signIn ? reasonOf(proof.verdict) : undefined;
  return stateResponse(step, { method, flowToken: nextToken(context, step, proof.signIn), reason });
}

/** The step that the fields name, with them; or the answer where they name none. */
async function stepIn(
  context: ServerContext,
  c: C,
  fields: Fields,
  options?: { readonly isPoll: boolean },
): Promise<(ScriptedStep & { readonly fields: Fields }) | Response> {
  const ruling = await stepOf(context, c, fields, options);
  if (ruling.outcome !== 'passed') return stateResponse(undefined, { reason: ruling.because });
  return { ...ruling.value, fields };
}

/** What was shown; `waiting` while the other session has not answered. */
async function factorIn(
  signIn: SignInPageContext,
  method: string,
  fields: Fields,
): Promise<PresentedFactor | 'waiting' | undefined> {
  const { flow } = signIn;
  if (method === authMethodIds.oneTimeCode) return { kind: 'oneTimeCode', code: fields.additionalauthdata ?? '' };
  if (method !== authMethodIds.approval || flow.approval === undefined) return undefined;
  const ticket = await approvalOf(flow.approval, signIn);
  return ticket?.state === 'open' ? 'waiting' : { kind: 'approval', ticket: flow.approval };
}

/** Continues with what was proven: policy is asked, as after a page. */
export const processAuth: Take = async (context, c, step) => {
  const { userId, proofs } = step.signIn.flow;
  // What a live session has proven is no sign-in of this request.
  if (userId === undefined || !proofs?.length)
    return refusalResponse(context, c, because('flowUnknown', { parameter: 'ctx' }));
  return follow(context, c, step, { signIn: step.signIn, verdict: await currentVerdict(c, step.signIn, userId) });
};

async function leadsOn(c: C, signIn: SignInPageContext, way: 'oneTimeCode'): Promise<boolean> {
  if (signIn.flow.userId === undefined) return false;
  const verdict = await currentVerdict(c, signIn, signIn.flow.userId);
  return verdict.kind === 'interrupted' && waysIn(verdict).includes(way);
}

const reasonOf = (verdict: Verdict): Because =>
  verdict.kind === 'granted' ? because('factorNotAsked', { method: 'oneTimeCode' }) : verdict.because;

/** The JSON of BeginAuth and EndAuth; status 200, as clients expect. */
function stateResponse(
  step: ScriptedStep | undefined,
  {
    method = '',
    flowToken = '',
    reason,
    number = 0,
    isWaiting = false,
  }: {
    readonly method?: string;
    readonly flowToken?: string;
    readonly reason?: Because | undefined;
    /** What the user types in the other session. */
    readonly number?: number;
    readonly isWaiting?: boolean;
  },
): Response {
  const body = {
    Success: reason === undefined && !isWaiting,
    ResultValue: reason === undefined && !isWaiting ? 'Success' : 'AuthenticationPending',
    Message: reason === undefined ? null : `AADSTS${entraNumberOf(reason)}: ${userMessageOf(reason)}`,
    AuthMethodId: method,
    ErrCode: reason === undefined ? 0 : entraNumberOf(reason),
    Retry: isWaiting,
    FlowToken: flowToken,
    Ctx: step?.ctx ?? '',
    SessionId: crypto.randomUUID(),
    CorrelationId: step?.signIn.flow.correlationId ?? '',
    Timestamp: (step?.signIn.at ?? new Date()).toISOString(),
    Entropy: number,
  };
  return Response.json(body, { headers: { 'cache-control': 'no-store', 'x-ms-request-id': crypto.randomUUID() } });
}
