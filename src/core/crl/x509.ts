import { createPublicKey, verify } from 'node:crypto';
import { DerReader, tags } from '../asn1/der.ts';
import { type Ruling, refused } from '../trace/ruling.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { TrustStore } from '../x509/trust-store.ts';

/** Until core/x509 has its own: what revocation needs of paths and signatures. */
export interface VerifiedPath {
  readonly certificates: readonly Certificate[];
}

const hashes: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
};

export function verifySignature(
  algorithm: Uint8Array,
  spki: Uint8Array,
  tbs: Uint8Array,
  signature: Uint8Array,
): boolean {
  const hash = hashes[new DerReader(algorithm, 'algorithm').enter(tags.sequence, 'algorithm').oid('algorithm')];
  if (hash === undefined) return false;
  return verify(hash, tbs, createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }), signature);
}

/** Nobody but the authorities on the path may sign, as long as no other path can be validated. */
export function pathOfCrlSigner(signer: Certificate, _: TrustStore, __: Date): Ruling<VerifiedPath> {
  return refused('crlMissing', {
    subject: '',
    issuer: signer.sha256Thumbprint,
    problem: 'separate signers are not supported',
  });
}
