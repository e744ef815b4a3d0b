import { DerReader, type Notes } from '../../asn1/der.ts';
import { contextConstructed, contextPrimitive, tags } from '../../asn1/tags.ts';
import { type GeneralName, readGeneralName } from './general-name.ts';

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The octets inside extnValue. */
  readonly value: Uint8Array;
}
export interface PolicyInformation {
  readonly policyIdentifier: string;
  /** A qualifier that is neither a CPS pointer nor a user notice (RFC 5280 §4.2.1.4): its OID, or empty. */
  readonly unknownQualifier?: string;
}
/** RFC 5280 §4.2.1.3, by the names the RFC gives the bits. */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof keyUsages)[number];

export interface BasicConstraints {
  readonly cA: boolean;
  readonly pathLength: number | undefined;
}
export interface GeneralSubtree {
  readonly base: GeneralName;
}
export interface NameConstraints {
  readonly permitted: readonly GeneralSubtree[];
  readonly excluded: readonly GeneralSubtree[];
}
export interface PolicyMapping {
  readonly issuerDomainPolicy: string;
  readonly subjectDomainPolicy: string;
}
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
}

/** Object identifiers of the extensions that path validation understands. */
export const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  cRLDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  freshestCRL: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  /** Microsoft's application policies ([MS-WCCE] §2.2.2.7.7.3): purposes, written like certificate policies. */
  applicationPolicies: '1.3.6.1.4.1.311.21.10',
} as const;

/** More entries than any real extension has: what an outsider can make long has a limit. */
const mostEntries = 4096;

/** Everything an extension holds, read to its last byte. */
function whole<T>(value: Uint8Array, label: string, read: (reader: DerReader) => T, notes?: Notes): T {
  const reader = new DerReader(value, label, 0, value.length, 0, notes);
  const result = read(reader);
  reader.end();
  return result;
}

/** The tag of a SEQUENCE OF, and the tolerance by which it may be empty. */
interface SequenceForm {
  readonly tag?: number;
  readonly empty?: 'emptyPolicyQualifiers' | 'emptyAlternativeName';
}

/** A SEQUENCE OF with at least one member (RFC 5280: SIZE (1..MAX)), unless `empty` names the tolerance for none. */
function sequenceOf<T>(
  reader: DerReader,
  label: string,
  read: (inner: DerReader) => T,
  { tag = tags.sequence, empty }: SequenceForm = {},
): T[] {
  const inner = reader.enter(tag, label);
  const members: T[] = [];
  while (!inner.atEnd) {
    members.push(read(inner));
    if (members.length > mostEntries) throw inner.error(`more than ${mostEntries} entries`);
  }
  if (members.length === 0) {
    if (!empty || !inner.notes) throw inner.error('nothing where at least one entry belongs');
    inner.notes.add(empty);
  }
  return members;
}

export const readSubjectKeyIdentifier = (value: Uint8Array): Uint8Array =>
  whole(value, 'subjectKeyIdentifier', (reader) => reader.octetString('subjectKeyIdentifier'));

/** RFC 5280 §4.2.1.1; only the key identifier is used. */
export function readAuthorityKeyIdentifier(value: Uint8Array): Uint8Array | undefined {
  const label = 'authorityKeyIdentifier';
  return whole(value, label, (reader) => {
    const sequence = reader.enter(tags.sequence, label);
    const keyIdentifier =
      sequence.tag === contextPrimitive(0) ? sequence.contents(contextPrimitive(0), label) : undefined;
    if (sequence.tag === contextConstructed(1)) sequence.element(label);
    if (sequence.tag === contextPrimitive(2)) sequence.integer(label, contextPrimitive(2));
    sequence.end();
    return keyIdentifier;
  });
}

export function readBasicConstraints(value: Uint8Array, notes?: Notes): BasicConstraints {
  const label = 'basicConstraints';
  const read = (reader: DerReader) => {
    const sequence = reader.enter(tags.sequence, label);
    const cA = sequence.optionalBoolean(label);
    const pathLength = sequence.tag === tags.integer ? sequence.smallInteger(label) : undefined;
    sequence.end();
    return { cA, pathLength };
  };
  return whole(value, label, read, notes);
}

export function readKeyUsage(value: Uint8Array, notes?: Notes): ReadonlySet<KeyUsage> {
  const bits = whole(value, 'keyUsage', (reader) => reader.namedBits('keyUsage'), notes);
  return new Set(bits.flatMap((bit) => keyUsages[bit] ?? []));
}

export const readExtendedKeyUsage = (value: Uint8Array): readonly string[] =>
  whole(value, 'extendedKeyUsage', (reader) =>
    sequenceOf(reader, 'extendedKeyUsage', (inner) => inner.oid('extendedKeyUsage')),
  );

