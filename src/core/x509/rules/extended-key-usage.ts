import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../certificate.ts';
import { nameToString } from '../name.ts';

/** RFC 5280 §4.2.1.12. */
const anyExtendedKeyUsage = '2.5.29.37.0';
/** Also Microsoft's `szOID_ANY_APPLICATION_POLICY`. Critical application policies hold beside the extended key usage. */
const anyPurpose: ReadonlySet<string> = new Set([anyExtendedKeyUsage, '1.3.6.1.4.1.311.10.12.1']);

/**
 * PATH-11: a certificate that lists purposes is for those only. Asked of the leaf and of every CA above it, because a
 * CA that lists purposes issues for those only, as all of Windows and the browsers read it.
 */
export function checkExtendedKeyUsage(certificate: Certificate, requirement: string): Ruling<true> {
  const { extendedKeyUsage, applicationPolicies, subject } = certificate;
  const lists = [extendedKeyUsage, applicationPolicies].filter((list) => list !== undefined);
  const forbidding = lists.find((list) => !list.some((purpose) => purpose === requirement || anyPurpose.has(purpose)));
  if (!forbidding) return passed(true, 'extendedKeyUsageAllows', { needed: requirement });
  return refused('extendedKeyUsageForbids', {
    subject: nameToString(subject),
    needed: requirement,
    allowed: forbidding,
  });
}

/**
 * RFC 6960 §4.2.2.2: a responder for a CA has this purpose by name. Absence or any purpose would make a responder of every
 * certificate the CA ever issued.
 */
export function checkNamesPurpose({ extendedKeyUsage = [], subject }: Certificate, requirement: string): Ruling<true> {
  if (extendedKeyUsage.includes(requirement)) return passed(true, 'extendedKeyUsageAllows', { needed: requirement });
  return refused('extendedKeyUsageForbids', {
    subject: nameToString(subject),
    needed: requirement,
    allowed: extendedKeyUsage,
  });
}
