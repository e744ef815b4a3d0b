import type { GraphProblem } from './errors.ts';

/** A change that the guard refused, and the administrator who decides whether it is made anyway. */
export interface ForceQuestion {
  readonly problem: GraphProblem;
  readonly answer: (isForced: boolean) => void;
}

let question: ForceQuestion | undefined;
const listeners = new Set<() => void>();
const publish = (next: ForceQuestion | undefined) => {
  question = next;
  for (const listener of listeners) listener();
};

/** For `useSyncExternalStore`. */
export const forceQuestions = {
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  current: () => question,
};

/** Asks whether a change that the guard refused is made anyway. One question is open at a time; others are refused. */
export function askToForce(problem: GraphProblem): Promise<boolean> {
  if (question) return Promise.resolve(false);
  return new Promise((resolve) => {
    const answer = (isForced: boolean) => {
      publish(undefined);
      resolve(isForced);
    };
    publish({ problem, answer });
  });
}
