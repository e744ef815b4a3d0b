import { randomBytes, scrypt } from 'node:crypto';
import { openBytes, partsOf, sealBytes } from './sealed-bytes.ts';

/** Cost of a guess (RFC 7914): 128 MiB of memory and some tenths of a second. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

/** Bytes sealed with a passphrase: AES-256-GCM under a key by scrypt. The label is bound in. */
export interface PassphraseEnvelope {
  readonly kdf: 'scrypt';
  readonly N: number;
  readonly r: number;
  readonly p: number;
  /** Base64url, like the following. */
  readonly salt: string;
  readonly iv: string;
  readonly text: string;
  readonly tag: string;
}

export async function sealWithPassphrase(
  bytes: Uint8Array,
  passphrase: string,
  label: string,
): Promise<PassphraseEnvelope> {
  const salt = randomBytes(16);
  const { iv, text, tag } = partsOf(sealBytes(await keyOf(passphrase, salt), bytes, label));
  const { N, r, p } = cost;
  const encode = (part: Uint8Array) => Buffer.from(part).toString('base64url');
  return { kdf: 'scrypt', N, r, p, salt: encode(salt), iv: encode(iv), text: encode(text), tag: encode(tag) };
}

/** The bytes; undefined for another passphrase, another label, other costs than ours, or an envelope that was changed. */
export async function openWithPassphrase(
  envelope: PassphraseEnvelope,
  passphrase: string,
  label: string,
): Promise<Uint8Array | undefined> {
  if (envelope.N !== cost.N || envelope.r !== cost.r || envelope.p !== cost.p) return undefined;
  const [salt, ...parts] = [envelope.salt, envelope.iv, envelope.text, envelope.tag].map((part) =>
    Buffer.from(part, 'base64url'),
  ) as [Buffer, Buffer, Buffer, Buffer];
  const octets = openBytes(await keyOf(passphrase, salt), Buffer.concat(parts), label);
  return octets && new Uint8Array(octets);
}

const keyOf = (passphrase: string, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFC'), salt, 32, cost, (problem, key) => (problem ? reject(problem) : resolve(key))),
  );
