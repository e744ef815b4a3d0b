import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file beside its place and moves it there: a process that ends meanwhile, or one that reads, finds the old content or the new.
 * The rights are those of the new file, so that none has to be changed, which some file systems (exFAT, SMB) refuse.
 * @param mode of the file, less what the umask of the process takes away
 */
export function replaceFile(file: string, content: string | Uint8Array, mode: number): void {
  writeBeside(file, content, mode, renameSync);
}

/** {@link placeFile} of a new file. @throws EEXIST where there is one */
export function makeFile(file: string, content: string | Uint8Array, mode: number): void {
  writeBeside(file, content, mode, placeFile);
}

function writeBeside(
  file: string,
  content: string | Uint8Array,
  mode: number,
  place: (beside: string, file: string) => void,
): void {
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(beside, content, { mode, flag: 'wx', flush: true });
    place(beside, file);
  } catch (problem) {
    throw naming(file, beside, problem);
  } finally {
    rmSync(beside, { force: true });
  }
}

/** An error that names the file that was requested, and not the one that was to become it: no operator knows that one. */
export function naming<E>(file: string, beside: string, problem: E): E {
  if (problem instanceof Error) problem.message = problem.message.replaceAll(beside, file);
  return problem;
}

/** Errors of a file system without hard links: exFAT, SMB, and volumes of some containers. EXDEV is of bind mounts. */
const withoutLinks: ReadonlySet<string | undefined> = new Set([
  ...['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK', 'EXDEV', 'UNKNOWN'],
]);

/**
 * Gives a finished file its name, unless a file has that name already: whole, and never over another one, whichever process is first.
 * Where the file system has no hard links, an empty file takes the name first. A process that ends at that moment leaves it empty.
 * @throws EEXIST; then the finished file is still there
 */
export function placeFile(finished: string, file: string, link: typeof linkSync = linkSync): void {
  try {
    link(finished, file);
  } catch (problem) {
    if (!withoutLinks.has((problem as NodeJS.ErrnoException).code)) throw problem;
    closeSync(openSync(file, 'wx', 0o600));
    renameSync(finished, file);
  }
  rmSync(finished, { force: true });
}

/**
 * Makes a folder and those above it, for their owner only. A recursive `mkdir` of Node never returns where the system answers ENOENT
 * although the folder above is there, as in /proc and in folders of an automounter.
 * @throws errors of mkdir(2)
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem; // another process was faster
  }
}

/** The path or the nearest one above it that is there; undefined where none is, as on a drive or a share that Windows does not have. */
export function nearestPresent(path: string, isThere: (path: string) => boolean): string | undefined {
  for (let place = path; ; place = dirname(place)) {
    if (isThere(place)) return place;
    if (dirname(place) === place) return undefined;
  }
}
