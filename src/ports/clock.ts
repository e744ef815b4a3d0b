import type { Finding } from '#core/trace/trace.ts';

export interface Clock {
  now(): Date;
}

/** Measures the steps of sign-ins. */
export interface StepTimes {
  /** A sign-in begins. The answer is called with the finding of each step when the step has ended. */
  begin(): (finding: Finding) => void;
}
