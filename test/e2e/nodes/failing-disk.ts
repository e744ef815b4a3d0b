import cluster from 'node:cluster';
import fs, { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Preloaded into a server (`--import`): a disk that refuses every sync of a process as soon as the file of FAILING_DISK names this kind of process,
 * `primary` or `worker`.
 */
const kind = cluster.isWorker ? 'worker' : 'primary';
const sync = fs.fdatasync;

function isFailing(): boolean {
  try {
    return readFileSync(process.env.FAILING_DISK!, 'utf8') === kind;
  } catch {
    return false;
  }
}
fs.fdatasync = ((fd: number, callback: (problem: Error | null) => void) => {
  if (isFailing())
    callback(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', syscall: 'fdatasync' }));
  else sync(fd, callback);
}) as typeof fs.fdatasync;
syncBuiltinESMExports();
