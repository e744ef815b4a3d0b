import type { CardAlgorithm } from '#core/device/client/card-key.ts';
import type { Certificate } from '#core/x509/certificate.ts';

/** A certificate of a card. */
export interface CardCertificate {
  readonly certificate: Certificate;
  /** DER of the certificates above it, as far as the card holds them. */
  readonly chain: readonly Uint8Array[];
  /** Where the key is, in words: `key 01 of the token "Ana Ruiz"`. */
  readonly place: string;
  /** RFC 7512 without a query: which key of the card, for TLS; undefined for a card file. */
  readonly keyUri?: string;
  /** The key of this certificate, ready to sign. Asks for the PIN where one is needed. @throws tokenPinLocked */
  unlock(): Promise<CardKey>;
}

/** The private key of a certificate. */
export interface CardKey {
  readonly certificate: Certificate;
  readonly chain: readonly Uint8Array[];
  /** A JWS signature (RFC 7518 §3.3, §3.4). @throws tokenPinWrong, tokenPinLocked, tokenRemoved, tokenUnreadable */
  sign(algorithm: CardAlgorithm, input: Uint8Array): Promise<Uint8Array>;
}

/** A card in a reader, or a file in its place. */
export interface Card {
  /** @throws tokenRemoved, tokenUnreadable, tokenSoftwareMissing */
  certificates(): Promise<readonly CardCertificate[]>;
}
