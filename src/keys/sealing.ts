import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '#core/trace/fault.ts';

/** Seals text for the database (AES-256-GCM). The label is bound in: what was sealed for one row opens in no other. */
export interface Sealing {
  seal(text: string, label: string): string;
  /** @throws secretKeyWrong */
  open(envelope: string, label: string): string;
  /** 32 octets for another purpose, the same in every process with this key (HKDF, RFC 5869). */
  derive(purpose: string): Uint8Array;
}

/**
 * The key-encryption key of an installation: `CARDEA_SECRET_KEY` (32 bytes, base64url) where it is given, as several
 * processes on one database need, else `secret.key` in the data folder, made on first use for its owner only.
 */
export function openSealing(folder: string, input: string | undefined): Sealing {
  const file = join(folder, 'secret.key');
  const source = input === undefined ? file : 'CARDEA_SECRET_KEY';
  const key = Buffer.from(input ?? secretIn(file), 'base64url');
  if (key.length !== 32) throw fault('secretKeyWrong', { source });
  return {
    seal(text, label) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(label));
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64url',
      );
    },
    open(sealed, label) {
      try {
        const bytes = Buffer.from(sealed, 'base64url');
        const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
        cipher.setAAD(Buffer.from(label));
        cipher.setAuthTag(bytes.subarray(-16));
        return Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]).toString('utf8');
      } catch (problem) {
        throw fault('secretKeyWrong', { source }, problem);
      }
    },
    derive: (purpose) => new Uint8Array(hkdfSync('sha256', key, '', `cardea ${purpose}`, 32)),
  };
}

function secretIn(file: string): string {
  if (!existsSync(file)) makeSecret(file);
  return readFileSync(file, 'utf8').trim();
}

/** Whole or not at all, and never over one that is there: a process may end here, or another may do the same. */
function makeSecret(file: string): void {
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(beside, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(beside, file);
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
  } finally {
    rmSync(beside);
  }
}
