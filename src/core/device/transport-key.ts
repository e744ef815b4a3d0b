import { createPublicKey, type KeyObject } from 'node:crypto';
import { passed, type Ruling, refused, success } from '../trace/ruling.ts';
import { decodeBase64 } from './jose/base64.ts';

const magic = 0x31415352; // "RSA1": a public key alone
const headerLength = 24;
const largestBlob = 4096;

/** What a transport key may be: RSA of 2048 to 4096 bits. A device makes one at registration; 2048 is what Windows makes. */
export const transportKeyBits = { least: 2048, most: 4096 } as const;

/**
 * The transport key of a registration request: base64 of a BCRYPT_RSAKEY_BLOB, or of the text of a JWK as Android and
 * macOS send it (windows-sign-in §2.3). Refuses with `transportKeyUnreadable` or `transportKeyWeak`.
 */
export function readTransportKey(base64: string): Ruling<KeyObject> {
  const octets = base64.length > largestBlob * 2 ? undefined : decodeBase64(base64);
  if (!octets) return unreadable('it is not base64');
  const jwkRuling = octets[0] === 0x7b ? jwkMembers(octets) : blobMembers(octets);
  if (jwkRuling.outcome !== 'passed') return jwkRuling;
  const jwk = jwkRuling.value;
  const key = importJwk(jwk);
  if (!key) return unreadable('it is not an RSA public key');
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (
    bits < transportKeyBits.least ||
    bits > transportKeyBits.most ||
    exponent < 65537n ||
    exponent % 2n === 0n ||
    !isOdd(jwk.n)
  )
    return refused('transportKeyWeak', { bits, exponent: String(exponent) });
  return passed(key, 'transportKeyRead', { bits });
}

interface RsaMembers {
  /** base64url of the big-endian modulus and exponent. */
  readonly n: string;
  readonly e: string;
}

const unreadable = (problem: string) => refused('transportKeyUnreadable', { problem });

function blobMembers(blob: Uint8Array): Ruling<RsaMembers> {
  if (blob.length < headerLength) return unreadable('it is shorter than the header of a BCRYPT_RSAKEY_BLOB');
  const view = Buffer.from(blob);
  if (view.readUInt32LE(0) !== magic) return unreadable('it is neither a BCRYPT_RSAPUBLIC_BLOB nor a JWK');
  const [exponentLength, modulusLength, prime1, prime2] = [8, 12, 16, 20].map((at) => view.readUInt32LE(at));
  if (prime1 !== 0 || prime2 !== 0) return unreadable('it announces private primes');
  if (view.length !== headerLength + exponentLength! + modulusLength!)
    return unreadable('its length is not what its header says');
  const exponent = view.subarray(headerLength, headerLength + exponentLength!);
  const modulus = view.subarray(headerLength + exponentLength!);
  if (view.readUInt32LE(4) !== bitLength(modulus)) return unreadable('its modulus is not as long as its header says');
  return success({ n: modulus.toString('base64url'), e: exponent.toString('base64url') });
}

function bitLength(octets: Uint8Array): number {
  const first = octets.findIndex((octet) => octet !== 0);
  return first < 0 ? 0 : (octets.length - first) * 8 - (Math.clz32(octets[first]!) - 24);
}

function jwkMembers(octets: Uint8Array): Ruling<RsaMembers> {
  try {
    const { kty, n, e } = JSON.parse(Buffer.from(octets).toString('utf8')) as Record<string, unknown>;
    const [modulus, exponent] = [n, e].map((member) => (typeof member === 'string' ? decodeBase64(member) : undefined));
    if (kty !== 'RSA' || !modulus || !exponent) return unreadable('its JWK is not an RSA key');
    return success({ n: Buffer.from(modulus).toString('base64url'), e: Buffer.from(exponent).toString('base64url') });
  } catch {
    return unreadable('its JWK is not JSON');
  }
}

const isOdd = (base64url: string): boolean => (Buffer.from(base64url, 'base64url').at(-1) ?? 0) % 2 === 1;

function importJwk({ n, e }: RsaMembers): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** The BCRYPT_RSAKEY_BLOB of an RSA public key, 283 octets for 2048 bits. What a client registers, and what names a Hello key. */
export function transportKeyBlob(key: KeyObject): Uint8Array {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const [modulus, exponent] = [n, e].map((member) => Buffer.from(member, 'base64url'));
  const header = Buffer.alloc(headerLength);
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(modulus!.length * 8, 4);
  header.writeUInt32LE(exponent!.length, 8);
  header.writeUInt32LE(modulus!.length, 12);
  return Buffer.concat([header, exponent!, modulus!]);
}
