import { because } from '#core/trace/reasons.ts';
import type { SignInRecord } from '#model/sign-in.ts';

/** An entry of the sign-in log: a failure of Ana's, with what a test changes of it. @param at milliseconds since 1970 */
export function recordAt(at: number, change: Partial<SignInRecord> = {}): SignInRecord {
  const [correlationId, createdDateTime] = [crypto.randomUUID(), new Date(at)];
  return {
    id: crypto.randomUUID(),
    correlationId,
    createdDateTime,
    status: 'failure',
    because: because('certificateMissing', { host: 'certauth.test' }),
    userId: 'u',
    userPrincipalName: 'ana@woodgrove.test',
    userDisplayName: 'Ana',
    appId: 'a',
    appDisplayName: 'App',
    resourceId: 'r',
    ipAddress: '127.0.0.1',
    userAgent: 'test',
    isInteractive: true,
    proofs: [],
    trace: { version: 1, correlationId, at: createdDateTime.toISOString(), policyVersion: 'v', findings: [] },
    ...change,
  };
}
