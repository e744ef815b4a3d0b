import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { fault } from '#core/trace/fault.ts';
import { integer, nothing, octetString, oid, sequence } from '../build/der-writer.ts';
import { type Ber, child, numberOf, octetsOf, oidOf } from './ber-reader.ts';
import { bmpPassword, derive } from './pkcs12-kdf.ts';

/**
 * Rounds of key derivation that one file may ask for, in all its parts together. No exporter writes more than 600,000 a part
 * (Windows), for a MAC and two parts, each tried in two spellings of the password; a file that asks for more, at once or in
 * thousands of parts, is an attack on our time.
 */
export const iterationLimit = 4_000_000;

/** The iterations that remain of {@link iterationLimit}; one for each file. */
export class DerivationBudget {
  #left: number;

  constructor(limit = iterationLimit) {
    this.#left = limit;
  }

  /** An iteration count that is still to be had. Throws `cardFileUnreadable`. */
  spend(ber: Ber): number {
    const iterations = numberOf(ber);
    this.#left -= iterations;
    if (iterations < 1 || this.#left < 0)
      throw fault('cardFileUnreadable', { why: `${iterations} iterations of key derivation` });
    return iterations;
  }
}

const pbes2 = '1.2.840.113549.1.5.13';
const pbkdf2 = '1.2.840.113549.1.5.12';
const hmacWithSha256 = '1.2.840.113549.2.9';
const aes256Cbc = '2.16.840.1.101.3.4.1.42';

/** Encrypted octets and the AlgorithmIdentifier that says how. */
export interface Encrypted {
  readonly algorithm: Uint8Array;
  readonly content: Uint8Array;
}

/** PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC (RFC 8018 §6.2): what OpenSSL 3, NSS and Windows all read. */
export function encrypt(plain: Uint8Array, password: string, iterations: number): Encrypted {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const prf = sequence(oid(hmacWithSha256), nothing());
  const derivation = sequence(oid(pbkdf2), sequence(octetString(salt), integer(iterations), prf));
  const scheme = sequence(oid(aes256Cbc), octetString(iv));
  return {
    algorithm: sequence(oid(pbes2), sequence(derivation, scheme)),
    content: Buffer.concat([cipher.update(plain), cipher.final()]),
  };
}

const prfs: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  [hmacWithSha256]: 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};
const ciphers: Readonly<Record<string, { readonly name: string; readonly keyLength: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyLength: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyLength: 24 },
  [aes256Cbc]: { name: 'aes-256-cbc', keyLength: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyLength: 24 },
};
/** RFC 7292 Appendix C: what old Windows and OpenSSL wrote. RC2 is left out: Node cannot decrypt it. */
const oldSchemes: Readonly<Record<string, { readonly name: string; readonly keyLength: number }>> = {
  '1.2.840.113549.1.12.1.3': { name: 'des-ede3-cbc', keyLength: 24 },
};

/**
 * Decrypts under an AlgorithmIdentifier. Throws `cardPasswordWrong`, `cardEncryptionUnsupported`, or BerError when the
 * parameters make no sense.
 */
export function decrypt(algorithm: Ber, content: Uint8Array, password: string, budget: DerivationBudget): Uint8Array {
  const scheme = oidOf(child(algorithm, 0));
  if (scheme === pbes2) return decryptPbes2(child(algorithm, 1, 0x30), content, password, budget);
  const cipher = oldSchemes[scheme];
  if (!cipher) throw fault('cardEncryptionUnsupported', { algorithm: scheme });
  const parameters = child(algorithm, 1, 0x30);
  const how = {
    hash: 'sha1' as const,
    password: bmpPassword(password),
    salt: octetsOf(child(parameters, 0, 0x04)),
    iterations: budget.spend(child(parameters, 1)),
  };
  const key = derive({ ...how, purpose: 'key', length: cipher.keyLength });
  return decipher(cipher.name, key, derive({ ...how, purpose: 'iv', length: 8 }), content);
}

function decryptPbes2(parameters: Ber, content: Uint8Array, password: string, budget: DerivationBudget): Uint8Array {
  const derivation = child(parameters, 0, 0x30);
  const scheme = child(parameters, 1, 0x30);
  const cipher = ciphers[oidOf(child(scheme, 0))];
  if (!cipher) throw fault('cardEncryptionUnsupported', { algorithm: oidOf(child(scheme, 0)) });
  const iv = octetsOf(child(scheme, 1, 0x04));
  const keyFor = (secret: Uint8Array) => pbkdf2Key(derivation, secret, cipher.keyLength, budget);
  try {
    return decipher(cipher.name, keyFor(Buffer.from(password)), iv, content);
  } catch {
    // Old NSS derived from the BMPString here too (RFC 8018 leaves the octets of a password open).
    return decipher(cipher.name, keyFor(bmpPassword(password)), iv, content);
  }
}

/** RFC 8018 Appendix A.2; the PRF is DEFAULT hmacWithSHA1. */
export function pbkdf2Key(derivation: Ber, password: Uint8Array, length: number, budget: DerivationBudget): Uint8Array {
  const name = oidOf(child(derivation, 0));
  if (name !== pbkdf2) throw fault('cardEncryptionUnsupported', { algorithm: name });
  const parameters = child(derivation, 1, 0x30);
  const prfAlgorithm = parameters.children.slice(2).find((part) => part.tag === 0x30);
  const prf = prfAlgorithm ? oidOf(child(prfAlgorithm, 0)) : '1.2.840.113549.2.7';
  const digest = prfs[prf];
  if (!digest) throw fault('cardEncryptionUnsupported', { algorithm: prf });
  return pbkdf2Sync(password, octetsOf(child(parameters, 0, 0x04)), budget.spend(child(parameters, 1)), length, digest);
}

/** Wrong padding is how a wrong key shows. */
function decipher(name: string, key: Uint8Array, iv: Uint8Array, content: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv(name, key, iv);
    return Buffer.concat([decipher.update(content), decipher.final()]);
  } catch (cause) {
    throw fault('cardPasswordWrong', {}, cause);
  }
}
