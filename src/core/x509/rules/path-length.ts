import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../certificate.ts';
import { nameToString } from '../name.ts';
import { isSelfIssued } from './self-issued.ts';

/**
 * RFC 5280 §6.1.4 (l), (m): how many CAs may still follow this one. Self-issued certificates, which only change a key,
 * do not count. `allowed` is what the CAs above left; the value is what this one leaves.
 */
export function spendPathLength(ca: Certificate, allowedValues: number): Ruling<number> {
  if (!isSelfIssued(ca) && allowedValues === 0)
    return refused('pathLengthExceeded', { subject: nameToString(ca.subject) });
  const left = isSelfIssued(ca) ? allowedValues : allowedValues - 1;
  const limit = ca.basicConstraints?.pathLength ?? Number.POSITIVE_INFINITY;
  return passed(Math.min(left, limit), 'pathLengthKept', {});
}
