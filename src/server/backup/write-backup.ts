import { rmSync } from 'node:fs';
import type { BackupReport, BackupRequest } from '#cli/command.ts';
import { packageVersion } from '#cli/version.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { clock } from '../process/clock.ts';
import { secretKeyFrom } from '../settings/secrets/secret-key.ts';
import { type BackupDescription, describeBackup } from './backup-file.ts';
import { sealSecretFiles, secretFilesOf } from './secret-files.ts';

/** What a backup is made of. */
export interface BackupSource {
  readonly dataFolder: string;
  /** Undefined where the rows are in PostgreSQL. */
  readonly copyTo: ((file: string) => Promise<void>) | undefined;
}

/**
 * Writes a backup: a copy of the database while it is used and, with a passphrase, the secret key, TLS keys, settings and the demo.
 * The file appears whole or not at all, for its owner alone. @throws backupExists, backupNotWritten, backupPassphraseNeeded
 */
export async function writeBackup(request: BackupRequest, source: BackupSource): Promise<BackupReport> {
  const { write, passphrase } = request;
  const { dataFolder, copyTo } = source;
  if (copyTo === undefined && passphrase === undefined) throw fault('backupPassphraseNeeded', {});
  const files = passphrase === undefined ? {} : secretFilesOf(dataFolder, secretKeyFrom(process.env)?.text);
  const written = await write((place) => fill(place, { files, passphrase }, copyTo));
  if ('problem' in written) {
    const { path: file, problem, exists } = written;
    throw exists ? fault('backupExists', { file }) : fault('backupNotWritten', { file, problem });
  }
  const { path: file, bytes, sha256 } = written;
  return { file, bytes, sha256, hasDatabase: copyTo !== undefined, secrets: Object.keys(files) };
}

type Secrets = Pick<BackupRequest, 'passphrase'> & { readonly files: ReturnType<typeof secretFilesOf> };

/** Writes the content of a backup to an empty file. @throws backupNotWritten */
async function fill(place: string, { files, passphrase }: Secrets, copyTo: BackupSource['copyTo']): Promise<void> {
  try {
    await copyTo?.(place);
    const description: BackupDescription = {
      format: 1,
      version: packageVersion(),
      database: copyTo ? 'sqlite' : 'postgres',
      createdDateTime: clock.now().toISOString(),
    };
    const secrets = passphrase === undefined ? {} : { secrets: await sealSecretFiles(files, passphrase, description) };
    describeBackup(place, { ...description, ...secrets });
  } catch (problem) {
    if (problem instanceof CardeaError) throw problem;
    throw fault('backupNotWritten', { file: place, problem: (problem as Error).message }, problem);
  } finally {
    rmSync(`${place}-journal`, { force: true });
  }
}
