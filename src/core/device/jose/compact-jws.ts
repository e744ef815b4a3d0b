import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import { decodeBase64 } from './base64.ts';

/** A JSON Web Signature in compact form, read but not verified (RFC 7515 §7.1). */
export interface CompactJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The payload exactly as transmitted, decoded: version 2 of the key derivation hashes it. */
  readonly payloadOctets: Uint8Array;
  /** ASCII of `header.payload` as transmitted: the signature covers it. */
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/** Limits of a JWS that an unauthenticated client sends. */
export const jwsLimits = {
  /** Characters of the whole text. A request carries an assertion with at most eight certificates of 16 KiB. */
  characters: 400_000,
  /** windows-sign-in §9. */
  certificates: 8,
  certificateOctets: 16 * 1024,
} as const;

/**
 * Reads a compact JWS with the tolerances of windows-sign-in 0.5.3: both base64 alphabets, and padding. The signature is
 * over the text as transmitted, so a tolerance changes no verdict. Refuses with `deviceRequestMalformed`.
 */
export function readCompactJws(text: string): Ruling<CompactJws> {
  const malformed = (problem: string) => refused('deviceRequestMalformed', { problem });
  if (text.length > jwsLimits.characters) return malformed(`the JWS is longer than ${jwsLimits.characters} characters`);
  const [headerText = '', payloadText = '', signatureText = '', ...furtherParts] = text.split('.');
  if (furtherParts.length > 0 || payloadText === '' || signatureText === '')
    return malformed('a compact JWS has three parts');
  const header = objectIn(decodeBase64(headerText));
  if (!header) return malformed('the JOSE header is not base64url of a JSON object');
  const payloadOctets = decodeBase64(payloadText);
  const payload = objectIn(payloadOctets);
  if (!payloadOctets || !payload) return malformed('the payload is not base64url of a JSON object');
  const signature = decodeBase64(signatureText);
  if (!signature) return malformed('the signature is not base64url');
  // RFC 7515 §4.1.11: an extension that is critical and not understood. None is understood here.
  if ('crit' in header) return malformed('the JOSE header names critical extensions');
  const signingInput = Buffer.from(`${headerText}.${payloadText}`, 'ascii');
  return passed({ header, payload, payloadOctets, signingInput, signature }, 'deviceRequestRead', {});
}

function objectIn(octets: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  if (!octets) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(octets));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The certificates of `x5c`, leaf first, as DER. An array (RFC 7515 §4.1.6) or one string, as roadlib and AADInternals
 * send it (windows-sign-in 0.5.4). Refuses with `deviceRequestMalformed`.
 */
export function certificatesInHeader({ header }: CompactJws): Ruling<readonly Uint8Array[]> {
  const malformed = (problem: string) => refused('deviceRequestMalformed', { problem });
  const list = typeof header.x5c === 'string' ? [header.x5c] : header.x5c;
  if (!Array.isArray(list) || list.length === 0) return malformed('the JOSE header has no x5c');
  if (list.length > jwsLimits.certificates)
    return malformed(`x5c has more than ${jwsLimits.certificates} certificates`);
  const certificates: Uint8Array[] = [];
  for (const entry of list) {
    const der = typeof entry === 'string' ? decodeBase64(entry.replace(/\s/g, '')) : undefined;
    if (!der || der.length === 0) return malformed('x5c is not base64 of a certificate');
    if (der.length > jwsLimits.certificateOctets)
      return malformed(`a certificate of x5c has more than ${jwsLimits.certificateOctets} octets`);
    certificates.push(der);
  }
  return passed(certificates, 'deviceRequestRead', {});
}

/** A NumericDate claim in seconds. Some clients send it as a string (windows-sign-in 0.5.6). Undefined where it is not one. */
export function numericClaim(payload: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = payload[name];
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
