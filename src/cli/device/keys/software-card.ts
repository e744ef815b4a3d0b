import { type KeyObject, sign } from 'node:crypto';
import { type CardAlgorithm, cardAlgorithmHash } from '#core/device/client/card-key.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import type { Card as CardFile } from '#pki/card-file/pkcs12.ts';
import type { Card } from './card-key.ts';

/** A card file: its key is in software. @throws certificateUnreadable */
export function softwareCard(file: CardFile, place: string): Card {
  const certificate = orThrow(readCertificate(file.der));
  const chain = file.chain.map(({ der }) => der);
  const key = {
    certificate,
    chain,
    sign: async (algorithm: CardAlgorithm, input: Uint8Array) => signWith(file.privateKey, algorithm, input),
  };
  return { certificates: async () => [{ certificate, chain, place, unlock: async () => key }] };
}

/** A JWS signature: PKCS #1 v1.5 of RSA, R and S of ECDSA one behind the other (RFC 7518 §3.3, §3.4). */
export const signWith = (key: KeyObject, algorithm: CardAlgorithm, input: Uint8Array): Uint8Array =>
  sign(cardAlgorithmHash[algorithm], input, { key, dsaEncoding: 'ieee-p1363' });
