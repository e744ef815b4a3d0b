import { defaultLifetimes } from './lifetimes.ts';

/** Milliseconds in which a redeemed refresh token may be used again by the same client from the same address. */
export const parallelUseWindow = 30_000;

/** What the record of a refresh token says of its life and of its first use. */
export interface RefreshTokenRecord {
  /** When the first token of its chain was issued, in seconds. */
  readonly iiat?: unknown;
  readonly exp?: unknown;
  readonly consumed?: unknown;
  /** When it was used, in milliseconds, and the address that used it. */
  readonly consumedAt?: unknown;
  readonly consumedBy?: unknown;
}

/** The lifetime is the mark: nothing but a browser's refresh token was ever given as short a one. */
export const isBrowserToken = ({ iiat, exp }: RefreshTokenRecord): boolean =>
  Number(exp) - Number(iiat) <= defaultLifetimes.refreshTokenInBrowser;

/**
 * How a use of a refresh token counts (RFC 9700 §4.14.2): the first; one of several at once, by threads or steps of one
 * client at one address, within {@link parallelUseWindow}; or a replay, which ends what the token stands for. A
 * single-page application never uses one twice.
 */
export function useOf(record: RefreshTokenRecord, address: string, at: Date): 'first' | 'parallel' | 'replay' {
  if (record.consumed === undefined) return 'first';
  const age = at.getTime() - Number(record.consumedAt);
  const isParallel = !isBrowserToken(record) && age <= parallelUseWindow && record.consumedBy === address;
  return isParallel ? 'parallel' : 'replay';
}
