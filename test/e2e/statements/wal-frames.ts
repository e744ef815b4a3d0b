import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One page that was written into the write-ahead log of SQLite (https://sqlite.org/fileformat2.html#the_write_ahead_log). */
export interface Frame {
  readonly page: number;
  /** Whether a transaction ends with it. */
  readonly isCommit: boolean;
}

/** The valid frames of a write-ahead log. */
interface WriteAheadLog {
  /** Another one after the log was inserted again. */
  readonly salt: string;
  readonly pageSize: number;
  readonly frames: readonly Frame[];
}

const [headerOctets, frameHeaderOctets] = [32, 24];

/** Reads the log beside the database file of a data folder, also while a server has it open. */
export function readFrames(folder: string): WriteAheadLog {
  const log = readFileSync(join(folder, 'cardea.db-wal'));
  const pageSize = log.readUInt32BE(8);
  const salt = log.toString('hex', 16, 24);
  const frames: Frame[] = [];
  const size = frameHeaderOctets + pageSize;
  for (let at = headerOctets; at + size <= log.length; at += size) {
    if (log.toString('hex', at + 8, at + 16) !== salt) break; // left over from before the log was restarted
    frames.push({ page: log.readUInt32BE(at), isCommit: log.readUInt32BE(at + 4) !== 0 });
  }
  return { salt, pageSize, frames };
}

/** The frames that a piece of work writes; undefined where the log was restarted meanwhile. */
export async function framesOf(folder: string, work: () => Promise<unknown>): Promise<readonly Frame[] | undefined> {
  const before = readFrames(folder);
  await work();
  const after = readFrames(folder);
  return after.salt === before.salt ? after.frames.slice(before.frames.length) : undefined;
}
