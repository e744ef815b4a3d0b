import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { makeFolder } from '#pki/whole-file.ts';

/**
 * A folder that its owner alone reads: mode 0700, files of mode 0600. Both are checked before anything is read or
 * written; what another account could have read or changed is refused. On Windows the access control list of the
 * profile folder protects it instead.
 */
export class StateFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Opens a folder. Where there is none, it is made at the first write. @throws deviceStateExposed, deviceStateUnusable */
  static open(path: string): StateFolder {
    const folder = new StateFolder(path);
    folder.#exists();
    return folder;
  }

  #exists(): boolean {
    return withPath(this.path, () => {
      if (!lstatSync(this.path, { throwIfNoEntry: false })) return false;
      checkPrivate(this.path, 'directory');
      return true;
    });
  }

  #make(): void {
    withPath(this.path, () => makeFolder(this.path));
    this.#exists();
  }

  /** The text of a file; undefined where there is none. @throws deviceStateExposed, deviceStateUnusable */
  read(name: string): string | undefined {
    const path = join(this.path, name);
    return withPath(path, () => {
      if (!lstatSync(path, { throwIfNoEntry: false })) return undefined;
      checkPrivate(path, 'file');
      return readFileSync(path, 'utf8');
    });
  }

  /** Replaces a file as a whole: a reader finds the old text or the new one. @throws deviceStateUnusable */
  write(name: string, text: string): void {
    const path = join(this.path, name);
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    this.#make();
    withPath(path, () => {
      try {
        const file = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
        try {
          writeSync(file, text);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        renameSync(draft, path);
      } finally {
        rmSync(draft, { force: true });
      }
    });
  }

  remove(name: string): void {
    withPath(join(this.path, name), () => rmSync(join(this.path, name), { force: true }));
  }

  /** Names of the files that begin so, in alphabetical order. */
  list(prefix: string): readonly string[] {
    if (!this.#exists()) return [];
    return withPath(this.path, () => readdirSync(this.path).filter((name) => name.startsWith(prefix))).sort();
  }
}

function checkPrivate(path: string, kind: 'directory' | 'file'): void {
  const stats = lstatSync(path);
  const problem = exposureOf(stats, kind, process.getuid?.());
  if (problem !== undefined) throw fault('deviceStateExposed', { path, problem });
}

/** Why a folder or file is not its owner's alone; undefined when it is. `userId` is undefined on Windows. */
export function exposureOf(
  stats: Pick<Stats, 'mode' | 'uid' | 'isDirectory' | 'isFile'>,
  kind: 'directory' | 'file',
  userId: number | undefined,
): string | undefined {
  if (!(kind === 'directory' ? stats.isDirectory() : stats.isFile())) return `it is not a ${kind}`;
  if (userId === undefined) return undefined;
  if (stats.uid !== userId) return 'it belongs to another account';
  const otherRights = stats.mode & 0o077;
  return otherRights === 0 ? undefined : `other accounts have rights to it (mode ${(stats.mode & 0o777).toString(8)})`;
}

/** Errors of the file system become a sentence with the path. */
function withPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof CardeaError) throw thrown;
    throw fault('deviceStateUnusable', { path, problem: (thrown as Error).message }, thrown);
  }
}
