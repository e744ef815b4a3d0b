import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fault } from '#core/trace/fault.ts';

/** A file's bytes. @throws fileUnreadable */
export function bytesOf(file: string, cwd: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(resolve(cwd, file)));
  } catch (problem) {
    throw fault('fileUnreadable', { file, problem: (problem as Error).message });
  }
}
