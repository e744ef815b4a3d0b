import { createHash } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { magic } from './image-file.ts';

/** Milliseconds for which a file stays whatever is kept: it is written before the database has its CRL. */
const longestWrite = 60 * 60_000;

/** Names of images, and of drafts of them that a process left behind. Whatever else is in the folder is not ours. */
const imageName = /^([\da-f]{64})\.crl(\.[\da-f-]{36})?$/;

/** The name of the file for a CRL that is kept under this key. */
export const fileNameOf = (key: string): string => `${createHash('sha256').update(key).digest('hex')}.crl`;

/**
 * Removes the images of CRLs that are no longer kept, and drafts, where they are an hour old or older. A process that has one open
 * reads on from it. What a later version wrote stays, because this version may run for a while between two of a later one.
 * @param keys of all CRLs that the installation keeps
 * @param onFault receives why a file could not be removed; the next call tries again
 */
export async function removeUnusedImages(
  folder: string,
  keys: readonly string[],
  at: Date,
  onFault: (problem: unknown) => void,
): Promise<void> {
  const used = new Set(keys.map(fileNameOf));
  const candidates = (await readdir(folder)).filter((name) => imageName.test(name) && !used.has(name));
  for (const name of candidates) await removeUnused(join(folder, name), at).catch(onFault);
}

async function removeUnused(file: string, at: Date): Promise<void> {
  const reader = await open(file, 'r');
  try {
    const { mtimeMs } = await reader.stat();
    if (mtimeMs > at.getTime() - longestWrite || isOfLaterVersion(await headOf(reader))) return;
  } finally {
    await reader.close();
  }
  await rm(file, { force: true });
}

async function headOf(reader: Awaited<ReturnType<typeof open>>): Promise<string> {
  const { buffer, bytesRead } = await reader.read(Buffer.alloc(magic.length), 0, magic.length, 0);
  return buffer.toString('latin1', 0, bytesRead);
}

const versionIn = (head: string): number => Number(/^CARDEA-CRL-(\d+)\n/.exec(head)?.[1] ?? 0);
const isOfLaterVersion = (head: string): boolean => versionIn(head) > versionIn(magic.toString('latin1'));
