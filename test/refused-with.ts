import type { CardeaError } from '#core/trace/fault.ts';

/** What `assert.rejects` and `assert.throws` compare: whether a change was refused with this code. */
export const refusedWith = (code: string) => (problem: CardeaError) => problem.because?.code === code;
