import { DerReader, type Notes } from '../../asn1/der.ts';
import { contextConstructed, contextPrimitive, tags } from '../../asn1/tags.ts';
import { readAuthorityKeyIdentifier } from '../../x509/extensions/extensions.ts';
import { readName } from '../../x509/name.ts';
import { readDistributionPointName } from '../distribution-points/distribution-point.ts';
import { readReasonMask } from '../distribution-points/reason-mask.ts';
import type { CrlFacts, IssuingDistributionPoint } from './crl.ts';
import type { EntrySpan } from './entries/entry-index.ts';
import { type CrlExtension, readExtensions, unlessUnreadable } from './extension-list.ts';

/** A CRL without its entries: what stands before and after them. Reading it costs the same however many there are. */
export interface CrlFrame extends CrlFacts {
  readonly entries: EntrySpan;
}

/** Everything but the entries. Names and extensions of real CRLs take a few hundred octets. */
const largestFrame = 128 * 1024;

/**
 * CertificateList of RFC 5280 §5.1, from the first octet to the last, the entries aside.
 * @throws DerError, UnknownCriticalExtension
 */
export function readFrame(der: Uint8Array): CrlFrame {
  const notes: Notes = new Set();
  const outer = new DerReader(der, 'CertificateList', 0, der.length, 0, notes);
  const certificateList = outer.enter(tags.sequence, 'CertificateList');
  outer.end();
  const tbs = certificateList.element('TBSCertList');
  const start = certificateList.offset - tbs.whole.length;
  const fields = new DerReader(der, 'CertificateList', start, certificateList.offset, 0, notes).enter(
    tags.sequence,
    'TBSCertList',
  );
  const algorithm = certificateList.element('signatureAlgorithm');
  const signature = certificateList.bitString('signatureValue');
  certificateList.end();
  if (signature.unused !== 0) throw certificateList.error('a signature that does not end with an octet');
  const inside = readTbs(fields, algorithm.whole);
  const around = der.length - (inside.entries.end - inside.entries.start);
  if (around > largestFrame) throw outer.error(`${around} bytes beside the entries`);
  return {
    ...inside,
    tbs: tbs.whole,
    signatureAlgorithm: algorithm.whole,
    signature: signature.octets,
    ...(notes.size > 0 ? { tolerances: [...notes].sort() } : {}),
  };
}

type TbsFields = Omit<CrlFrame, 'tbs' | 'signatureAlgorithm' | 'signature'>;

function readTbs(fields: DerReader, signatureAlgorithm: Uint8Array): TbsFields {
  const version = fields.tag === tags.integer ? fields.smallInteger('version') : undefined;
  if (version !== undefined && version !== 1) throw fields.error('a version that is not 2'); // §5.1.2.1
  // §5.1.1.2: the algorithm is written twice, and an attacker must not be able to exchange the one that is not signed.
  if (Buffer.compare(fields.element('signature').whole, signatureAlgorithm) !== 0)
    throw fields.error('another signature algorithm inside than outside');
  const issuer = readName(fields, 'issuer');
  if (issuer.rdns.length === 0) throw fields.error('an empty issuer'); // §5.1.2.3
  const thisUpdate = fields.time('thisUpdate');
  const nextUpdate = isTime(fields.tag) ? fields.time('nextUpdate') : undefined;
  const entries = readEntrySpan(fields);
  const extensions = fields.enterOptional(contextConstructed(0), 'crlExtensions');
  fields.end();
  if (extensions && version === undefined) throw fields.error('extensions in a CRL of version 1'); // §5.1.2.1
  return { issuer, thisUpdate, nextUpdate, entries, ...noExtensions, ...(extensions && readCrlExtensions(extensions)) };
}

const isTime = (tag: number): boolean => tag === tags.utcTime || tag === tags.generalizedTime;

/** §5.1.2.6: left out when nothing is revoked, so never empty. Some CAs write it empty anyway, which is harmless. */
function readEntrySpan(fields: DerReader): EntrySpan {
  if (fields.tag !== tags.sequence) return { start: 0, end: 0 };
  const { length } = fields.contents(tags.sequence, 'revokedCertificates');
  if (length === 0) fields.notes?.add('emptyRevokedCertificates');
  return { start: fields.offset - length, end: fields.offset };
}

