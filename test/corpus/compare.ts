import { readCrl } from '#core/crl/format/read-crl.ts';
import { hexOf } from '#core/hex.ts';
import type { Because } from '#core/trace/reasons.ts';
import { readBundle } from '#core/x509/bundle.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { type Ran, run, withFiles } from '../pki/openssl.ts';
import type { Item } from './items.ts';

/** What a reader says of an item. */
export interface Answer {
  readonly isRead: boolean;
  /** Facts to compare where both read it: serial number, CRL number, how many entries or certificates. */
  readonly facts?: string;
  /** Why not, or the tolerances that were used; without offsets, so that equal answers have equal words. */
  readonly words: string;
}

/** Cardea's answer. */
export const cardeaAnswer = ({ kind, der }: Item): Answer =>
  kind === 'certificate' ? certificateAnswer(der) : kind === 'CRL' ? crlAnswer(der) : bundleAnswer(der);

function certificateAnswer(der: Uint8Array): Answer {
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') return refusalOf(ruling.because);
  const { serialNumber, tolerances = [] } = ruling.value;
  return { isRead: true, facts: numberIn(hexOf(serialNumber)), words: tolerances.join(', ') };
}

function crlAnswer(der: Uint8Array): Answer {
  const ruling = readCrl(der);
  if (ruling.outcome !== 'passed') return refusalOf(ruling.because);
  const { entryCount, tolerances = [] } = ruling.value;
  return { isRead: true, facts: `${entryCount} entries`, words: tolerances.join(', ') };
}

function bundleAnswer(der: Uint8Array): Answer {
  const ruling = readBundle(der);
  if (ruling.outcome !== 'passed') return refusalOf(ruling.because);
  const leftOut = ruling.value.filter((entry) => entry.ruling.outcome !== 'passed').length;
  const words = leftOut > 0 ? `${leftOut} of ${ruling.value.length} certificates unreadable` : '';
  return { isRead: true, facts: `${ruling.value.length} certificates`, words };
}

function refusalOf({ code, evidence }: Because): Answer {
  const { reading, problem, looksLike, oid } = evidence as Readonly<Record<string, string | undefined>>;
  const detail = [reading, problem ?? looksLike ?? oid].filter((part) => part).join(': ');
  return {
    isRead: false,
    words: detail ? `${code} (${detail.replace(/^\d+ bytes too many/, 'bytes too many')})` : code,
  };
}

/** A serial number as OpenSSL writes it: a sign, and no leading zeros. */
function numberIn(hex: string): string {
  const value = BigInt.asIntN(hex.length * 4, BigInt(`0x${hex || '0'}`));
  const digits = (value < 0n ? -value : value).toString(16).toUpperCase();
  return `${value < 0n ? '-' : ''}${digits}`;
}

/** OpenSSL's answer: it must load the item, and for a certificate find its extensions well-formed. */
export const opensslAnswer = ({ kind, der }: Item): Answer =>
  withFiles({ der }, (folder) => {
    if (kind === 'certificate') return opensslCertificate(folder);
    if (kind === 'CRL')
      return opensslCrl(run(folder, 'openssl', 'crl', '-inform', 'DER', '-in', 'der', '-noout', '-text'));
    return opensslBundle(run(folder, 'openssl', 'pkcs7', '-inform', 'DER', '-in', 'der', '-print_certs'));
  });

/** What `-purpose` prints when an extension that OpenSSL decodes cannot be decoded (EXFLAG_INVALID). */
const invalid = /WARNING code=-1/;

function opensslCertificate(folder: string): Answer {
  const { status, text } = run(
    folder,
    'openssl',
    'x509',
    '-inform',
    'DER',
    '-in',
    'der',
    '-noout',
    '-serial',
    '-purpose',
  );
  if (status !== 0) return { isRead: false, words: 'unreadable' };
  if (invalid.test(text)) return { isRead: false, words: 'an extension is invalid' };
  const serial = /serial=(-?)0*([0-9A-F]+)/.exec(text);
  return { isRead: true, facts: `${serial?.[1] ?? ''}${serial?.[2] ?? ''}`, words: '' };
}

function opensslCrl({ status, text }: Ran): Answer {
  if (status !== 0) return { isRead: false, words: 'unreadable' };
  return { isRead: true, facts: `${text.match(/^ +Serial Number:/gm)?.length ?? 0} entries`, words: '' };
}

function opensslBundle({ status, text }: Ran): Answer {
  if (status !== 0) return { isRead: false, words: 'unreadable' };
  return { isRead: true, facts: `${text.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0} certificates`, words: '' };
}

/** The kind of a difference, or of agreement, as the row of a table. */
export type Relation =
  | 'both read'
  | 'read with a tolerance'
  | 'both refuse'
  | 'Cardea is stricter'
  | 'Cardea is laxer'
  | 'facts differ';

/** How Cardea's answer stands to OpenSSL's. */
export function relationOf(cardea: Answer, openssl: Answer): Relation {
  if (!cardea.isRead) return openssl.isRead ? 'Cardea is stricter' : 'both refuse';
  if (!openssl.isRead) return 'Cardea is laxer';
  if (cardea.facts !== openssl.facts) return 'facts differ';
  return cardea.words === '' ? 'both read' : 'read with a tolerance';
}
