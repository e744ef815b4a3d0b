import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupReport, BackupRequest } from '#cli/command.ts';
import { packageVersion } from '#cli/version.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { naming } from '#pki/whole-file.ts';
import { clock } from '../process/clock.ts';
import { freeBytes, leastFree, mebibytes } from '../process/free-space.ts';
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
  const written = await write(async (place, copies) => {
    try {
      if (copyTo) await checkSpace(place, dataFolder, copies);
      await fill(place, { files, passphrase }, copyTo);
    } catch (problem) {
      if (problem instanceof CardeaError) throw problem;
      throw fault(
        'backupNotWritten',
        { file: request.file, problem: naming(request.file, place, problem as Error).message },
        problem,
      );
    }
  });
  if ('problem' in written) {
    const { path: file, problem, exists } = written;
    throw exists ? fault('backupExists', { file }) : fault('backupNotWritten', { file, problem });
  }
  const { path: file, bytes, sha256 } = written;
  return { file, bytes, sha256, hasDatabase: copyTo !== undefined, secrets: Object.keys(files) };
}

type Secrets = Pick<BackupRequest, 'passphrase'> & { readonly files: ReturnType<typeof secretFilesOf> };

/** Refuses copies of the database that would leave a server with too little space for sign-ins. A disk of its own may be filled. */
async function checkSpace(place: string, dataFolder: string, copies: number): Promise<void> {
  if (statSync(place).dev !== statSync(dataFolder).dev) return;
  const sizes = ['cardea.db', 'cardea.db-wal'].map(
    (name) => statSync(join(dataFolder, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  const leastBytes = sizes.reduce((sum, size) => sum + copies * size, leastFree);
  const free = await freeBytes(dataFolder);
  if (free >= leastBytes) return;
  const [left, need] = [mebibytes(free, 'floor'), mebibytes(leastBytes, 'ceil')];
  const what = copies === 1 ? 'the copy needs' : 'the copy of the server and the file need';
  throw new Error(`the disk has ${left} MiB left, and ${what} ${need}`);
}

/** Writes the content of a backup to an empty file. */
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
  } finally {
    rmSync(`${place}-journal`, { force: true });
  }
}
