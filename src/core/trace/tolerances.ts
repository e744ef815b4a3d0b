/** A slip that is read. */
export interface ToleranceRow {
  /** What is written, as a phrase. */
  readonly slip: string;
  /** How it is read. */
  readonly reading: string;
  /** The rule that it breaks. */
  readonly rule: string;
  /** Where it was met, or which rule makes its meaning certain. */
  readonly source: string;
}

/**
 * Every slip of encoding in certificates and CRLs that is read anyway, because it has one meaning only; the trace of a
 * sign-in names it. Everything else stays strict: lengths, indefinite form, trailing bytes, duplicate extensions, times,
 * overlong UTF-8. OpenSSL reads each of these, too: the corpus and differential tests hold them against it.
 */
export const tolerances = {
  booleanTrue: {
    slip: 'BOOLEAN TRUE with a value other than FF',
    reading: 'TRUE',
    rule: 'X.690 §11.1',
    source: 'X.690 §8.2.2; cross-certificates of Carillon in the Federal PKI bundle of 2021 (cA is 01)',
  },
  defaultWritten: {
    slip: 'an encoded DEFAULT value',
    reading: 'the value, which is what its absence means',
    rule: 'X.690 §11.5',
    source:
      'X.690 §8; critical FALSE and cA FALSE of many CAs, minimum 0 of name constraints, version 1, FALSE in issuingDistributionPoint',
  },
  trailingZeroBits: {
    slip: 'zero bits at the end of a named bit list',
    reading: 'the bits that are set',
    rule: 'X.690 §11.2.2',
    source: 'X.680 §22.7; keyUsage of CAs that write whole octets',
  },
  unusedBitsSet: {
    slip: 'unused bits of a named bit list that are set',
    reading: 'the bits that are used',
    rule: 'X.690 §11.2.1',
    source: 'X.690 §8.6.2.4: the value of unused bits means nothing',
  },
  setUnsorted: {
    slip: 'a SET OF that is not sorted',
    reading: 'the same set',
    rule: 'X.690 §11.6',
    source: 'X.690 §8.12: the order means nothing; names of several attributes in one RDN',
  },
  emptyRdn: {
    slip: 'a relative distinguished name without attributes',
    reading: 'the name without it',
    rule: 'X.501 §9.3',
    source: 'OpenSSL compares and prints names without it',
  },
  emptyPolicyQualifiers: {
    slip: 'policyQualifiers without a qualifier',
    reading: 'the policy without qualifiers',
    rule: 'RFC 5280 §4.2.1.4',
    source: 'certificate templates with an empty list of qualifiers',
  },
  emptyAlternativeName: {
    slip: 'a subjectAltName without names',
    reading: 'no alternative name',
    rule: 'RFC 5280 §4.2.1.6',
    source: 'certificate templates that write the extension for users without an address',
  },
  unusableName: {
    slip: 'an alternative name in a string type or with characters that its kind does not have',
    reading: 'a name that binds to no user and meets no permitted subtree and every excluded one',
    rule: 'RFC 5280 §4.2.1.6, [MS-WCCE] §2.2.2.7.7.4',
    source: 'UPNs in IA5String, PrintableString, BMPString or T61String; mail addresses and host names beyond ASCII',
  },
  policyTwice: {
    slip: 'a certificate policy that is listed twice',
    reading: 'a certificate without that policy',
    rule: 'RFC 5280 §4.2.1.4',
    source: 'certificates whose template and profile both add the policy',
  },
  emptyRevokedCertificates: {
    slip: 'revokedCertificates without entries',
    reading: 'a CRL that revokes nothing',
    rule: 'RFC 5280 §5.1.2.6',
    source: 'CAs that write revokedCertificates even if there are no entries',
  },
  unreadableExtension: {
    slip: 'a value that cannot be read in a non-critical extension of a CRL that decides nothing',
    reading: 'the CRL without it',
    rule: 'RFC 5280 §5.2, §5.3',
    source: 'invalidityDate as UTCTime; Next CRL Publish of CA products',
  },
} as const satisfies Readonly<Record<string, ToleranceRow>>;

export type Tolerance = keyof typeof tolerances;

/** `read in spite of: …`, or nothing. Names that this version does not know are shown as they are. */
export function toleranceText(names: readonly string[] | undefined): string {
  if (!names?.length) return '';
  const slips = names.map((name) => (Object.hasOwn(tolerances, name) ? tolerances[name as Tolerance].slip : name));
  return `; accepted despite ${slips.join(', ')}`;
}
