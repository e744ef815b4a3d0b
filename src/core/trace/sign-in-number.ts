import { entraNumberOf, isEntraNumber } from './fault.ts';
import type { Because } from './reasons.ts';

/** Something was asked of the person that has no number of its own: AADSTS50058, the sign-in is not finished. */
const interruptedNumber = 50058;

/** The number a sign-in is found by in the log (Graph: `status.errorCode`): 0 for a success, and only for one. */
export function signInNumber(status: 'success' | 'failure' | 'interrupted', because: Because): number {
  return status === 'success' ? 0 : entraNumberOf(because) || interruptedNumber;
}

/** Whether an entry of this version can have the number. */
export const isSignInNumber = (number: number): boolean =>
  number === 0 || number === interruptedNumber || isEntraNumber(number);
