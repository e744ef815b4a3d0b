import { hash } from 'node:crypto';
import { DerError, DerReader, type Notes } from '../asn1/der.ts';
import { contextConstructed, contextPrimitive, tags } from '../asn1/tags.ts';
import { hexOf } from '../hex.ts';
import { passed, type Ruling, refused } from '../trace/ruling.ts';
import type { Tolerance } from '../trace/tolerances.ts';
import {
  type BasicConstraints,
  type Extension,
  extensionIds,
  type KeyUsage,
  type NameConstraints,
  type PolicyConstraints,
  type PolicyInformation,
  type PolicyMapping,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readCertificatePolicies,
  readExtendedKeyUsage,
  readInhibitAnyPolicy,
  readKeyUsage,
  readNameConstraints,
  readPolicyConstraints,
  readPolicyMappings,
  readSubjectAltName,
  readSubjectKeyIdentifier,
} from './extensions/extensions.ts';
import type { GeneralName } from './extensions/general-name.ts';
import { type Name, nameToString, readName } from './name.ts';

/** An X.509 certificate as read from strict DER (RFC 5280 §4.1). Byte views point into `der`; nothing is copied. */
export interface Certificate {
  readonly der: Uint8Array;
  /** The bytes that were signed. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Content octets as encoded, big-endian two's complement. */
  readonly serialNumber: Uint8Array;
  /** DER of the AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DER of SubjectPublicKeyInfo. */
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  readonly subjectAltName: readonly GeneralName[];
  readonly certificatePolicies: readonly PolicyInformation[];
  readonly basicConstraints?: BasicConstraints | undefined;
  /** Absent means unrestricted (RFC 5280 §4.2.1.3). */
  readonly keyUsage?: ReadonlySet<KeyUsage> | undefined;
  readonly extendedKeyUsage?: readonly string[] | undefined;
  readonly nameConstraints?: NameConstraints | undefined;
  readonly policyMappings?: readonly PolicyMapping[] | undefined;
  readonly policyConstraints?: PolicyConstraints | undefined;
  readonly inhibitAnyPolicy?: number | undefined;
  /** Microsoft's application policies where they are critical; purposes that hold beside extendedKeyUsage. */
  readonly applicationPolicies?: readonly string[] | undefined;
  /** SHA-1 and SHA-256 over `der`, upper-case hex. */
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
  /**
   * SHA-256 over `tbs`, upper-case hex: what the certificate is remembered by. A signature can have several valid
   * encodings (ECDSA), so a hash that covers it would be another one for the same certificate.
   */
  readonly tbsSha256: string;
  /** The slips of encoding that were read in spite of the rules; absent where there are none. */
  readonly tolerances?: readonly Tolerance[] | undefined;
}

/** Larger than any certificate of a user or a CA; Entra allows a CA 8 KB (specification §2.1). */
export const largestCertificate = 256 * 1024;
/** RFC 5280 §4.1.2.2 allows serial numbers of 20 octets. Real ones are longer now and then; none is this long. */
const longestSerialNumber = 64;
const mostExtensions = 128;

/**
 * Reads one certificate. Whatever the bytes are, the answer is a ruling: `certificateRead`, or `certificateUnreadable`
 * with the offset and what was being read there.
 */
export function readCertificate(der: Uint8Array): Ruling<Certificate> {
  try {
    if (der.length > largestCertificate) throw new DerError(0, 'certificate', `more than ${largestCertificate} bytes`);
    const certificate = new ReadCertificate(der);
    const slips = certificate.tolerances ? { tolerances: certificate.tolerances } : {};
    return passed(certificate, 'certificateRead', {
      ...describe(certificate),
      ...identifiersIn(certificate),
      ...slips,
    });
  } catch (problem) {
    if (!(problem instanceof DerError)) throw problem;
    const { reading, offset, problem: label } = problem;
    return refused('certificateUnreadable', { reading, offset, problem: label });
  }
}

/** What the log says of a certificate. */
export function describe(certificate: Certificate) {
  return {
    subject: nameToString(certificate.subject),
    issuer: nameToString(certificate.issuer),
    serialNumber: hexOf(certificate.serialNumber),
    sha1Thumbprint: certificate.sha1Thumbprint,
  };
}

