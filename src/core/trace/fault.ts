import { type Because, because, type Code, type EvidenceOf, hasReason, reasonOf } from './reasons.ts';

/** The typed error of everything that is not a sign-in: bad input, bad configuration, a store that cannot be used. */
export class CardeaError extends Error {
  readonly because: Because;
  constructor(reason: Because, options?: ErrorOptions) {
    super(messageOf(reason), options);
    this.name = 'CardeaError';
    this.because = reason;
  }
}

/** `throw fault('dataFolderInUse', { folder })` */
export function fault<C extends Code>(code: C, evidence: EvidenceOf<C>, cause?: unknown): CardeaError {
  return new CardeaError(because(code, evidence), cause === undefined ? undefined : { cause });
}

/** The message for the operator, made from the table now. A code this version does not know says so. */
export function messageOf({ code, evidence }: Because): string {
  return reasonOf(code)?.message(evidence) ?? `unknown reason "${code}"`;
}

/** What to do about it; undefined where nothing needs doing. */
export function remedyOf({ code }: Because): string | undefined {
  return reasonOf(code)?.remedy;
}

/** Certificate validation failed: where Entra has no number of its own. */
const usualNumber = 50017;

/** The AADSTS number. */
export function entraNumberOf({ code }: Because): number {
  return reasonOf(code)?.entra ?? usualNumber;
}

/** Whether a reason has this AADSTS number. */
export const isEntraNumber = (number: number): boolean => hasReason(({ entra = usualNumber }) => entra === number);

/** What a person reads of a reason that has no sentence of its own. */
const defaultMessage =
  'Your certificate could not be validated. Choose another certificate or contact your administrator.';

/** One sentence for the person at the keyboard: never another user, never which binding rule exists. */
export function userMessageOf({ code }: Because, otherwise: string = defaultMessage): string {
  return reasonOf(code)?.userMessage ?? otherwise;
}
