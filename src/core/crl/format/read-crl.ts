import { DerError } from '../../asn1/der.ts';
import { fileKind } from '../../asn1/file-kind.ts';
import { outerEnd } from '../../asn1/header.ts';
import { passed, type Refusal, type Ruling, refused, success } from '../../trace/ruling.ts';
import { nameToString } from '../../x509/name.ts';
import type { WholeCrl } from './crl.ts';
import { type EntryIndex, indexEntries } from './entries/entry-index.ts';
import { entriesInMemory } from './entries/entry-source.ts';
import { seedOfThisProcess } from './entries/serial-hash.ts';
import { UnknownCriticalExtension } from './extension-list.ts';
import { type CrlFrame, readFrame } from './frame.ts';

/** How a CRL is read. */
export interface ReadCrlOptions {
  /** Where it came from, for the words of a refusal. */
  readonly source?: string;
  /** Secret of the index's hash, sixteen octets; one of this process unless said otherwise. */
  readonly seed?: Uint8Array;
  /** As the server announced it, for the words of a refusal. */
  readonly contentType?: string;
}

/**
 * Reads a CRL (RFC 5280 §5.1) in one strict pass and indexes it. Refuses with `crlMalformed`, `crlIsPem`, `crlNotACrl`,
 * `crlTruncated` or `crlExtensionUnknown`. Its signature is not looked at.
 */
export function readCrl(der: Uint8Array, options: ReadCrlOptions = {}): Ruling<WholeCrl> {
  const { source = '', seed = seedOfThisProcess } = options;
  return reading(der, options, () => {
    const frame = readFrame(der);
    return crlOf(der, frame, indexEntries(der, frame.entries, frame.scope?.indirectCRL ?? false, seed), source);
  });
}

/** A CRL whose index was built before: by another thread, or before a restart. Costs the same however many entries. */
export function crlWithIndex(der: Uint8Array, index: EntryIndex, options: ReadCrlOptions = {}): Ruling<WholeCrl> {
  return reading(der, options, () => crlOf(der, readFrame(der), index, options.source ?? ''));
}

function crlOf(der: Uint8Array, frame: CrlFrame, index: EntryIndex, source: string): WholeCrl {
  const { entries: _, ...facts } = frame;
  const entries = entriesInMemory(der, index);
  return { der, source, ...facts, size: der.length, entryCount: index.count, index, entries };
}

function reading(der: Uint8Array, options: ReadCrlOptions, read: () => WholeCrl): Ruling<WholeCrl> {
  const beginning = acceptBeginning(der, options);
  if (beginning.outcome !== 'passed') return beginning;
  try {
    const crl = read();
    return passed(crl, 'crlRead', { issuer: nameToString(crl.issuer), entries: crl.entryCount });
  } catch (thrown) {
    const kind = thrown instanceof DerError ? acceptKind(der, options) : success();
    return kind.outcome === 'passed' ? refusalOf(thrown, options.source ?? '') : kind;
  }
}

function refusalOf(thrown: unknown, url: string): Refusal {
  if (thrown instanceof DerError) {
    const { reading, offset, problem } = thrown;
    return refused('crlMalformed', { url, reading, offset, problem });
  }
  if (thrown instanceof UnknownCriticalExtension) {
    const { oid, place, offset } = thrown;
    return refused('crlExtensionUnknown', { url, oid, place, offset });
  }
  throw thrown;
}

/** Input that is not DER, and DER that stops short, have messages of their own: their remedies differ (CRL-13). */
function acceptBeginning(der: Uint8Array, { source: url = '', contentType = '' }: ReadCrlOptions): Ruling<void> {
  if (der[0] === 0x30) return acceptLength(der, url);
  const text = Buffer.from(der.subarray(0, 512)).toString('latin1').trimStart();
  const pem = /^-----BEGIN ((?:X509 )?CRL)-----/.exec(text);
  if (pem) return refused('crlIsPem', { url, label: pem[1] ?? '' });
  return refused('crlNotACrl', { url, contentType, looksLike: fileKind(der) });
}

/** DER of another thing that is easily mistaken for a CRL: a certificate, a PKCS #12 file, a key. */
function acceptKind(der: Uint8Array, { source: url = '', contentType = '' }: ReadCrlOptions): Ruling<void> {
  const kind = fileKind(der);
  if (kind === 'a CRL' || kind === 'binary data') return success();
  return refused('crlNotACrl', { url, contentType, looksLike: kind });
}

/** The outermost length says how long a CRL is; one that ends before was cut on its way. */
function acceptLength(der: Uint8Array, url: string): Ruling<void> {
  const expected = outerEnd(der);
  if (expected === undefined || expected <= der.length) return success();
  return refused('crlTruncated', { url, received: der.length, expected });
}
