import { statfs } from 'node:fs/promises';

/** Bytes that must be free where the database, CRLs or logs are written: a sign-in that cannot be logged is refused. */
export const leastFree = 64 * 1024 * 1024;

/** Bytes that this user can still write on the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Whole mebibytes, for a message about free space (`floor`) or the space that is needed (`ceil`). */
export const mebibytes = (bytes: number, round: 'floor' | 'ceil'): number => Math[round](bytes / 1024 / 1024);
