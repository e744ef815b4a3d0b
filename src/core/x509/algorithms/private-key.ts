import { headerAt } from '../../asn1/header.ts';

/** What a file with a private key in it is. */
export type PrivateKeyFile = 'PEM' | 'PKCS #8' | 'PKCS #1' | 'SEC 1' | 'PKCS #12' | 'Java KeyStore' | 'PuTTY' | 'JWK';

/**
 * The kind of private key that the octets of a file hold; undefined where they hold none that is known. Reads no more than
 * the first members of a DER structure, and needs neither a password nor a library, so a browser asks the same function.
 */
export function privateKeyIn(octets: Uint8Array): PrivateKeyFile | undefined {
  const text = latin1(octets);
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return 'PEM';
  if (/^PuTTY-User-Key-File-\d/m.test(text)) return 'PuTTY';
  if (/^\s*[{[]/.test(text) && /"kty"\s*:/.test(text) && /"(?:d|k)"\s*:/.test(text)) return 'JWK';
  if (startsWith(octets, [0xfe, 0xed, 0xfe, 0xed]) || startsWith(octets, [0xce, 0xce, 0xce, 0xce]))
    return 'Java KeyStore';
  return derPrivateKey(octets) ?? pemContents(text);
}

/** A PEM block may say "CERTIFICATE" and hold a key anyway. */
function pemContents(text: string): PrivateKeyFile | undefined {
  for (const [, base64] of text.matchAll(/-----BEGIN [^-]+-----([A-Za-z0-9+/=\s]+)-----END/g)) {
    const kind = derPrivateKey(fromBase64(base64!));
    if (kind) return kind;
  }
  return undefined;
}

const [integer, octetString, sequence, oid] = [0x02, 0x04, 0x30, 0x06];

/** By the first two members of the outer SEQUENCE: no certificate, CRL or PKCS #7 begins like one of these. */
function derPrivateKey(octets: Uint8Array): PrivateKeyFile | undefined {
  const outer = elementAt(octets, 0);
  if (outer?.tag !== sequence) return undefined;
  const first = elementAt(octets, outer.start);
  const second = first && elementAt(octets, first.end);
  if (!first || !second) return undefined;
  if (first.tag === integer && first.end - first.start === 1) return byVersion(octets, octets[first.start]!, second);
  // EncryptedPrivateKeyInfo (RFC 5958 §3): an AlgorithmIdentifier, then the encrypted octets.
  if (first.tag === sequence && second.tag === octetString && elementAt(octets, first.start)?.tag === oid)
    return 'PKCS #8';
  return undefined;
}

interface Element {
  readonly tag: number;
  /** Offsets of the contents. */
  readonly start: number;
  readonly end: number;
}

/** RFC 8017 A.1.2, RFC 5958 §2, RFC 5915 §3, RFC 7292 §4. */
function byVersion(octets: Uint8Array, version: number, { tag, start }: Element): PrivateKeyFile | undefined {
  if (version === 3 && tag === sequence && elementAt(octets, start)?.tag === oid) return 'PKCS #12';
  if (version > 1) return undefined;
  if (tag === integer) return 'PKCS #1';
  if (tag === octetString) return 'SEC 1';
  return tag === sequence && elementAt(octets, start)?.tag === oid ? 'PKCS #8' : undefined;
}

/** The element at an offset. BER with an indefinite length, as some PKCS #12 files have it, ends with the file. */
function elementAt(octets: Uint8Array, at: number): Element | undefined {
  try {
    const header = headerAt(octets, at, 'private key');
    if (!header) return undefined;
    const { tag, start, length } = header;
    return { tag, start, end: length === undefined ? octets.length : start + length };
  } catch {
    return undefined;
  }
}

const startsWith = (octets: Uint8Array, head: readonly number[]): boolean =>
  head.every((octet, i) => octets[i] === octet);

const latin1 = (octets: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < octets.length; at += 8192) text += String.fromCharCode(...octets.subarray(at, at + 8192));
  return text;
};

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
