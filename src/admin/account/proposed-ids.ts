import { certificateFields } from '#core/binding/identifiers/certificate-fields.ts';
import { certificateUserIdKey, certificateUserIdLimits } from '#core/binding/identifiers/certificate-user-ids.ts';
import type { UserBinding, X509CertificateField } from '#core/binding/policy.ts';
import type { User } from '#core/binding/user.ts';
import type { Certificate } from '#core/x509/certificate.ts';

/** Fields that are hard to use again, the shortest value first; the tenant's own order of bindings goes before it. */
const usualOrder: readonly X509CertificateField[] = ['SubjectKeyIdentifier', 'SHA1PublicKey', 'IssuerAndSerialNumber'];

/**
 * The high-affinity certificateUserIds that would bind a certificate to its user (UB-5), the one that the tenant's bindings read
 * first at the beginning. Empty when the user has one of them already, or can have no more values (UB-14).
 */
export function proposedIdsOf(
  certificate: Certificate,
  user: Pick<User, 'certificateUserIds'>,
  bindings: readonly UserBinding[],
): readonly string[] {
  const ids = highAffinityIdsOf(certificate, bindings);
  const heldKeys = new Set(user.certificateUserIds.map(certificateUserIdKey));
  const isFull = user.certificateUserIds.length >= certificateUserIdLimits.values;
  return isFull || ids.some((id) => heldKeys.has(certificateUserIdKey(id))) ? [] : ids;
}

/** Every high-affinity value of a certificate, as certificateUserIds spell it. */
export function highAffinityIdsOf(certificate: Certificate, bindings: readonly UserBinding[]): readonly string[] {
  const configuredFields = bindings
    .filter(({ userProperty }) => userProperty === 'certificateUserIds')
    .toSorted((first, second) => first.priority - second.priority)
    .map(({ x509CertificateField }) => x509CertificateField);
  const fields = [...new Set([...configuredFields, ...usualOrder])];
  return fields
    .filter((field) => certificateFields[field]?.affinity === 'high')
    .flatMap((field) => certificateFields[field].read(certificate).map(certificateFields[field].certificateUserId));
}
