import { hexOf } from '../../hex.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { AffinityLevel, UserProperty, X509CertificateField } from '../policy.ts';
import { windowsName } from './distinguished-name.ts';
import { userPrincipalNameKey } from './user-principal-name.ts';

/** What is known of a certificate field a username binding may read (specification §5.1, §5.5). */
export interface CertificateField {
  /** How hard the value is to use again: a fact about the field, not about the rule. */
  readonly affinity: AffinityLevel;
  readonly properties: readonly UserProperty[];
  /** Every value the certificate carries, in its order; empty when the field is absent. A SAN may repeat (UB-30). */
  read(certificate: Certificate): readonly string[];
  /** The value as certificateUserIds spell it, given one that `read` returned. */
  certificateUserId(value: string): string;
}

const anyProperty: readonly UserProperty[] = ['userPrincipalName', 'onPremisesUserPrincipalName', 'certificateUserIds'];
const onlyCertificateUserIds: readonly UserProperty[] = ['certificateUserIds'];
const userPrincipalNameOid = '1.3.6.1.4.1.311.20.2.3';

export const certificateFields: Readonly<Record<X509CertificateField, CertificateField>> = {
  PrincipalName: {
    affinity: 'low',
    properties: anyProperty,
    read: (c) =>
      usable(
        c.subjectAltName.map((n) => (n.kind === 'otherName' && n.oid === userPrincipalNameOid ? n.text : undefined)),
      ),
    certificateUserId: (value) => `X509:<PN>${value}`,
  },
  RFC822Name: {
    affinity: 'low',
    properties: anyProperty,
    read: (c) => usable(c.subjectAltName.map((n) => (n.kind === 'rfc822Name' ? n.text : undefined))),
    certificateUserId: (value) => `X509:<RFC822>${value}`,
  },
  IssuerAndSubject: {
    affinity: 'low',
    properties: onlyCertificateUserIds,
    read: (c) => pair(windowsName(c.issuer), '<S>', windowsName(c.subject)),
    certificateUserId: (value) => `X509:<I>${value}`,
  },
  Subject: {
    affinity: 'low',
    properties: onlyCertificateUserIds,
    read: (c) => present(windowsName(c.subject)),
    certificateUserId: (value) => `X509:<S>${value}`,
  },
  SubjectKeyIdentifier: {
    affinity: 'high',
    properties: onlyCertificateUserIds,
    read: (c) => present(c.subjectKeyIdentifier && hexOf(c.subjectKeyIdentifier)),
    certificateUserId: (value) => `X509:<SKI>${value}`,
  },
  // Despite its name the SHA-1 of the whole certificate, its thumbprint (§5.5).
  SHA1PublicKey: {
    affinity: 'high',
    properties: onlyCertificateUserIds,
    read: (c) => present(c.sha1Thumbprint),
    certificateUserId: (value) => `X509:<SHA1-PUKEY>${value}`,
  },
  IssuerAndSerialNumber: {
    affinity: 'high',
    properties: onlyCertificateUserIds,
    read: (c) => pair(windowsName(c.issuer), '<SR>', reversedSerialNumber(c)),
    certificateUserId: (value) => `X509:<I>${value}`,
  },
};

/** The names of the seven fields. */
export const certificateFieldNames = Object.keys(certificateFields) as readonly X509CertificateField[];

/**
 * The serial number big-endian in upper-case hex, without the leading zero octet DER adds for the sign. A negative one has
 * a minus sign before its two's complement: −1 and 255 are different serial numbers.
 */
export function serialNumberHex(certificate: Pick<Certificate, 'serialNumber'>): string {
  const hex = hexOf(certificate.serialNumber);
  return (certificate.serialNumber[0] ?? 0) >= 0x80 ? `-${hex}` : hex.replace(/^(?:00)+(?=..)/u, '');
}

/**
 * Least significant octet first, lower case, as altSecurityIdentities has it (§5.5, D-9). Empty for a negative number: the
 * form has no sign, and its octets would be those of a positive one.
 */
function reversedSerialNumber(certificate: Certificate): string {
  if ((certificate.serialNumber[0] ?? 0) >= 0x80) return '';
  return (serialNumberHex(certificate).match(/../gu) ?? []).toReversed().join('').toLowerCase();
}

function usable(texts: readonly (string | undefined)[]): readonly string[] {
  return texts.filter((text) => text !== undefined && userPrincipalNameKey(text) !== undefined) as string[];
}

function present(value: string | undefined): readonly string[] {
  return value ? [value] : [];
}

function pair(first: string | undefined, tag: string, second: string | undefined): readonly string[] {
  return first && second ? [`${first}${tag}${second}`] : [];
}
