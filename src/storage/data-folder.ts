import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type CardeaError, fault } from '#core/trace/fault.ts';
import { makeFolder, nearestPresent } from '#pki/whole-file.ts';

/** Makes the data folder for its owner only, unless it is there. @throws dataFolderNotWritable, dataFolderOfOther, dataFolderUnusable */
export function makeDataFolder(folder: string): void {
  checkDataFolderUser(folder);
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (problem) {
    throw notWritable(folder, problem);
  }
}

/** Whether {@link makeDataFolder} could do so: nothing is made. @throws dataFolderNotWritable, dataFolderOfOther, dataFolderUnusable */
export function checkDataFolder(folder: string): void {
  checkDataFolderUser(folder);
  try {
    accessSync(nearestPresent(folder, existsSync) ?? folder, constants.W_OK | constants.X_OK);
  } catch (problem) {
    throw notWritable(folder, problem);
  }
}

function notWritable(folder: string, problem: unknown): CardeaError {
  const { code = 'unknown' } = problem as NodeJS.ErrnoException;
  return fault('dataFolderNotWritable', { folder, problem: code }, problem);
}

/** Files of an installation that the user who runs it has to read. Their owner is the user of the installation. */
const ownedFiles = ['cardea.db', 'secret.key'];

/** What a data folder has below these names, if anything. */
const filesOfFolder = [...ownedFiles, 'workers.lock'];
const foldersOfFolder = ['crls', 'demo', 'tls'];

/** Refuses a file in place of the folder or of one that it contains, and a folder in place of a file. @throws dataFolderUnusable */
function checkKinds(folder: string): void {
  for (const path of [folder, ...foldersOfFolder.map((name) => join(folder, name))]) {
    const obstacle = obstacleOf(path);
    if (obstacle !== undefined) throw notFolder(obstacle);
  }
  for (const path of filesOfFolder.map((name) => join(folder, name))) {
    const stats = statsOf(path);
    if (stats === undefined || stats.isFile()) continue;
    const kind = stats.isDirectory() ? 'a folder' : 'a pipe or a device';
    throw fault('dataFolderUnusable', { path, problem: `is ${kind} and not a file` });
  }
}

/** The path of what keeps a folder from being there: a file in its place or above it, or a link to a place that does not exist. */
function obstacleOf(folder: string): string | undefined {
  const path = nearestPresent(folder, (place) => statsOf(place, lstatSync) !== undefined);
  return path === undefined || statsOf(path)?.isDirectory() ? undefined : path;
}

const notFolder = (path: string) => fault('dataFolderUnusable', { path, problem: 'is not a folder' });

/**
 * Refuses a user who may not use the data folder, root where the installation is that of another user, and files that have another kind than
 * they should. Root may read everything, and would leave files there that this user cannot use. Where the file system gives the files of root
 * another owner (SMB, exFAT, NFS), root is not refused: it leaves no such files. Nothing is left in the folder.
 * @param user id of the user of this process; undefined on a system without them
 * @throws dataFolderOfOther, dataFolderUnusable, dataFileUnusable, dataFolderNotWritable
 */
export function checkDataFolderUser(folder: string, user = process.getuid?.()): void {
  if (user !== undefined) checkUser(folder, user);
  checkKinds(folder);
}

function checkUser(folder: string, user: number): void {
  const folderStats = statsOf(folder);
  if (!folderStats) return;
  const [files, folders] = [ownedFiles, foldersOfFolder].map((names) => names.map((name) => join(folder, name)));
  if (folderStats.isDirectory()) tryOpen(folder, `${folder}/.`, 'r');
  const present = files!.filter((file) => statsOf(file)?.isFile());
  for (const file of present) tryOpen(folder, file, file.endsWith('.db') ? 'r+' : 'r');
  // A path with a dot at its end needs the permission to look for files in the folder as well.
  for (const path of folders!) if (statsOf(path)?.isDirectory()) tryOpen(folder, `${path}/.`, 'r');
  const { uid } = (present[0] === undefined ? undefined : statsOf(present[0])) ?? folderStats;
  if (user === 0 && uid !== 0 && ownerOfNewFile(folder) !== uid)
    throw fault('dataFolderOfOther', { path: folder, ...namesOf(uid, user) });
}

/** Opens a path of the data folder as a server does, and closes it again. @throws dataFolderOfOther, dataFileUnusable, dataFolderNotWritable */
function tryOpen(folder: string, path: string, flags: 'r' | 'r+'): void {
  try {
    closeSync(openSync(path, flags));
  } catch (problem) {
    const isReadOnly = (problem as NodeJS.ErrnoException).code === 'EROFS';
    throw isReadOnly ? notWritable(folder, problem) : ofOther(path.replace(/\/\.$/, ''), problem);
  }
}

/** To which user a file that this process makes in the folder belongs; undefined where it cannot make one. */
function ownerOfNewFile(folder: string): number | undefined {
  const probe = join(folder, `.cardea-owner-${randomBytes(6).toString('hex')}`);
  try {
    const file = openSync(probe, 'wx', 0o600);
    try {
      return fstatSync(file).uid;
    } finally {
      closeSync(file);
      rmSync(probe, { force: true });
    }
  } catch {
    return undefined; // a folder that is read-only
  }
}

/** Whether there is such a file. A folder that this user may not look into is not taken for an empty one. @throws dataFolderOfOther */
export const isPresent = (file: string): boolean => statsOf(file) !== undefined;

/** @throws dataFolderOfOther where a folder on the way cannot be looked into */
function statsOf(file: string, read: typeof statSync | typeof lstatSync = statSync): Stats | undefined {
  try {
    return read(file, { throwIfNoEntry: false });
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw ofOther(file, problem);
  }
}

/** Errors of open(2) and stat(2) about a path that no file can have. */
const pathProblems: Readonly<Record<string, string>> = {
  ELOOP: 'is a link that leads to itself, or is below one',
  ENAMETOOLONG: 'is longer than a path can be',
};

/**
 * For an error of a file of the data folder: `dataFolderOfOther` without permission (`dataFileUnusable` for its owner), `dataFolderUnusable` below a file
 * and for a path that no file can have, else the error.
 */
export function ofOther(file: string, problem: unknown): unknown {
  const { code } = problem as NodeJS.ErrnoException;
  const obstacle = code === 'ENOTDIR' ? obstacleOf(dirname(file)) : undefined;
  if (obstacle !== undefined) return notFolder(obstacle);
  const pathProblem = pathProblems[code ?? ''];
  if (pathProblem !== undefined) return fault('dataFolderUnusable', { path: file, problem: pathProblem }, problem);
  if (code !== 'EACCES') return problem;
  const [owner, user] = [ownerNear(file), process.geteuid?.() ?? 0];
  if (owner === user) return fault('dataFileUnusable', { path: file }, problem);
  return fault('dataFolderOfOther', { path: file, ...namesOf(owner, user) }, problem);
}

/** The owner of the file, or of the nearest folder above it that this user may look at. */
function ownerNear(file: string): number {
  for (let path = file; ; path = dirname(path)) {
    try {
      return statSync(path).uid;
    } catch {
      // The one above it, up to the root, at which every user may look.
    }
  }
}

const namesOf = (owner: number, user: number) => ({ owner: accountOf(owner), user: accountOf(user) });

/** The name of a user id in /etc/passwd; `#1000` as sudo takes it where it has none. */
function accountOf(uid: number): string {
  try {
    const accounts = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
    return accounts.find(([, , id]) => id === `${uid}`)?.[0] ?? `#${uid}`;
  } catch {
    return `#${uid}`;
  }
}
