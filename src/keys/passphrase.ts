import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

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
  const [salt, iv] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), iv).setAAD(Buffer.from(label));
  const text = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const { N, r, p } = cost;
  const encode = (part: Buffer) => part.toString('base64url');
  return {
    kdf: 'scrypt',
    N,
    r,
    p,
    salt: encode(salt),
    iv: encode(iv),
    text: encode(text),
    tag: encode(cipher.getAuthTag()),
  };
}

/** The bytes; undefined for another passphrase, another label, other costs than ours, or an envelope that was changed. */
export async function openWithPassphrase(
  envelope: PassphraseEnvelope,
  passphrase: string,
  label: string,
): Promise<Uint8Array | undefined> {
  if (envelope.N !== cost.N || envelope.r !== cost.r || envelope.p !== cost.p) return undefined;
  const [salt, iv, text, tag] = [envelope.salt, envelope.iv, envelope.text, envelope.tag].map((part) =>
    Buffer.from(part, 'base64url'),
  ) as [Buffer, Buffer, Buffer, Buffer];
  try {
    const decipher = createDecipheriv('aes-256-gcm', await keyOf(passphrase, salt), iv, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(label)).setAuthTag(tag);
    return new Uint8Array(Buffer.concat([decipher.update(text), decipher.final()]));
  } catch {
    return undefined;
  }
}

const keyOf = (passphrase: string, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFC'), salt, 32, cost, (problem, key) => (problem ? reject(problem) : resolve(key))),
  );
