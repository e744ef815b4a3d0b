import { constants, openSync, writeSync } from 'node:fs';

/** Bytes of log lines that wait for a slow reader; what comes after is dropped. */
const mostWaiting = 1024 * 1024;
const retryMilliseconds = 50;

/** A destination of log lines that never waits and never throws. */
export interface LogWriter {
  write(line: string): void;
  /** Lines that were dropped since the start. */
  readonly dropped: number;
}

/**
 * Writes lines to a file descriptor. A pipe that is full keeps up to a mebibyte waiting; lines beyond that, and lines that
 * cannot be written (disk full, reader gone), are dropped, and a line that says how many follows when writing works again.
 */
export function openLogWriter(fd: number): LogWriter {
  const target = withoutWaiting(fd);
  let waiting: Buffer[] = [];
  let size = 0;
  let dropCount = 0;
  let unreported = 0;
  let timer: NodeJS.Timeout | undefined;
  const drop = (count: number) => {
    dropCount += count;
    unreported += count;
  };
  const flush = () => {
    timer = undefined;
    while (waiting.length > 0) {
      const [line] = waiting as [Buffer];
      try {
        const output = writeSync(target, line);
        size -= output;
        if (output === line.length) waiting.shift();
        else waiting[0] = line.subarray(output);
      } catch (problem) {
        if ((problem as NodeJS.ErrnoException).code === 'EAGAIN') {
          timer = setTimeout(flush, retryMilliseconds).unref();
          return;
        }
        drop(waiting.length);
        waiting = [];
        size = 0;
      }
    }
  };
  const add = (line: Buffer) => {
    waiting.push(line);
    size += line.length;
    if (timer === undefined) flush();
  };
  return {
    get dropped() {
      return dropCount;
    },
    write(line) {
      const bytes = Buffer.from(line);
      if (size + bytes.length > mostWaiting) return drop(1);
      if (unreported > 0) {
        const count = unreported;
        unreported = 0;
        const before = dropCount;
        add(
          Buffer.from(
            `${JSON.stringify({ level: 40, time: Date.now(), dropped: count, msg: 'log lines were dropped' })}\n`,
          ),
        );
        if (dropCount > before) {
          dropCount = before; // the report itself is no line of the log
          unreported = count;
        }
      }
      add(bytes);
    },
  };
}

/** The same pipe or file, opened so that a write never waits; the descriptor itself where it cannot be opened again. */
function withoutWaiting(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK);
  } catch {
    // A socket (systemd, a parent process) cannot be opened again; Node's own stream makes it non-blocking.
    if (fd === 2) void process.stderr.writable;
    return fd;
  }
}
