import { createHash, createHmac, type KeyObject, randomBytes } from 'node:crypto';
import {
  bmpString,
  contextConstructed,
  contextPrimitive,
  integer,
  nothing,
  octetString,
  oid,
  sequence,
  setOf,
} from '../build/der-writer.ts';
import { encrypt } from './pbes.ts';
import { bmpPassword, derive } from './pkcs12-kdf.ts';

/** A certificate with its private key and the certificates above it. */
export interface Card {
  /** DER of the certificate. */
  readonly der: Uint8Array;
  readonly privateKey: KeyObject;
  /** DER of each, nearest first. */
  readonly chain: readonly { readonly der: Uint8Array }[];
}

export interface Pkcs12Options {
  readonly password: string;
  /** What a certificate manager shows. */
  readonly friendlyName: string;
  /** Rounds of key derivation; 10,000 unless said otherwise. */
  readonly iterations?: number;
}

export const data = '1.2.840.113549.1.7.1';
export const encryptedData = '1.2.840.113549.1.7.6';
export const bags = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
} as const;
export const x509Certificate = '1.2.840.113549.1.9.22.1';
const sha256 = '2.16.840.1.101.3.4.2.1';

/** A PKCS #12 file (RFC 7292): key and certificates encrypted by AES-256, HMAC-SHA256 over both. */
export function writePkcs12(card: Card, { password, friendlyName, iterations = 10_000 }: Pkcs12Options): Uint8Array {
  const attributes = bagAttributes(friendlyName, createHash('sha1').update(card.der).digest());
  const certificates = [certificateBag(card.der, attributes), ...card.chain.map(({ der }) => certificateBag(der))];
  const pkcs8 = card.privateKey.export({ type: 'pkcs8', format: 'der' });
  const encryptedKey = encrypt(pkcs8, password, iterations);
  const keyBag = bag(bags.shroudedKey, sequence(encryptedKey.algorithm, octetString(encryptedKey.content)), attributes);
  const safes = sequence(
    encryptedSafe(sequence(...certificates), password, iterations),
    contentInfo(data, octetString(sequence(keyBag))),
  );
  return sequence(integer(3), contentInfo(data, octetString(safes)), macData(safes, password, iterations));
}

const contentInfo = (type: string, content: Uint8Array): Uint8Array =>
  sequence(oid(type), contextConstructed(0, content));

/** EncryptedData of RFC 2315 §13 around SafeContents. */
function encryptedSafe(contents: Uint8Array, password: string, iterations: number): Uint8Array {
  const { algorithm, content } = encrypt(contents, password, iterations);
  const encryptedContent = sequence(oid(data), algorithm, contextPrimitive(0, content));
  return contentInfo(encryptedData, sequence(integer(0), encryptedContent));
}

function bag(type: string, value: Uint8Array, attributes?: Uint8Array): Uint8Array {
  return sequence(oid(type), contextConstructed(0, value), ...(attributes ? [attributes] : []));
}

function certificateBag(der: Uint8Array, attributes?: Uint8Array): Uint8Array {
  const value = sequence(oid(x509Certificate), contextConstructed(0, octetString(der)));
  return bag(bags.certificate, value, attributes);
}

/** RFC 2985 §5.5: the name to show, and the id that joins key and certificate. */
function bagAttributes(friendlyName: string, localKeyId: Uint8Array): Uint8Array {
  return setOf(
    sequence(oid('1.2.840.113549.1.9.20'), setOf(bmpString(friendlyName))),
    sequence(oid('1.2.840.113549.1.9.21'), setOf(octetString(localKeyId))),
  );
}

/** RFC 7292 §4 MacData, HMAC-SHA256 under the key of Appendix B. */
function macData(safes: Uint8Array, password: string, iterations: number): Uint8Array {
  const salt = randomBytes(16);
  const how = { hash: 'sha256', salt, iterations, purpose: 'mac', length: 32 } as const;
  const key = derive({ ...how, password: bmpPassword(password) });
  const digest = createHmac('sha256', key).update(safes).digest();
  const digestInfo = sequence(sequence(oid(sha256), nothing()), octetString(digest));
  return sequence(digestInfo, octetString(salt), integer(iterations));
}
