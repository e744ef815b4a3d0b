/**
 * Octets of a base64 or base64url text, padded or not. Clients of the broker protocol mix the alphabets
 * (windows-sign-in 0.5.3). Undefined for any other character, a wrong length or bits beyond the last octet.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text
    .replace(/={1,2}$/, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  if (!/^[A-Za-z0-9_-]*$/.test(digits) || digits.length % 4 === 1) return undefined;
  const octets = Buffer.from(digits, 'base64url');
  return octets.toString('base64url') === digits ? octets : undefined;
}

/** base64url without padding (RFC 7515 §2). */
export const encodeBase64Url = (octets: Uint8Array | string): string => Buffer.from(octets).toString('base64url');
