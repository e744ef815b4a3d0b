import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { openWithPassphrase, sealWithPassphrase } from '#keys/passphrase.ts';
import { readRegularFile } from '#net/regular-file.ts';
import { requireJson } from '#schema/json.ts';
import { isPresent, ofOther } from '#storage/data-folder.ts';
import { type BackupDescription, labelOf } from './backup-file.ts';

/** What lies in a data folder beside the database and cannot be made again: files, and folders with everything in them. */
const places = ['secret.key', 'cardea.json', 'tls', 'demo'];

/** The content of each file in base64, by its path in the data folder. */
const secretFiles = z.record(z.string(), z.string());
type SecretFiles = Readonly<z.infer<typeof secretFiles>>;

/** The files of a data folder that a backup seals. A secret key of the environment counts as the file `secret.key`. @throws dataFolderOfOther */
export function secretFilesOf(folder: string, secretKey: string | undefined): SecretFiles {
  const paths = places.flatMap((place) => filesBelow(folder, place));
  const entries = paths.map((path) => [
    path,
    readable(join(folder, path), (file) => readRegularFile(file)).toString('base64'),
  ]);
  const fromEnvironment = secretKey === undefined ? {} : { 'secret.key': Buffer.from(secretKey).toString('base64') };
  return { ...Object.fromEntries(entries), ...fromEnvironment };
}

export const sealSecretFiles = (content: SecretFiles, passphrase: string, description: BackupDescription) =>
  sealWithPassphrase(Buffer.from(JSON.stringify(content)), passphrase, labelOf(description));

/** The files; undefined for another passphrase. @throws backupUnreadable */
export async function openSecretFiles(
  description: BackupDescription,
  passphrase: string,
): Promise<SecretFiles | undefined> {
  const bytes =
    description.secrets && (await openWithPassphrase(description.secrets, passphrase, labelOf(description)));
  const unreadable = (problem: string) =>
    fault('backupUnreadable', { file: 'the sealed files of the backup', problem });
  return bytes && requireJson(secretFiles, Buffer.from(bytes).toString('utf8'), unreadable);
}

/** Writes the files into a data folder, for its owner alone. None is replaced. */
export function writeSecretFiles(folder: string, content: SecretFiles): void {
  for (const [path, text] of Object.entries(content)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, Buffer.from(text, 'base64'), { mode: 0o600, flag: 'wx', flush: true });
  }
}

/** The path itself where it is a file. A link to nothing, and a file that was renamed a moment ago, are not there. */
function filesBelow(root: string, path: string): readonly string[] {
  if (!isPresent(join(root, path))) return [];
  if (!readable(join(root, path), (place) => statSync(place)).isDirectory()) return [path];
  return readable(join(root, path), (folder) => readdirSync(folder)).flatMap((name) =>
    filesBelow(root, `${path}/${name}`),
  );
}

/** @throws dataFolderOfOther */
function readable<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path);
  } catch (problem) {
    throw ofOther(path, problem);
  }
}
