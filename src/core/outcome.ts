import type { AuthenticationMethod } from './access/proof.ts';
import { messageOf } from './trace/fault.ts';
import type { Code } from './trace/reasons.ts';
import type { Verdict } from './verdict.ts';

/** What a sign-in came to, short enough to compare two. */
export interface Outcome {
  /** `undetermined`: only a list or a responder that was not asked could tell. */
  readonly kind: 'granted' | 'interrupted' | 'refused' | 'undetermined';
  /** Why, for all but a grant. */
  readonly code?: Code;
  /** The same in words, with the evidence. Two outcomes may differ in it and be the same. */
  readonly reasonText?: string;
  /** What the certificate counts as, where it counted at all. */
  readonly method?: AuthenticationMethod;
}

/** Codes that state that a dry run downloads nothing, and nothing about the certificate. */
const unavailable: ReadonlySet<Code> = new Set(['crlNotKept', 'ocspNotAsked']);

/** The outcome of a verdict. */
export function outcomeOf(verdict: Verdict): Outcome {
  if (verdict.kind === 'refused') {
    const { code } = verdict.because;
    return { kind: unavailable.has(code) ? 'undetermined' : 'refused', code, reasonText: messageOf(verdict.because) };
  }
  const method = verdict.proofs.at(-1)?.method;
  const description = method === undefined ? {} : { method };
  if (verdict.kind === 'granted') return { kind: 'granted', ...description };
  const { because } = verdict;
  return { kind: 'interrupted', code: because.code, reasonText: messageOf(because), ...description };
}

/** Would the person notice? Also that a certificate counts as another method, or that something else is asked for. */
export const isSameOutcome = (outcome: Outcome, second: Outcome): boolean =>
  outcome.kind === second.kind && outcome.code === second.code && outcome.method === second.method;
