import type { CardeaError } from '#core/trace/fault.ts';
import type { Ruling } from '#core/trace/ruling.ts';

/** What `assert.rejects` and `assert.throws` compare: whether a change was refused with this code. */
export const refusedWith = (code: string) => (problem: CardeaError) => problem.because?.code === code;

/** `passed`, or the code of what refused or interrupted. */
export const outcomeOf = (ruling: Ruling<unknown>): string =>
  ruling.outcome === 'passed' ? 'passed' : ruling.because.code;
