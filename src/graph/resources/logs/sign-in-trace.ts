import { authorise } from '#core/roles/authorise.ts';
import { fault, messageOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { signInNumber } from '#core/trace/sign-in-number.ts';
import type { Trace } from '#core/trace/trace.ts';
import { type TraceStep, traceSteps } from '#core/trace/trace-steps.ts';
import type { Verdict } from '#core/verdict.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { reevaluate } from '#signin/reevaluate.ts';
import { contextOf } from '../../protocol/answers.ts';
import { readNoBody } from '../../protocol/body.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';

/** The entry that the path names. @throws graphObjectMissing */
export async function signInOf(call: Call, key = 'id'): Promise<SignInRecord> {
  const id = keyText(call, key);
  const record = await call.ports.signInLog.find(id);
  if (!record) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return record;
}

/**
 * The steps that the caller may see: what to do about a refusal, and which Conditional Access policies there are, is for
 * those who read policies (graph-api §12.1).
 */
function stepsFor({ caller }: Call, trace: Trace): readonly TraceStep[] {
  if (authorise(caller, needs.readPolicies).outcome === 'passed') return traceSteps(trace);
  return traceSteps(trace)
    .filter(({ step, state }) => !(step === 'access' && state === 'reported'))
    .map((step) => ({ ...step, remedy: null, ...(step.step === 'access' ? { evidence: null } : {}) }));
}

const outcomes = { success: 'granted', failure: 'refused', interrupted: 'interrupted' } as const;

/** What an entry came to, in the words of a dry run. */
const outcomeOf = ({ status, because: reason }: SignInRecord) =>
  outcome(outcomes[status], status === 'success' ? undefined : reason, signInNumber(status, reason));

function outcome(kind: string, reason: Because | undefined, errorCode: number) {
  return { outcome: kind, code: reason?.code ?? null, errorCode, reasonText: reason ? messageOf(reason) : null };
}

function outcomeOfVerdict(verdict: Verdict) {
  if (verdict.kind === 'granted') return outcome('granted', undefined, 0);
  const status = verdict.kind === 'refused' ? 'failure' : 'interrupted';
  return outcome(verdict.kind, verdict.because, signInNumber(status, verdict.because));
}

async function showTrace(call: Call): Promise<Answer> {
  const record = await signInOf(call);
  const { policyVersion, at, correlationId } = record.trace;
  const steps = stepsFor(call, record.trace);
  const body = { id: record.id, correlationId, at, policyVersion, steps, verdict: outcomeOf(record) };
  return { status: 200, body: { ...contextOf(call, 'cardea.signInTrace'), ...body } };
}

/** Beyond Entra: how the sign-in would end under today's policy. The log, the directory and the policy stay as they are. */
async function answerReevaluation(call: Call): Promise<Answer> {
  await readNoBody(call);
  const record = await signInOf(call);
  const ruling = await reevaluate(record, call);
  const before = outcomeOf(record);
  const context = contextOf(call, 'cardea.signInReevaluation');
  if (ruling.outcome !== 'passed') {
    const after = outcome('undetermined', ruling.because, 0);
    return { status: 200, body: { ...context, before, after, trace: null } };
  }
  const { verdict } = ruling.value;
  const trace = { policyVersion: verdict.trace.policyVersion, steps: stepsFor(call, verdict.trace) };
  return { status: 200, body: { ...context, before, after: outcomeOfVerdict(verdict), trace } };
}

export const signInTraceRoutes: readonly Route[] = [
  { method: 'GET', path: 'auditlogs/signins/{id}/trace', need: needs.readSignIns, answer: showTrace },
  {
    method: 'POST',
    path: 'auditlogs/signins/{id}/reevaluate',
    need: needs.reevaluateSignIns,
    answer: answerReevaluation,
    unguarded: 'reads only',
  },
];
