import { encodeBase64Url } from '../jose/base64.ts';
import { deriveKey, type KeyDerivationVersion, signWithKey } from '../session-key.ts';

/** Members of a JOSE header or of a payload, in the order in which they are written. */
export type JwsMembers = Readonly<Record<string, unknown>>;

/** What the signature of a compact JWS covers: base64url of both parts, joined by a full stop (RFC 7515 §5.1). */
export const signingInputOf = (header: JwsMembers, payload: JwsMembers): Uint8Array =>
  Buffer.from([header, payload].map((part) => encodeBase64Url(JSON.stringify(part))).join('.'), 'ascii');

/** A JWS in compact form of its signing input and signature (RFC 7515 §7.1). */
export const compactJws = (signingInput: Uint8Array, signature: Uint8Array): string =>
  `${Buffer.from(signingInput).toString('ascii')}.${encodeBase64Url(signature)}`;

/** How a request is signed with the session key (windows-sign-in §3.7). */
export interface SessionKeyUse {
  readonly sessionKey: Uint8Array;
  /** Random octets that the derived key depends on: 24 of a Windows client. */
  readonly context: Uint8Array;
  readonly version: KeyDerivationVersion;
}

/**
 * A JWS that is signed with a key derived from the session key. Version 2 of the derivation is announced as `kdf_ver`; a
 * header without it says version 1 (windows-sign-in §3.7).
 */
export function sessionKeyJws(payload: JwsMembers, { sessionKey, context, version }: SessionKeyUse): string {
  const ctx = Buffer.from(context).toString('base64');
  const header = { alg: 'HS256', typ: 'JWT', ctx, ...(version === 2 ? { kdf_ver: 2 } : {}) };
  const signingInput = signingInputOf(header, payload);
  const key = deriveKey(sessionKey, context, version, Buffer.from(JSON.stringify(payload)));
  return compactJws(signingInput, signWithKey(key, signingInput));
}
