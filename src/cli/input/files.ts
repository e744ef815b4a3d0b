import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fault } from '#core/trace/fault.ts';

/** The most octets of a file, unless its reader expects more: certificates, documents and secrets are far smaller. */
const usualFile = 32 * 1024 * 1024;

/**
 * A file's bytes. The server often executes the command, and a pipe or a device would keep it from all other work.
 *
 * @param most octets, at most
 * @throws fileUnreadable
 */
export function bytesOf(file: string, cwd: string, most = usualFile): Uint8Array {
  try {
    const path = resolve(cwd, file);
    const entry = statSync(path);
    if (!entry.isFile() && !entry.isDirectory()) throw new Error('it is a pipe or a device');
    if (entry.isFile() && entry.size > most)
      throw new Error(`it has ${entry.size} bytes, and at most ${most} are read`);
    return new Uint8Array(readFileSync(path)); // of a folder this says what it is
  } catch (problem) {
    throw fault('fileUnreadable', { file, problem: (problem as Error).message });
  }
}
