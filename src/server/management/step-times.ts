import type { StepName } from '#core/trace/ruling.ts';
import type { StepTimes } from '#ports/clock.ts';

/** A step of a sign-in that has ended. */
export interface EndedStep {
  readonly outcome: string;
  /** Code of the reason. */
  readonly code: string;
  readonly milliseconds: number;
}

/** Hears of the steps of sign-ins. */
export interface StepObserver {
  ended(step: StepName, ended: EndedStep): void;
}

/** Measures each step from the end of the one before. */
export const stepTimes = (observers: readonly StepObserver[]): StepTimes => ({
  begin() {
    let last = performance.now();
    return ({ step, outcome, because: { code } }) => {
      const now = performance.now();
      for (const observer of observers) observer.ended(step, { outcome, code, milliseconds: now - last });
      last = now;
    };
  },
});
