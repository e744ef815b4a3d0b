import { bareBase64, fileText } from '../../asn1/file-text.ts';
import { outerEnd } from '../../asn1/header.ts';

/**
 * Forms other than DER in which CRLs are handed around: PEM, base64 without a label, and DER with line ends after it. Only what an administrator
 * imports is taken in these forms, and what an address serves where the setting `crlForms` says so.
 */
const block = /-----BEGIN (X509 CRL|CRL)-----([^-]+)-----END \1-----/g;

/** The CRLs in a file, as DER: one, or each PEM block. Bytes in no such form come back as they are. */
export function crlsIn(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes[0] === 0x30) return [withoutLineEnd(bytes)];
  const blocks = [...fileText(bytes).matchAll(block)].map(
    ([, , base64]) => new Uint8Array(Buffer.from(base64!, 'base64')),
  );
  return blocks.length > 0 ? blocks : [bareBase64(bytes) ?? bytes];
}

/** DER without the CR and LF after its end, as a copy through a text mode adds them. */
function withoutLineEnd(der: Uint8Array): Uint8Array {
  const end = outerEnd(der);
  if (end === undefined) return der;
  const rest = der.subarray(end);
  return rest.length > 0 && rest.length <= 4 && rest.every((octet) => octet === 0x0d || octet === 0x0a)
    ? der.subarray(0, end)
    : der;
}
