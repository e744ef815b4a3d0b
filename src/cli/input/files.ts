import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fault } from '#core/trace/fault.ts';
import { readRegularFile, usualFile } from '#net/regular-file.ts';
import { type FileRefusal, NewFile, refusalOf } from './new-file.ts';

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
    // A copy: the octets of a small file are part of a larger block, which cannot be transferred to a thread.
    return new Uint8Array(readRegularFile(resolve(cwd, file), most));
  } catch (problem) {
    throw fault('fileUnreadable', { file, problem: (problem as Error).message });
  }
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
