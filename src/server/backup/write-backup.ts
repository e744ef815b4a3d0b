import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, rmSync, statSync } from 'node:fs';
import type { BackupReport, BackupRequest } from '#cli/command.ts';
import { packageVersion } from '#cli/version.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { naming, placeFile } from '#pki/whole-file.ts';
import { clock } from '../process/clock.ts';
import { secretKeyFrom } from '../settings/secret-key.ts';
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
 * The file appears whole or not at all, for its owner alone.
 */
export async function writeBackup(request: BackupRequest, { dataFolder, copyTo }: BackupSource): Promise<BackupReport> {
  const { file, passphrase } = request;
  if (existsSync(file)) throw fault('backupExists', { file });
  if (copyTo === undefined && passphrase === undefined) throw fault('backupPassphraseNeeded', {});
  const partial = `${file}.${process.pid}.partial`;
  try {
    closeSync(openSync(partial, 'wx', 0o600));
    await copyTo?.(partial);
    const description: BackupDescription = {
      format: 1,
      version: packageVersion(),
      database: copyTo ? 'sqlite' : 'postgres',
      createdDateTime: clock.now().toISOString(),
    };
    const files = passphrase === undefined ? {} : secretFilesOf(dataFolder, secretKeyFrom(process.env)?.text);
    const secrets = passphrase === undefined ? {} : { secrets: await sealSecretFiles(files, passphrase, description) };
    describeBackup(partial, { ...description, ...secrets });
    flush(partial);
    placeFile(partial, file);
    const secretNames = Object.keys(files);
    const report = { file, bytes: statSync(file).size, sha256: await sha256Of(file) };
    return { ...report, hasDatabase: copyTo !== undefined, secrets: secretNames };
  } catch (problem) {
    if (problem instanceof CardeaError) throw problem;
    const { code, message } = naming(file, partial, problem) as NodeJS.ErrnoException;
    throw code === 'EEXIST'
      ? fault('backupExists', { file })
      : fault('backupNotWritten', { file, problem: message }, problem);
  } finally {
    for (const name of [partial, `${partial}-journal`]) rmSync(name, { force: true });
  }
}

function flush(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
