import { entraNumberOf, sentenceOf } from '#core/trace/fault.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { Verdict } from '#core/verdict.ts';
import { showFactorOf, verdictNow } from '../sign-in/proven.ts';
import { waysIn } from '../sign-in/second-factor-ways.ts';
import { type C, refuse, type SignInContext } from '../sign-in/sign-in-context.ts';
import { authMethodIds, refusalResponse } from './answers.ts';
import { follow, type Scripted, type Take } from './onward.ts';
import { fieldsOf, isForeign, nextToken, type ScriptedStep, stepOf } from './scripted-context.ts';

/** Begins a further factor. A one-time code needs nothing to begin; every other method is refused here. */
export async function beginAuth({ context }: Scripted, c: C): Promise<Response> {
  const fields = await fieldsOf(c);
  if (isForeign(context, c)) return refuse(context, c, because('browserForeign', { interaction: '' }), { status: 403 });
  const step = await stepOf(context, c, fields);
  if ('code' in step) return stateResponse(undefined, { reason: step });
  const method = fields.get('authmethodid') ?? '';
  const next = nextToken(context, step, step.signIn);
  const isOpen = method === authMethodIds.oneTimeCode && (await leadsOn(c, step.signIn, 'oneTimeCode'));
  const reason = isOpen ? undefined : because('factorNotAsked', { method: method.slice(0, 100) });
  return stateResponse(step, { method, flowToken: next, reason });
}

/** Takes the one-time code. A wrong one may be corrected with the flow token of the answer. */
export async function endAuth({ context }: Scripted, c: C): Promise<Response> {
  const fields = await fieldsOf(c);
  if (isForeign(context, c)) return refuse(context, c, because('browserForeign', { interaction: '' }), { status: 403 });
  const step = await stepOf(context, c, fields);
  if ('code' in step) return stateResponse(undefined, { reason: step });
  const method = fields.get('authmethodid') ?? '';
  const isCode = method === authMethodIds.oneTimeCode && step.signIn.flow.userId !== undefined;
  if (!isCode) {
    const reason = because('factorNotAsked', { method: method.slice(0, 100) });
    return stateResponse(step, { method, flowToken: nextToken(context, step, step.signIn), reason });
  }
  const code = fields.get('additionalauthdata') ?? '';
  const proof = await showFactorOf(c, step.signIn, { kind: 'oneTimeCode', code });
  if ('fault' in proof.verdict) context.onFault(proof.verdict.fault, step.signIn.flow.correlationId);
  const reason = proof.signIn === step.signIn ? reasonOf(proof.verdict) : undefined;
  return stateResponse(step, { method, flowToken: nextToken(context, step, proof.signIn), reason });
}

/** Goes on with what was proven: policy is asked, as after a page. */
export const processAuth: Take = async (scripted, c, step) => {
  const { userId, proofs } = step.signIn.flow;
  // What a live session has proven is no sign-in of this request.
  if (userId === undefined || !proofs?.length)
    return refusalResponse(scripted.context, c, because('flowUnknown', { parameter: 'ctx' }));
  return follow(scripted, c, step, { signIn: step.signIn, verdict: await verdictNow(c, step.signIn, userId) });
};

async function leadsOn(c: C, signIn: SignInContext, way: 'oneTimeCode'): Promise<boolean> {
  if (signIn.flow.userId === undefined) return false;
  const verdict = await verdictNow(c, signIn, signIn.flow.userId);
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
  }: { readonly method?: string; readonly flowToken?: string; readonly reason?: Because | undefined },
): Response {
  const body = {
    Success: reason === undefined,
    ResultValue: reason === undefined ? 'Success' : 'AuthenticationPending',
    Message: reason === undefined ? null : `AADSTS${entraNumberOf(reason)}: ${sentenceOf(reason)}`,
    AuthMethodId: method,
    ErrCode: reason === undefined ? 0 : entraNumberOf(reason),
    Retry: false,
    FlowToken: flowToken,
    Ctx: step?.ctx ?? '',
    SessionId: crypto.randomUUID(),
    CorrelationId: step?.signIn.flow.correlationId ?? '',
    Timestamp: (step?.signIn.at ?? new Date()).toISOString(),
    Entropy: 0,
  };
  return Response.json(body, { headers: { 'cache-control': 'no-store', 'x-ms-request-id': crypto.randomUUID() } });
}
