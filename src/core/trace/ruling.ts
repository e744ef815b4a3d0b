import { CardeaError } from './fault.ts';
import { type Because, because, type Code, type EvidenceOf } from './reasons.ts';

/** The steps of a sign-in, in the order of specification Appendix B. */
export const steps = ['certificate', 'path', 'revocation', 'account', 'strength', 'user', 'access'] as const;
/** A step of a sign-in. `device` comes first, in sign-ins of a registered device alone. */
export type StepName = (typeof steps)[number] | 'device';

/** What a person can be asked to do before the answer can be yes. */
export interface Challenge {
  readonly kind: 'certificate' | 'secondFactor' | 'termsOfUse';
  /** Methods with which the person can continue from here, the shortest way first; absent where any will do. */
  readonly methods?: readonly string[];
}

export interface Passed<T> {
  readonly outcome: 'passed';
  readonly because: Because;
  readonly value: T;
}
export interface Refusal {
  readonly outcome: 'refused';
  readonly because: Because;
  /** What was thrown below, such as an error of the network; absent where nothing was. Never shown. */
  readonly cause?: unknown;
}
export interface Interruption {
  readonly outcome: 'interrupted';
  readonly because: Because;
  readonly ask: Challenge;
}
/** A decision: passed with a value, refused, or interrupted ("do this first"), always with its reason. */
export type Ruling<T> = Passed<T> | Refusal | Interruption;

export function passed<T, C extends Code>(value: T, code: C, evidence: EvidenceOf<C>): Passed<T> {
  return { outcome: 'passed', because: because(code, evidence), value };
}
export function refused<C extends Code>(code: C, evidence: EvidenceOf<C>): Refusal {
  return { outcome: 'refused', because: because(code, evidence) };
}
export function interrupted<C extends Code>(ask: Challenge, code: C, evidence: EvidenceOf<C>): Interruption {
  return { outcome: 'interrupted', because: because(code, evidence), ask };
}

/** A change that is made or a rule that is met: it has a value, and no reason worth a line of its own. */
export function success(): Passed<void>;
export function success<T>(value: T): Passed<T>;
export function success<T>(value?: T): Passed<T | undefined> {
  return passed(value, 'rulesMet', {});
}
/** A refusal for a reason that is already there. */
export const refusedFor = (reason: Because, cause?: unknown): Refusal => ({
  outcome: 'refused',
  because: reason,
  ...(cause === undefined ? {} : { cause }),
});

/** The first of these that did not pass. They are evaluated beforehand, so each is a check that costs nothing. */
export function firstRefusal(...rulings: readonly Ruling<unknown>[]): Ruling<void> {
  for (const ruling of rulings) if (ruling.outcome !== 'passed') return ruling;
  return success();
}

/** The values of all of these, when every one passed; otherwise the first that did not. */
export function allPassed<T>(rulings: readonly Ruling<T>[]): Ruling<readonly T[]> {
  const values: T[] = [];
  for (const ruling of rulings)
    if (ruling.outcome === 'passed') values.push(ruling.value);
    else return ruling;
  return success(values);
}

/**
 * The value of a ruling that passed. For an edge, which answers what is thrown: Graph, the command line, pages, scheduled tasks.
 * @throws CardeaError with the reason of the ruling
 */
export function orThrow<T>(ruling: Ruling<T>): T {
  if (ruling.outcome === 'passed') return ruling.value;
  const { cause } = ruling.outcome === 'refused' ? ruling : {};
  throw new CardeaError(ruling.because, cause === undefined ? undefined : { cause });
}
