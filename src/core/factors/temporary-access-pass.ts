import { type Ruling, refused, success } from '../trace/ruling.ts';

/** Limits as Graph has them for `temporaryAccessPassAuthenticationMethod`. */
export const passRules = {
  length: 12,
  minutes: { least: 10, most: 43_200, usual: 60 },
} as const;

/** When and how often a pass may be used. */
export interface PassTerms {
  readonly startDateTime: Date;
  readonly lifetimeInMinutes: number;
  readonly isUsableOnce: boolean;
  readonly isUsed: boolean;
}

/** Graph's `methodUsabilityReason`, as far as a pass by itself can tell. */
export type PassUsability = 'enabledByPolicy' | 'notYetValid' | 'expired' | 'oneTimeUsed';

export function passUsability(terms: PassTerms, at: Date): PassUsability {
  if (terms.isUsableOnce && terms.isUsed) return 'oneTimeUsed';
  if (at < terms.startDateTime) return 'notYetValid';
  return at < passEnds(terms) ? 'enabledByPolicy' : 'expired';
}

export function passEnds({ startDateTime, lifetimeInMinutes }: Pick<PassTerms, 'startDateTime' | 'lifetimeInMinutes'>) {
  return new Date(startDateTime.getTime() + lifetimeInMinutes * 60_000);
}

/** The terms of a new pass. Refuses with temporaryAccessPassInvalid. */
export function checkPassTerms({ lifetimeInMinutes }: Pick<PassTerms, 'lifetimeInMinutes'>): Ruling<void> {
  const { least, most } = passRules.minutes;
  const isRight = Number.isInteger(lifetimeInMinutes) && lifetimeInMinutes >= least && lifetimeInMinutes <= most;
  return isRight ? success() : refused('temporaryAccessPassInvalid', { minutes: lifetimeInMinutes, least, most });
}

/** No letter that is taken for another: a pass is read out over the telephone. 32 of them, so every byte counts alike. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A pass of five bits a byte; twelve of them are sixty bits. */
export function passFrom(random: Uint8Array): string {
  return [...random].map((byte) => alphabet[byte % 32]).join('');
}

/** As it was issued, however it was typed. */
export function passTyped(typedText: string): string {
  return typedText.replaceAll(/[\s-]/gu, '').toUpperCase();
}
