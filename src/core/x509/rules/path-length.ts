import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../certificate.ts';
import { nameToString } from '../name.ts';
import { isSelfIssued } from './self-issued.ts';

/**
 * RFC 5280 §6.1.4 (l), (m): how many CAs may still follow this one. Self-issued certificates, which only change a key,
 * do not count. `allowed` is what the CAs above left; the value is what this one leaves.
 */
export function spendPathLength(ca: Certificate, allowed: number): Ruling<number> {
  if (!isSelfIssued(ca) && allowed === 0) return refused('pathLengthExceeded', { subject: nameToString(ca.subject) });
  const left = isSelfIssued(ca) ? allowed : allowed - 1;
  const own = ca.basicConstraints?.pathLength ?? Number.POSITIVE_INFINITY;
  return passed(Math.min(left, own), 'pathLengthKept', {});
}