/** What reports on the sign-in log group certificates by: their policy OIDs and the key of the CA that issued them. */
function identifiersIn({ certificatePolicies, authorityKeyIdentifier }: Certificate) {
  const policyOids = certificatePolicies.map(({ policyIdentifier }) => policyIdentifier).slice(0, loggedPolicyOids);
  return {
    policyOids,
    ...(authorityKeyIdentifier ? { authorityKeyIdentifier: hexOf(authorityKeyIdentifier) } : {}),
  };
}

/** Real certificates have a handful; an entry of the log does not grow with what a client sends. */
const loggedPolicyOids = 20;

class ReadCertificate implements Certificate {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  readonly serialNumber: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  readonly subjectAltName: readonly GeneralName[];
  readonly certificatePolicies: readonly PolicyInformation[];
  readonly basicConstraints: BasicConstraints | undefined;
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  readonly policyMappings: readonly PolicyMapping[] | undefined;
  readonly policyConstraints: PolicyConstraints | undefined;
  readonly inhibitAnyPolicy: number | undefined;
  readonly applicationPolicies: readonly string[] | undefined;
  readonly tolerances: readonly Tolerance[] | undefined;
  #sha1: string | undefined;
  #sha256: string | undefined;
  #tbsSha256: string | undefined;

  constructor(der: Uint8Array) {
    this.der = der;
    const outer = new DerReader(der, 'certificate');
    const certificate = outer.enter(tags.sequence, 'certificate');
    outer.end();
    this.tbs = certificate.element('tbsCertificate').whole;
    this.signatureAlgorithm = readAlgorithm(certificate, 'signatureAlgorithm');
    const { unused, octets } = certificate.bitString('signatureValue');
    if (unused !== 0) throw certificate.error('a signature that is not whole octets');
    this.signature = octets;
    certificate.end();

    const notes: Notes = new Set();
    const tbs = new DerReader(this.tbs, 'tbsCertificate', 0, this.tbs.length, 0, notes).enter(
      tags.sequence,
      'tbsCertificate',
    );
    this.version = readVersion(tbs);
    this.serialNumber = tbs.integer('serialNumber');
    if (this.serialNumber.length > longestSerialNumber)
      throw tbs.error(`a serial number of more than ${longestSerialNumber} octets`);
    // RFC 5280 §4.1.1.2: the signed copy of the algorithm is the one that counts, so both must be the same.
    const algorithm = readAlgorithm(tbs, 'signature');
    if (Buffer.compare(algorithm, this.signatureAlgorithm) !== 0) throw tbs.error('two different signature algorithms');
    this.issuer = readName(tbs, 'issuer');
    const validity = tbs.enter(tags.sequence, 'validity');
    this.notBefore = validity.time('notBefore');
    this.notAfter = validity.time('notAfter');
    validity.end();
    this.subject = readName(tbs, 'subject');
    this.subjectPublicKeyInfo = readSpki(tbs);
    skipUniqueIdentifiers(tbs, this.version);
    this.extensions = readExtensions(tbs, this.version);
    tbs.end();

    const find = <T>(oid: string, read: (value: Uint8Array, notes: Notes) => T): T | undefined => {
      const match = this.extensions.find((extension) => extension.oid === oid);
      return match && read(match.value, notes);
    };
    this.subjectKeyIdentifier = find(extensionIds.subjectKeyIdentifier, readSubjectKeyIdentifier);
    this.authorityKeyIdentifier = find(extensionIds.authorityKeyIdentifier, readAuthorityKeyIdentifier);
    this.subjectAltName = find(extensionIds.subjectAltName, readSubjectAltName) ?? [];
    this.certificatePolicies = find(extensionIds.certificatePolicies, readCertificatePolicies) ?? [];
    this.basicConstraints = find(extensionIds.basicConstraints, readBasicConstraints);
    this.keyUsage = find(extensionIds.keyUsage, readKeyUsage);
    this.extendedKeyUsage = find(extensionIds.extendedKeyUsage, readExtendedKeyUsage);
    this.nameConstraints = find(extensionIds.nameConstraints, readNameConstraints);
    this.policyMappings = find(extensionIds.policyMappings, readPolicyMappings);
    this.policyConstraints = find(extensionIds.policyConstraints, readPolicyConstraints);
    this.inhibitAnyPolicy = find(extensionIds.inhibitAnyPolicy, readInhibitAnyPolicy);
    this.applicationPolicies = criticalApplicationPolicies(this.extensions, notes);
    this.tolerances = notes.size > 0 ? [...notes].sort() : undefined;
  }

