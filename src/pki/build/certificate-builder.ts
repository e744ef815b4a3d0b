import type { KeyObject } from 'node:crypto';
import { bitString, contextConstructed, integer, sequence, time } from './der-writer.ts';
import { type ExtensionInput, extensionDer } from './fields/extensions.ts';
import { algorithmOf, publicKeyInfo, type SchemeName, schemeFor, sign } from './fields/keys.ts';
import { type NameInput, nameDer } from './fields/names.ts';

/** A certificate to the letter: nothing is added, so that anything can be wrong. */
export interface CertificateInput {
  readonly subject: NameInput;
  readonly issuer: NameInput;
  /** A number, or the content octets as they shall stand. */
  readonly serial: bigint | Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** A key (public or private), or DER SubjectPublicKeyInfo. */
  readonly publicKey: KeyObject | Uint8Array;
  readonly extensions: readonly ExtensionInput[];
  readonly version?: 1 | 2 | 3;
  readonly signature: SignatureInput;
}

/** How to sign. `broken` flips the last bit; `outer` names another algorithm outside than inside (RFC 5280 §4.1.1.2). */
export interface SignatureInput {
  readonly key: KeyObject;
  readonly scheme?: SchemeName | undefined;
  readonly outer?: SchemeName | undefined;
  readonly broken?: boolean | undefined;
}

/** DER of the signed certificate (RFC 5280 §4.1). */
export function buildCertificate(input: CertificateInput): Uint8Array {
  const scheme = input.signature.scheme ?? schemeFor(input.signature.key);
  return signed(certificateToSign(input, scheme), { ...input.signature, scheme });
}

/** DER of what the signature of a certificate covers. */
export function certificateToSign(input: Omit<CertificateInput, 'signature'>, scheme: SchemeName): Uint8Array {
  return sequence(
    ...versionDer(input.version ?? 3),
    integer(input.serial),
    algorithmOf(scheme),
    nameDer(input.issuer),
    sequence(time(input.notBefore), time(input.notAfter)),
    nameDer(input.subject),
    input.publicKey instanceof Uint8Array ? input.publicKey : publicKeyInfo(input.publicKey),
    ...extensionsDer(3, input.extensions),
  );
}

/** v1 is DEFAULT and so left out. */
function versionDer(version: 1 | 2 | 3): Uint8Array[] {
  return version === 1 ? [] : [contextConstructed(0, integer(version - 1))];
}

/** `[n] EXPLICIT Extensions`, left out when there are none. */
export function extensionsDer(n: number, extensions: readonly ExtensionInput[]): Uint8Array[] {
  return extensions.length === 0 ? [] : [contextConstructed(n, sequence(...extensions.map(extensionDer)))];
}

/** The common frame of certificates and CRLs: to be signed, algorithm, signature. */
export function signed(tbs: Uint8Array, { key, scheme, outer, broken }: SignatureInput): Uint8Array {
  const inner = scheme ?? schemeFor(key);
  const bits = sign(tbs, key, inner);
  if (broken) bits[bits.length - 1] = (bits.at(-1) ?? 0) ^ 1;
  return sequence(tbs, algorithmOf(outer ?? inner), bitString(bits));
}

/** PEM (RFC 7468) of DER under a label. */
export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
