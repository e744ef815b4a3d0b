import { numericClaim } from './compact-jws.ts';

/** Seconds that the clocks of a device and of this server may differ (windows-sign-in §4.7). */
export const clockSkew = 300;

/** What is wrong with `exp` and `nbf`, where they are there (RFC 7519 §4.1.4, §4.1.5); undefined when nothing is. */
export function timesProblem(payload: Readonly<Record<string, unknown>>, at: Date): string | undefined {
  const now = at.getTime() / 1000;
  for (const name of ['exp', 'nbf'])
    if (payload[name] !== undefined && numericClaim(payload, name) === undefined) return `${name} is not a time`;
  const [expires, starts] = [numericClaim(payload, 'exp'), numericClaim(payload, 'nbf')];
  if (expires !== undefined && expires < now - clockSkew) return 'it has expired';
  return starts !== undefined && starts > now + clockSkew ? 'nbf is in the future' : undefined;
}
