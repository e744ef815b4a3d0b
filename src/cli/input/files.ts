import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { fault } from '#core/trace/fault.ts';
import { type FileRefusal, NewFile, refusalOf } from './new-file.ts';

/** The most octets of a file, unless its reader expects more: certificates, documents and secrets are far smaller. */
export const usualFile = 32 * 1024 * 1024;

/** A file that was written. */
export interface WrittenFile {
  /** An absolute path. */
  readonly path: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/**
 * Writes what a new file will contain to the empty file at `place`. `copies` of it are on that disk before the file is finished: two where
 * the server makes it and the command receives it on the same disk.
 */
export type MakeContent = (place: string, copies: number) => Promise<void>;

/**
 * The files of the user who runs a command. A command that the server executes has no others: the server may see other files at a path, or
 * may read what the user may not.
 */
export interface Files {
  /** A file's bytes. @param most octets, at most @throws fileUnreadable */
  read(file: string, most?: number): Promise<Uint8Array>;
  /** The files in a folder and in those below it whose names end so, relative to it; undefined where it is a file. @throws fileUnreadable */
  list(folder: string, ending: string): Promise<readonly string[] | undefined>;
  /** Writes a new file, for its owner alone. */
  write(file: string, make: MakeContent): Promise<WrittenFile | FileRefusal>;
}

/** The files of this process. */
export const localFiles = (cwd: string): Files => ({
  read: async (file, most) => bytesOf(file, cwd, most),
  list: async (folder, ending) => namesBelow(folder, ending, cwd),
  write: (file, make) => writeHere(resolve(cwd, file), make),
});

/**
 * A file's bytes. A command waits for no other process, so a pipe is refused.
 *
 * @param most octets, at most
 * @throws fileUnreadable
 */
export function bytesOf(file: string, cwd: string, most = usualFile): Uint8Array {
  try {
    const { handle } = openToRead(resolve(cwd, file), most);
    try {
      return new Uint8Array(readFileSync(handle)); // of a folder this says what it is
    } finally {
      closeSync(handle);
    }
  } catch (problem) {
    throw fault('fileUnreadable', { file, problem: (problem as Error).message });
  }
}

/** @returns an open file that may be read, and its octets. @param flags further ones of open(2) @throws Error that says why it may not */
export function openToRead(path: string, most: number, flags = 0): { readonly handle: number; readonly size: number } {
  sizeIn(statSync(path), most); // to open some devices is to use them
  // What is opened is what is read, whatever had the name before. A pipe without a writer does not block.
  const handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | flags);
  try {
    return { handle, size: sizeIn(fstatSync(handle), most) };
  } catch (problem) {
    closeSync(handle);
    throw problem;
  }
}

function sizeIn(entry: Stats, most: number): number {
  if (!entry.isFile() && !entry.isDirectory()) throw new Error('it is a pipe or a device');
  if (entry.isFile() && entry.size > most) throw new Error(`it has ${entry.size} bytes, and at most ${most} are read`);
  return entry.size;
}

/** As {@link Files.list}. @throws fileUnreadable */
export function namesBelow(folder: string, ending: string, cwd: string): readonly string[] | undefined {
  const path = resolve(cwd, folder);
  try {
    if (!(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)) return undefined;
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.toLowerCase().endsWith(ending)).sort();
  } catch (problem) {
    throw fault('fileUnreadable', { file: folder, problem: (problem as Error).message });
  }
}

async function writeHere(path: string, make: MakeContent): Promise<WrittenFile | FileRefusal> {
  let file: NewFile;
  try {
    file = new NewFile(path);
  } catch (problem) {
    return refusalOf(path, problem);
  }
  try {
    await make(file.partial, 1);
    const { bytes, sha256 } = await digestOf(file.partial);
    try {
      file.place();
    } catch (problem) {
      return refusalOf(path, problem);
    }
    return { path, bytes, sha256 };
  } finally {
    file.abandon();
  }
}

/** Size and SHA-256 of a file. */
export async function digestOf(file: string): Promise<Omit<WrittenFile, 'path'>> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { bytes: statSync(file).size, sha256: hash.digest('hex') };
}
