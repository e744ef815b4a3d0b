import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';

/** The most octets of a file, unless its reader expects more: certificates, documents, settings and secrets are far smaller. */
export const usualFile = 32 * 1024 * 1024;

/**
 * The octets of a file. It waits for no other process, so a pipe or a device is refused: to read one could last for ever.
 * @param most octets, at most
 * @throws Error that says why it may not be read, with a `syscall`
 */
export function readRegularFile(path: string, most = usualFile): Buffer {
  const { handle } = openToRead(path, most);
  try {
    return readFileSync(handle);
  } finally {
    closeSync(handle);
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
  if (!entry.isFile() && !entry.isDirectory()) throw refusal('it is a pipe or a device');
  if (entry.isFile() && entry.size > most) throw refusal(`it has ${entry.size} bytes, and at most ${most} are read`);
  return entry.size;
}

const refusal = (problem: string): Error => Object.assign(new Error(problem), { syscall: 'open' });