/** RFC 5280 §4.2.1.4: a policy may be listed once; one that is listed twice does not count. Of qualifiers only their kind counts. */
export function readCertificatePolicies(value: Uint8Array, notes?: Notes): readonly PolicyInformation[] {
  const label = 'certificatePolicies';
  const policies = whole(value, label, (reader) => sequenceOf(reader, label, readPolicyInformation), notes);
  const distinct = new Set(policies.map(({ policyIdentifier }) => policyIdentifier));
  if (distinct.size === policies.length) return policies;
  notes?.add('policyTwice');
  const byPolicy = Map.groupBy(policies, ({ policyIdentifier }) => policyIdentifier);
  return policies.filter(({ policyIdentifier }) => byPolicy.get(policyIdentifier)!.length === 1);
}

function readPolicyInformation(inner: DerReader): PolicyInformation {
  const label = 'certificatePolicies';
  const item = inner.enter(tags.sequence, label);
  const policyIdentifier = item.oid(label);
  const qualifiers = item.atEnd ? [] : sequenceOf(item, label, readQualifierId, { empty: 'emptyPolicyQualifiers' });
  item.end();
  const unknownQualifier = qualifiers.find((oid) => !qualifierIds.has(oid));
  return unknownQualifier === undefined ? { policyIdentifier } : { policyIdentifier, unknownQualifier };
}

/** RFC 5280 §4.2.1.4: id-qt-cps and id-qt-unotice. */
const qualifierIds: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.2.1', '1.3.6.1.5.5.7.2.2']);

/** The kind of one qualifier; empty where it has none. What it says decides nothing. */
function readQualifierId(reader: DerReader): string {
  const qualifier = reader.enter(tags.sequence, 'certificatePolicies');
  return !qualifier.atEnd && qualifier.tag === tags.oid ? qualifier.oid('certificatePolicies') : '';
}

export const readPolicyMappings = (value: Uint8Array): readonly PolicyMapping[] =>
  whole(value, 'policyMappings', (reader) =>
    sequenceOf(reader, 'policyMappings', (inner) => {
      const pair = inner.enter(tags.sequence, 'policyMappings');
      const mapping = {
        issuerDomainPolicy: pair.oid('policyMappings'),
        subjectDomainPolicy: pair.oid('policyMappings'),
      };
      pair.end();
      return mapping;
    }),
  );

export function readPolicyConstraints(value: Uint8Array): PolicyConstraints {
  const label = 'policyConstraints';
  return whole(value, label, (reader) => {
    const sequence = reader.enter(tags.sequence, label);
    const skipCerts = (n: number) =>
      sequence.tag === contextPrimitive(n) ? sequence.smallInteger(label, contextPrimitive(n)) : undefined;
    const constraints = { requireExplicitPolicy: skipCerts(0), inhibitPolicyMapping: skipCerts(1) };
    sequence.end();
    return constraints;
  });
}

export const readInhibitAnyPolicy = (value: Uint8Array): number =>
  whole(value, 'inhibitAnyPolicy', (reader) => reader.smallInteger('inhibitAnyPolicy'));

/** RFC 5280 §4.2.1.10: minimum is 0 and maximum absent, or the constraint cannot be enforced. */
export function readNameConstraints(value: Uint8Array, notes?: Notes): NameConstraints {
  const label = 'nameConstraints';
  const read = (reader: DerReader) => {
    const sequence = reader.enter(tags.sequence, label);
    const subtrees = (n: number) =>
      sequence.tag === contextConstructed(n)
        ? sequenceOf(sequence, label, readSubtree, { tag: contextConstructed(n) })
        : [];
    const constraints = { permitted: subtrees(0), excluded: subtrees(1) };
    sequence.end();
    return constraints;
  };
  return whole(value, label, read, notes);
}

function readSubtree(inner: DerReader): GeneralSubtree {
  const subtree = inner.enter(tags.sequence, 'nameConstraints');
  const base = readGeneralName(subtree, 'nameConstraints');
  if (subtree.notes && subtree.tag === contextPrimitive(0)) {
    if (subtree.smallInteger('minimum', contextPrimitive(0)) !== 0) throw subtree.error('a minimum other than 0');
    subtree.notes.add('defaultWritten');
  }
  if (!subtree.atEnd) throw subtree.error('a minimum or maximum, which RFC 5280 does not allow');
  return { base };
}

/** RFC 5280 §4.2.1.6. */
export function readSubjectAltName(value: Uint8Array, notes?: Notes): readonly GeneralName[] {
  const label = 'subjectAltName';
  const read = (inner: DerReader) => readGeneralName(inner, label);
  return whole(value, label, (reader) => sequenceOf(reader, label, read, { empty: 'emptyAlternativeName' }), notes);
}
