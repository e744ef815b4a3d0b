import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';

/** The most octets of a file, unless its reader expects more: certificates, documents, settings and secrets are far smaller. */
export const usualFile = 32 * 1024 * 1024;

/** What an entry is in place of a file; undefined where it is a file. */
export function foreignKind(entry: Stats): string | undefined {
  if (entry.isFile()) return undefined;
  return entry.isDirectory() ? 'a folder' : 'a pipe or a device';
}

/**
 * The octets of a file. It waits for no other process, so a pipe or a device is refused: to read one could last for ever.
 * @param most octets, at most
 * @throws Error that says why it may not be read, with a `syscall`
 */
export function readRegularFile(path: string, most = usualFile): Buffer {
  const { handle, size } = openToRead(path, most);
  try {
    const parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      // Files of the kernel have the size 0 whatever they contain, and a file can grow.
      const part = Buffer.allocUnsafe(Math.max(size - length, 0) + 4096);
      const count = readSync(handle, part);
      if (count === 0) return Buffer.concat(parts, length);
      length += count;
      if (length > most) throw refusal(`it has more than ${most} bytes`);
      parts.push(part.subarray(0, count));
    }
  } finally {
    closeSync(handle);
  }
}

/** @returns an open file that may be read, and its octets. @param flags further ones of open(2) @throws Error that says why it may not */
export function openToRead(path: string, most: number, flags = 0): { readonly handle: number; readonly size: number } {
  requireReadable(statSync(path), most); // to open some devices is to use them
  // What is opened is what is read, whatever had the name before. A pipe without a writer does not block.
  const handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | flags);
  try {
    const entry = fstatSync(handle);
    requireReadable(entry, most);
    return { handle, size: entry.size };
  } catch (problem) {
    closeSync(handle);
    throw problem;
  }
}

/** @throws Error of the system where it is missing, Error where it is not a file */
export const requireRegularFile = (path: string): void => requireReadable(statSync(path), Number.POSITIVE_INFINITY);

function requireReadable(entry: Stats, most: number): void {
  const kind = foreignKind(entry);
  if (kind !== undefined) throw refusal(`it is ${kind}`);
  if (entry.size > most) throw refusal(`it has ${entry.size} bytes, and at most ${most} are read`);
}

const refusal = (problem: string): Error => Object.assign(new Error(problem), { syscall: 'open' });