  get sha1Thumbprint(): string {
    this.#sha1 ??= hash('sha1', this.der, 'hex').toUpperCase();
    return this.#sha1;
  }
  get sha256Thumbprint(): string {
    this.#sha256 ??= hash('sha256', this.der, 'hex').toUpperCase();
    return this.#sha256;
  }
  get tbsSha256(): string {
    this.#tbsSha256 ??= hash('sha256', this.tbs, 'hex').toUpperCase();
    return this.#tbsSha256;
  }
}

function criticalApplicationPolicies(extensions: readonly Extension[], notes: Notes): readonly string[] | undefined {
  const extension = extensions.find(({ oid, critical }) => critical && oid === extensionIds.applicationPolicies);
  return extension && readCertificatePolicies(extension.value, notes).map(({ policyIdentifier }) => policyIdentifier);
}

/** An AlgorithmIdentifier's DER; its OID is checked here, its parameters where it is used. Throws DerError. */
export function readAlgorithm(reader: DerReader, label: string): Uint8Array {
  const { whole } = reader.element(label);
  const inner = new DerReader(whole, label).enter(tags.sequence, label);
  inner.oid(label);
  if (!inner.atEnd) inner.element(label);
  inner.end();
  return whole;
}

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  const explicit = tbs.enterOptional(contextConstructed(0), 'version');
  if (!explicit) return 1;
  const version = explicit.smallInteger('version');
  explicit.end();
  if (version > 2) throw explicit.error('a version other than 1, 2 and 3');
  if (version === 0) tbs.notes?.add('defaultWritten'); // X.690 §11.5: the default (v1) is not written
  return (version + 1) as 1 | 2 | 3;
}

function readSpki(tbs: DerReader): Uint8Array {
  const label = 'subjectPublicKeyInfo';
  const { whole } = tbs.element(label);
  const spki = new DerReader(whole, label).enter(tags.sequence, label);
  readAlgorithm(spki, label);
  spki.bitString(label);
  spki.end();
  return whole;
}

/** RFC 5280 §4.1.2.8: version 2 and 3 may carry them. They are not in use. */
function skipUniqueIdentifiers(tbs: DerReader, version: number): void {
  for (const n of [1, 2]) {
    if (tbs.tag !== contextPrimitive(n)) continue;
    if (version === 1) throw tbs.error('a unique identifier in a version 1 certificate');
    tbs.bitString('uniqueID', contextPrimitive(n));
  }
}

function readExtensions(tbs: DerReader, version: number): readonly Extension[] {
  const explicit = tbs.enterOptional(contextConstructed(3), 'extensions');
  if (!explicit) return [];
  if (version !== 3) throw tbs.error(`extensions in a version ${version} certificate`);
  const sequence = explicit.enter(tags.sequence, 'extensions');
  explicit.end();
  const extensions: Extension[] = [];
  while (!sequence.atEnd) {
    extensions.push(readExtension(sequence));
    if (extensions.length > mostExtensions) throw sequence.error(`more than ${mostExtensions} extensions`);
  }
  if (extensions.length === 0) throw sequence.error('an empty list of extensions');
  // RFC 5280 §4.2: no extension twice, or it is undefined which one counts.
  const distinct = new Set(extensions.map(({ oid }) => oid));
  if (distinct.size < extensions.length) throw sequence.error('the same extension twice');
  return extensions;
}

function readExtension(sequence: DerReader): Extension {
  const extension = sequence.enter(tags.sequence, 'extension');
  const oid = extension.oid('extension');
  const critical = extension.optionalBoolean('extension');
  const value = extension.octetString('extension');
  extension.end();
  return { oid, critical, value };
}
