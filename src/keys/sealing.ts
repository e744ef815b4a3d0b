import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '#core/trace/fault.ts';
import { makeFile, replaceFile } from '#pki/whole-file.ts';
import { openBytes, sealBytes } from './sealed-bytes.ts';

/** Seals text for the database (AES-256-GCM). The label is bound in: what was sealed for one row opens in no other. */
export interface Sealing {
  seal(text: string, label: string): string;
  /** @throws secretKeyWrong */
  open(envelope: string, label: string): string;
  /** How many secrets there are; the first one seals. */
  readonly count: number;
  /** Which secret sealed it, counted from 0; undefined where none of them did. */
  sealedBy(envelope: string, label: string): number | undefined;
  /** 32 octets for another purpose, the same in every process with this key (HKDF, RFC 5869). */
  derive(purpose: string): Uint8Array;
  /** The same from every secret, the newest first: it signs, and what an older one signed is still accepted. */
  deriveAll(purpose: string): readonly [Uint8Array, ...Uint8Array[]];
}

/**
 * The secrets of an installation (32 bytes each, base64url): those of an environment variable where one is set, as several processes on
 * one database need, else `secret.key` in the data folder, made on first use for its owner only. The first one seals and
 * signs. Those after it, with a comma or a line between them, are older: what they sealed opens, and what they signed counts.
 * @throws secretKeyMalformed when one is not 32 bytes
 */
export function openSealing(folder: string, input: string | undefined, variable = 'CARDEA_SECRET_KEY'): Sealing {
  const file = join(folder, 'secret.key');
  const source = input === undefined ? file : variable;
  const keys = secretsOf(input ?? secretIn(file), source);
  return {
    seal: (text, label) => sealBytes(keys[0], Buffer.from(text), label).toString('base64url'),
    open(sealed, label) {
      for (const key of keys) {
        const text = openWith(key, sealed, label);
        if (text !== undefined) return text;
      }
      throw fault('secretKeyWrong', { source });
    },
    count: keys.length,
    sealedBy(sealed, label) {
      const index = keys.findIndex((key) => openWith(key, sealed, label) !== undefined);
      return index === -1 ? undefined : index;
    },
    derive: (purpose) => derived(keys[0], purpose),
    deriveAll: (purpose) => [derived(keys[0], purpose), ...keys.slice(1).map((key) => derived(key, purpose))],
  };
}

const derived = (key: Buffer, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, '', `cardea ${purpose}`, 32));

/** Undefined for what another key sealed, under another label, or what was changed. */
const openWith = (key: Buffer, sealed: string, label: string): string | undefined =>
  openBytes(key, Buffer.from(sealed, 'base64url'), label)?.toString('utf8');

function secretsOf(text: string, source: string): readonly [Buffer, ...Buffer[]] {
  const [first, ...rest] = text.split(/[\s,]+/).map((secret) => Buffer.from(secret, 'base64url'));
  if (!first || [first, ...rest].some(({ length }) => length !== 32)) throw fault('secretKeyMalformed', { source });
  return [first, ...rest];
}

const newSecret = (): string => randomBytes(32).toString('base64url');

/**
 * Puts a new secret before those of `secret.key`. A server that is started afterwards seals and signs with it, and sessions
 * and what the older ones sealed continue. @throws secretKeyMissing, secretKeyMalformed
 */
export const rotateSecret = (folder: string): void => rewriteSecrets(folder, (text) => `${newSecret()}\n${text}\n`);

/** Removes all secrets of `secret.key` but the first. @throws secretKeyMissing, secretKeyMalformed */
export const removeOlderSecrets = (folder: string): void =>
  rewriteSecrets(folder, (text) => `${text.split(/[\s,]+/)[0]}\n`);

function rewriteSecrets(folder: string, change: (text: string) => string): void {
  const file = join(folder, 'secret.key');
  if (!existsSync(file)) throw fault('secretKeyMissing', { file });
  const text = readFileSync(file, 'utf8').trim();
  secretsOf(text, file);
  replaceFile(file, change(text), 0o600);
}

/** Sixteen hexadecimal digits for each secret, the newest first: the same on every node, and no help to guess one. */
export const fingerprintsOf = (sealing: Pick<Sealing, 'deriveAll'>): readonly string[] =>
  sealing.deriveAll('fingerprint of the secret key').map((bytes) => Buffer.from(bytes).toString('hex').slice(0, 16));

function secretIn(file: string): string {
  if (!existsSync(file)) makeSecret(file);
  return readFileSync(file, 'utf8').trim();
}

/** Whole or not at all, and never over one that is there: a process may end here, or another may do the same. */
function makeSecret(file: string): void {
  try {
    makeFile(file, `${newSecret()}\n`, 0o600);
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
  }
}
