import { DerError, DerReader } from './der.ts';
import { fileText } from './file-text.ts';
import { contextConstructed, tags } from './tags.ts';

/** What kind of file this is, as a phrase for messages. It has no text of the file, which could contain a secret. */
export function fileKind(bytes: Uint8Array): string {
  if (bytes[0] === tags.sequence) return derKind(bytes) ?? 'binary data';
  const text = fileText(bytes.subarray(0, 65536)).trimStart();
  const label = /-----BEGIN ([A-Z0-9# ]{1,40})-----/.exec(text)?.[1];
  if (label !== undefined) return pemKind(label);
  if (text === '') return 'an empty file';
  if (/^<(!doctype html|html|head|body)/i.test(text)) return 'a web page';
  if (text.startsWith('<')) return 'XML';
  if (/^[[{]/.test(text)) return 'JSON';
  if (text.startsWith('PK')) return 'a zip file';
  return /^[\t\r\n\x20-\x7e]+$/.test(text) ? 'text' : 'binary data';
}

/** By what a PEM label ends with; the first that fits. */
const labels: readonly (readonly [end: RegExp, kind: string])[] = [
  [/ENCRYPTED PRIVATE KEY$/, 'an encrypted private key'],
  [/PRIVATE KEY$/, 'a private key'],
  [/PUBLIC KEY$/, 'a public key'],
  [/CERTIFICATE REQUEST$/, 'a certificate request'],
  [/CERTIFICATE$/, 'a certificate'],
  [/CRL$/, 'a CRL'],
  [/^(PKCS7|PKCS #7 SIGNED DATA|CMS)$/, 'a PKCS #7 file'],
];
const pemKind = (label: string): string => labels.find(([end]) => end.test(label))?.[1] ?? `PEM of the type ${label}`;

function derKind(bytes: Uint8Array): string | undefined {
  try {
    const outer = new DerReader(bytes, 'file').enter(tags.sequence, 'file');
    if (outer.tag === tags.oid) return 'a PKCS #7 file';
    if (outer.tag === tags.integer) return numberedKind(outer);
    if (outer.tag !== tags.sequence) return undefined;
    const first = outer.enter(tags.sequence, 'first');
    const next: number = outer.tag;
    if (first.tag === tags.oid) return next === tags.octetString ? 'an encrypted private key' : 'a public key';
    return signedKind(first);
  } catch (problem) {
    if (problem instanceof DerError) return undefined;
    throw problem;
  }
}

/** RFC 7292 §4, RFC 5208 §5, RFC 8017 A.1.2, RFC 5915 §3: a version, and then what tells them apart. */
function numberedKind(fields: DerReader): string | undefined {
  const version = fields.smallInteger('version');
  if (version === 3 && fields.tag === tags.sequence) return 'a PKCS #12 file';
  return [tags.sequence, tags.integer, tags.octetString].some((tag) => tag === fields.tag)
    ? 'a private key'
    : undefined;
}

/** RFC 5280 §4.1 and §5.1, RFC 2986 §4: what is signed begins with a version, or without one. */
function signedKind(fields: DerReader): string | undefined {
  if (fields.tag === contextConstructed(0)) return 'a certificate';
  const version = fields.tag === tags.integer ? fields.element('version').contents[0] : undefined;
  const elements: number[] = [];
  while (!fields.atEnd && elements.length < 3) elements.push(fields.element('field').tag);
  if (elements[2] === tags.utcTime || elements[2] === tags.generalizedTime) return 'a CRL';
  if (version === 0 && elements[2] === contextConstructed(0)) return 'a certificate request';
  return elements[2] === tags.sequence ? 'a certificate' : undefined;
}
