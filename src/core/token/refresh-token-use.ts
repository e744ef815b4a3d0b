import { brokerAppId } from '../directory/well-known-applications.ts';
import { defaultLifetimes } from './lifetimes.ts';
import type { RefreshTokenRecord } from './provider-records.ts';

/** Milliseconds in which a redeemed refresh token may be used again by the same client from the same address. */
export const parallelUseWindow = 30_000;

/** Clients with a window of their own, by `client_id`; in milliseconds. */
const windowsOfClients: Readonly<Record<string, number>> = {
  // Brokers enroll a device with a refresh token and then get the primary refresh token with the same one (windows-sign-in
  // §5.3). In between they make keys in a TPM, request a certificate and may ask the user for a PIN, which takes minutes.
  // Entra takes an earlier refresh token until its end.
  [brokerAppId]: 10 * 60_000,
};

/** Milliseconds in which this client may use a redeemed refresh token again, from the same address. */
export const reuseWindowOf = (clientId: unknown): number =>
  (typeof clientId === 'string' ? windowsOfClients[clientId] : undefined) ?? parallelUseWindow;

/** The lifetime is the mark: nothing but a browser's refresh token was ever given as short a one. */
export const isBrowserToken = ({ iiat, exp }: Pick<RefreshTokenRecord, 'iiat' | 'exp'>): boolean =>
  Number(exp) - Number(iiat) <= defaultLifetimes.refreshTokenInBrowser;

/**
 * How a use of a refresh token counts (RFC 9700 §4.14.2): the first; one of several at once, by threads or steps of one
 * client at one address, within {@link reuseWindowOf} its client; or a replay, which ends what the token stands for. A
 * single-page application never uses one twice.
 */
export function useOf(record: RefreshTokenRecord, address: string, at: Date): 'first' | 'parallel' | 'replay' {
  if (record.consumed === undefined) return 'first';
  const age = at.getTime() - Number(record.consumedAt);
  const isParallel = !isBrowserToken(record) && age <= reuseWindowOf(record.clientId) && record.consumedBy === address;
  return isParallel ? 'parallel' : 'replay';
}
