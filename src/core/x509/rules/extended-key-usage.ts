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
  const forbidding = purposeLists(certificate).find(
    (list) => !list.some((purpose) => purpose === requirement || anyPurpose.has(purpose)),
  );
  if (!forbidding) return passed(true, 'extendedKeyUsageAllows', { needed: requirement });
  return forbids(certificate, requirement, forbidding);
}

/**
 * Windows reads application policies instead of the extended key usage, so that a requester who adds some widens what the
 * certificate is for (CVE-2024-49019). Here each list that must be obeyed can only narrow the other.
 */
const purposeLists = ({ extendedKeyUsage, applicationPolicies }: Certificate): readonly (readonly string[])[] =>
  [extendedKeyUsage, applicationPolicies].filter((list) => list !== undefined);

/**
 * RFC 6960 §4.2.2.2: a responder for a CA has this purpose by name. Absence or any purpose would make a responder of every
 * certificate the CA ever issued.
 */
export function checkNamesPurpose(certificate: Certificate, requirement: string): Ruling<true> {
  const { extendedKeyUsage = [] } = certificate;
  if (!extendedKeyUsage.includes(requirement)) return forbids(certificate, requirement, extendedKeyUsage);
  return checkExtendedKeyUsage(certificate, requirement);
}

const forbids = ({ subject }: Certificate, needed: string, allowed: readonly string[]): Ruling<never> =>
  refused('extendedKeyUsageForbids', { subject: nameToString(subject), needed, allowed });
