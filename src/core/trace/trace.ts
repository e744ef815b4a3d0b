import type { Because } from './reasons.ts';
import type { Interruption, Refusal, Ruling, StepName } from './ruling.ts';

/** One line of the trace: a step, how it ended, and why. `reported` informs and decides nothing. */
export interface Finding {
  readonly step: StepName;
  readonly outcome: 'passed' | 'refused' | 'interrupted' | 'reported';
  readonly because: Because;
}

/** The trace of one sign-in: what the page, the log and `cardea explain` all read. `at` is ISO 8601 in UTC. */
export interface Trace {
  readonly version: 1;
  readonly correlationId: string;
  readonly at: string;
  readonly policyVersion: string;
  readonly findings: readonly Finding[];
}

/** Thrown by {@link TraceInProgress.require} to leave the sign-in at the step that did not pass. */
export class Stopped extends Error {
  readonly ruling: Refusal | Interruption;
  constructor(ruling: Refusal | Interruption) {
    super(ruling.because.code);
    this.ruling = ruling;
  }
}

/** Writes the trace while the sign-in is decided: there is no way past a step without leaving a finding. */
export class TraceInProgress {
  readonly #correlationId: string;
  readonly #at: Date;
  readonly #findings: Finding[] = [];
  readonly #onStep: (finding: Finding) => void;
  #policyVersion = 'none';

  /** @param onStep is called when a step has ended; facts that are only reported end none */
  constructor(correlationId: string, at: Date, onStep: (finding: Finding) => void = () => undefined) {
    this.#correlationId = correlationId;
    this.#at = at;
    this.#onStep = onStep;
  }

  /** Notes which snapshot of policy decides; until then the trace says "none". */
  decidedBy(policyVersion: string): void {
    this.#policyVersion = policyVersion;
  }

  /** Notes the ruling and returns its value; a refusal or interruption is noted and thrown as {@link Stopped}. */
  require<T>(step: StepName, ruling: Ruling<T>): T {
    this.note(step, ruling.outcome, ruling.because);
    if (ruling.outcome === 'passed') return ruling.value;
    throw new Stopped(ruling);
  }

  /** Notes facts that inform and decide nothing. */
  report(step: StepName, ...facts: readonly Because[]): void {
    for (const fact of facts) this.#findings.push({ step, outcome: 'reported', because: fact });
  }

  /** Notes what was decided outside any ruling: a fault of ours, a certificate asked for, an application's own sign-in. */
  note(step: StepName, outcome: 'passed' | 'refused' | 'interrupted', reason: Because): void {
    const finding = { step, outcome, because: reason };
    this.#findings.push(finding);
    this.#onStep(finding);
  }

  /** The last step that left a finding; where a fault is written down. */
  get step(): StepName {
    return this.#findings.at(-1)?.step ?? 'certificate';
  }

  close(): Trace {
    return {
      version: 1,
      correlationId: this.#correlationId,
      at: isoTime(this.#at),
      policyVersion: this.#policyVersion,
      findings: [...this.#findings],
    };
  }
}

/** ISO 8601, also for a clock that is out of its mind (before year 0, not a number): the log must still take the row. */
function isoTime(at: Date): string {
  return Number.isNaN(at.getTime()) ? '1970-01-01T00:00:00.000Z' : at.toISOString();
}
