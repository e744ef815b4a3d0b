import { createHash } from 'node:crypto';
import { copyFileSync, createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fault } from '#core/trace/fault.ts';
import { fileProblemText } from '#core/trace/reasons/file-problem.ts';
import { requireRegularFile } from '#net/regular-file.ts';
import { makeDataFolder } from '#storage/data-folder.ts';
import { readConfig } from '../config.ts';
import { openInstallation } from '../installation.ts';
import { logOf } from '../log.ts';
import { secretKeyFrom } from '../settings/secrets/secret-key.ts';
import { type BackupDescription, readBackup, stripDescription } from './backup-file.ts';
import { openSecretFiles, writeSecretFiles } from './secret-files.ts';

export interface RestoreRequest {
  readonly file: string;
  readonly folder: string;
  readonly passphrase: string | undefined;
  /** SHA-256 hash that the file must have, in hex: SQLite notices a changed row only where its page is no longer one. */
  readonly sha256: string | undefined;
}
export interface RestoreReport {
  readonly version: string;
  readonly createdDateTime: string;
  readonly hasDatabase: boolean;
  /** The files of the data folder that were in the backup; undefined where it has secrets and no passphrase was given. */
  readonly secrets: readonly string[] | undefined;
  /** The domains of each tenant; undefined where the database was not opened, because its secret key is not there. */
  readonly tenants: readonly (readonly string[])[] | undefined;
}

/**
 * Writes a backup into a data folder that has no installation, and opens it with this program.
 * @throws backupUnreadable, backupPassphraseWrong, restoreFolderTaken, and as `openInstallation`
 */
export async function restoreBackup({ file, folder, passphrase, sha256 }: RestoreRequest): Promise<RestoreReport> {
  // A file that another one has replaced is not opened by SQLite.
  if (sha256 !== undefined) await requireHash(file, sha256.toLowerCase());
  const description = readBackup(file);
  const secrets = await secretsOf(description, file, passphrase);
  makeDataFolder(folder);
  const names = ['cardea.db', ...Object.keys(secrets ?? {})];
  const conflict = names.find((name) => existsSync(join(folder, name)));
  if (conflict !== undefined) throw fault('restoreFolderTaken', { folder, name: conflict });
  writeSecretFiles(folder, secrets ?? {});
  if (description.database === 'sqlite') {
    copyFileSync(file, join(folder, 'cardea.db'));
    stripDescription(join(folder, 'cardea.db'));
  }
  return {
    version: description.version,
    createdDateTime: description.createdDateTime,
    hasDatabase: description.database === 'sqlite',
    secrets: description.secrets && !secrets ? undefined : Object.keys(secrets ?? {}),
    tenants: await tenantsIn(folder, description),
  };
}

/** Restores into a folder of its own, which is removed again: shows that a backup can be restored, and changes nothing. */
export async function verifyBackup(request: Omit<RestoreRequest, 'folder'>): Promise<RestoreReport> {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-verify-'));
  try {
    return await restoreBackup({ ...request, folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws backupUnreadable */
async function requireHash(file: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    requireRegularFile(file);
    await pipeline(createReadStream(file), hash);
  } catch (problem) {
    throw fault('backupUnreadable', { file, problem: fileProblemText((problem as Error).message) }, problem);
  }
  const found = hash.digest('hex');
  if (found !== sha256)
    throw fault('backupUnreadable', { file, problem: `its SHA-256 hash is ${found}, not ${sha256}` });
}

async function secretsOf(description: BackupDescription, file: string, passphrase: string | undefined) {
  if (passphrase === undefined || description.secrets === undefined) return undefined;
  const secrets = await openSecretFiles(description, passphrase);
  if (secrets === undefined) throw fault('backupPassphraseWrong', { file });
  return secrets;
}

/** Opens what was restored, which brings it to this version and tries the secret key on it. */
async function tenantsIn(folder: string, { database }: BackupDescription): Promise<RestoreReport['tenants']> {
  const hasKey = existsSync(join(folder, 'secret.key')) || secretKeyFrom(process.env) !== undefined;
  if (database !== 'sqlite' || !hasKey) return undefined;
  const installation = await openInstallation(readConfig({ dataFolder: folder }, {}, folder), logOf('warn'));
  try {
    return (await installation.tenants.list()).map(({ domains }) => domains.map(({ id }) => id));
  } finally {
    await installation.close();
  }
}
