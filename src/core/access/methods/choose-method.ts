import type { AuthenticationMethod } from '../proof.ts';

/**
 * The order in which system-preferred authentication offers methods (SPA-2, since 18 March 2026): the strongest first.
 * Methods of one line rank alike and keep the order of the line.
 */
export const systemPreferredOrder: readonly AuthenticationMethod[] = [
  'temporaryAccessPassOneTime',
  'temporaryAccessPassMultiUse',
  'fido2',
  'windowsHelloForBusiness',
  'x509CertificateMultiFactor',
  'x509CertificateSingleFactor',
  'deviceBasedPush',
  'microsoftAuthenticatorPush',
  'softwareOath',
  'hardwareOath',
  'sms',
  'voice',
  'email',
  'qrCodePin',
  'password',
];

export interface MethodChoice {
  /** What this person may use now, in any order. */
  readonly available: readonly AuthenticationMethod[];
  /** The method of the last completed sign-in, on whatever device (MRU-3). */
  readonly mostRecentlyUsed?: string | undefined;
  /** SPA-1. `default` is Microsoft-managed: it chooses the first factor too; `enabled` only the second. */
  readonly systemPreferred: 'enabled' | 'disabled' | 'default';
  readonly factor: 'first' | 'second';
}

/**
 * Which method the page starts with, and the others behind "Other ways to sign in" (PAGE-5). System preference, where
 * it applies, outranks habit; else the most recently used method comes back by itself (MRU-1); else nothing is started
 * for the person: `preferred` is undefined and the page asks.
 */
export function chooseMethod({ available, mostRecentlyUsed, systemPreferred, factor }: MethodChoice): {
  readonly preferred: AuthenticationMethod | undefined;
  readonly others: readonly AuthenticationMethod[];
} {
  const ranking = available.toSorted((a, b) => rankOf(a) - rankOf(b));
  const bySystem = systemPreferred === 'default' || (systemPreferred === 'enabled' && factor === 'second');
  const preference = bySystem ? ranking[0] : ranking.find((method) => familyOf(method) === familyOf(mostRecentlyUsed));
  return { preferred: preference, others: ranking.filter((method) => method !== preference) };
}

function rankOf(method: AuthenticationMethod): number {
  const rank = systemPreferredOrder.indexOf(method);
  return rank < 0 ? systemPreferredOrder.length : rank;
}

/** A certificate is a certificate, however strong it was the last time. */
function familyOf(method: string | undefined): string {
  return method?.startsWith('x509Certificate') ? 'x509Certificate' : (method ?? 'none');
}
