import { entraNumberOf, messageOf, remedyOf } from './fault.ts';
import { type Because, type Code, reasonOf } from './reasons.ts';
import { type Reference, referencesOf } from './reference.ts';
import { type StepName, steps } from './ruling.ts';
import type { Finding, Trace } from './trace.ts';

/** One line of a trace in words: what `cardea explain` prints and what Graph answers. */
export interface TraceStep {
  readonly step: StepName;
  /** A revocation step that passed without looking up every certificate is `reported`: it is not shown with a tick. */
  readonly state: Finding['outcome'] | 'notReached';
  /** ISO 8601 in UTC: when the sign-in was evaluated. Null for a step that was not reached, as all that follows. */
  readonly at: string | null;
  readonly code: Code | null;
  /** AADSTS number of a refusal; 0 for everything else. */
  readonly errorCode: number;
  readonly text: string | null;
  readonly evidence: unknown;
  /** The rules that were applied, as the reason cites them, and where each can be read. */
  readonly reference: string | null;
  readonly references: readonly Reference[];
  readonly remedy: string | null;
}

/** Every finding of a trace in its order, then the steps that were not reached. */
export function traceSteps({ findings, at }: Trace): readonly TraceStep[] {
  const reached = new Set<StepName>(findings.map(({ step }) => step));
  const missing = steps.filter((step) => !reached.has(step));
  return [...findings.map((finding) => stepOf(finding, at)), ...missing.map(notReached)];
}

function stepOf({ step, outcome, because }: Finding, at: string): TraceStep {
  const reference = citationOf(because);
  return {
    step,
    state: outcome === 'passed' && isUnchecked(because) ? 'reported' : outcome,
    at,
    code: because.code,
    errorCode: outcome === 'refused' ? entraNumberOf(because) : 0,
    text: messageOf(because),
    evidence: because.evidence,
    reference: reference === '' ? null : reference,
    references: referencesOf(reference),
    remedy: outcome === 'refused' ? (remedyOf(because) ?? null) : null,
  };
}

/** Whether the revocation of a certificate on the path was not looked up: its CA has no CRL address, or is exempt. */
const isUnchecked = ({ code, evidence }: Because): boolean =>
  code === 'revocationChecked' && (evidence as { unchecked: readonly string[] }).unchecked.length > 0;

const notReached = (step: StepName): TraceStep => ({
  step,
  state: 'notReached',
  at: null,
  code: null,
  errorCode: 0,
  text: null,
  evidence: null,
  reference: null,
  references: [],
  remedy: null,
});

/** A reason that this version does not know cites nothing. */
const citationOf = ({ code }: Because): string => reasonOf(code)?.references ?? '';