type ExtensionFields = Pick<CrlFrame, 'number' | 'baseNumber' | 'nextPublish' | 'authorityKeyIdentifier' | 'scope'>;
const noExtensions: ExtensionFields = {
  number: undefined,
  baseNumber: undefined,
  nextPublish: undefined,
  authorityKeyIdentifier: undefined,
  scope: undefined,
};

function readCrlExtensions(wrapper: DerReader): ExtensionFields {
  const extensionReader = wrapper.enter(tags.sequence, 'crlExtensions');
  wrapper.end();
  const { notes } = extensionReader;
  const fields: { -readonly [K in keyof ExtensionFields]: ExtensionFields[K] } = { ...noExtensions };
  readExtensions(extensionReader, 'extension', {
    '2.5.29.35': (extension) => {
      fields.authorityKeyIdentifier = readAuthorityKeyIdentifier(extension.value) ?? new Uint8Array(); // §5.2.1
    },
    '2.5.29.20': (extension) => {
      fields.number = within(extension, 'cRLNumber', readNumber);
    },
    '2.5.29.27': (extension) => {
      fields.baseNumber = within(extension, 'deltaCRLIndicator', readNumber);
    },
    '2.5.29.28': (extension) => {
      fields.scope = within(extension, 'issuingDistributionPoint', readScope, notes);
    },
    // Where deltas are is the administrator's to say (TS-7); that a CRL names some is no reason to refuse it.
    '2.5.29.46': (extension) =>
      unlessUnreadable(extension, notes, () =>
        within(extension, 'freshestCRL', (reader) => reader.contents(tags.sequence, 'freshestCRL')),
      ),
    // §5.2.2: other names of the issuer. We go by the issuer's own name and key.
    '2.5.29.18': (extension) =>
      unlessUnreadable(extension, notes, () =>
        within(extension, 'issuerAltName', (reader) => reader.contents(tags.sequence, 'issuerAltName')),
      ),
    '1.3.6.1.4.1.311.21.4': (extension) => {
      const read = () => within(extension, 'nextPublish', (reader) => reader.time('nextPublish'));
      fields.nextPublish = unlessUnreadable(extension, notes, read);
    },
  });
  return fields;
}

function within<T>({ value }: CrlExtension, label: string, read: (reader: DerReader) => T, notes?: Notes): T {
  const reader = new DerReader(value, label, 0, value.length, 0, notes);
  const result = read(reader);
  reader.end();
  return result;
}

/** §5.2.3: not negative, at most twenty octets (and the one that keeps the sign). */
function readNumber(reader: DerReader): bigint {
  const octets = reader.integer('CRL number');
  if (octets[0]! >= 0x80 || octets.length > 21)
    throw reader.error('a CRL number that is negative or longer than 20 octets');
  return BigInt(`0x${Buffer.from(octets).toString('hex')}`);
}

/** §5.2.5. */
function readScope(reader: DerReader): IssuingDistributionPoint {
  const fields = reader.enter(tags.sequence, 'issuingDistributionPoint');
  const name = fields.enterOptional(contextConstructed(0), 'distributionPoint');
  const scope: IssuingDistributionPoint = {
    der: reader.bytes,
    distributionPoint: name && readDistributionPointName(name),
    onlyContainsUserCerts: fields.optionalBoolean('onlyContainsUserCerts', contextPrimitive(1)),
    onlyContainsCACerts: fields.optionalBoolean('onlyContainsCACerts', contextPrimitive(2)),
    onlySomeReasons: fields.tag === contextPrimitive(3) ? readReasonMask(fields, contextPrimitive(3)) : undefined,
    indirectCRL: fields.optionalBoolean('indirectCRL', contextPrimitive(4)),
    onlyContainsAttributeCerts: fields.optionalBoolean('onlyContainsAttributeCerts', contextPrimitive(5)),
  };
  fields.end();
  return scope;
}
