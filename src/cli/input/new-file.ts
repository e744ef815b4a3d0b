import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, fsyncSync, lstatSync, openSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { naming, placeFile } from '#pki/whole-file.ts';

/** Why a file was not written. */
export interface FileRefusal {
  /** An absolute path. */
  readonly path: string;
  readonly problem: string;
  /** A file has that name already. */
  readonly exists: boolean;
}

/** Signals that end a process: Ctrl-C, `kill`, and the end of its terminal. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What SQLite puts beside a database that it writes, and the database itself. */
const databaseFiles = ['', '-journal', '-wal', '-shm'];

/** The files of this process that are not whole yet. */
const unfinished = new Set<string>();

/**
 * A file that appears whole or not at all, for its owner alone, and never over another one. A signal that ends the process removes what is not
 * whole. What a process left that had no time for it is removed by the next one that writes the same file.
 */
export class NewFile {
  readonly path: string;
  /** Where it is until it is whole: beside its place. */
  readonly partial: string;
  /** The file that was made, whatever has its name meanwhile. For reading and writing, until it is placed or abandoned. */
  readonly handle: number;
  #isOpen = true;
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.abandon();
    // Without a listener the signal ends the process as if there had been none. Another listener decides by itself.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };

  /** @param path absolute @throws errors of open(2), EEXIST where there is such a file */
  constructor(path: string) {
    this.path = path;
    this.partial = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.partial`;
    if (existsSync(path)) throw Object.assign(new Error('EEXIST: file already exists'), { code: 'EEXIST' });
    removeLeft(path);
    try {
      this.handle = openSync(this.partial, 'wx+', 0o600);
    } catch (problem) {
      throw naming(path, this.partial, problem);
    }
    unfinished.add(this.partial);
    for (const signal of endingSignals) process.on(signal, this.#onSignal);
  }

  /** Gives the finished file its name, once the disk has its content. @throws errors of fsync(2) and link(2) */
  place(): void {
    try {
      fsyncSync(this.handle);
      this.#checkName();
      this.#close();
      placeFile(this.partial, this.path);
      this.#end();
    } catch (problem) {
      throw naming(this.path, this.partial, problem);
    }
  }

  /** Another process may have put a link or a file there. */
  #checkName(): void {
    const [fileStats, nameStats] = [
      fstatSync(this.handle, { bigint: true }),
      lstatSync(this.partial, { bigint: true }),
    ];
    if (fileStats.ino !== nameStats.ino) throw new Error('another process replaced it while it was written');
  }

  #end(): void {
    unfinished.delete(this.partial);
    for (const signal of endingSignals) process.off(signal, this.#onSignal);
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.handle);
    this.#isOpen = false;
  }

  /** Removes what is not placed. */
  abandon(): void {
    this.#end();
    this.#close();
    for (const ending of databaseFiles) rmSync(`${this.partial}${ending}`, { force: true });
  }
}

/** The end of the name of a {@link NewFile.partial}, and of those of the files that SQLite puts beside it. */
const partialName = new RegExp(
  String.raw`^(?<partial>(?<file>.*)\.(?<pid>\d+)-[0-9a-f]{12}\.partial)(?:${databaseFiles.join('|')})$`,
  's',
);

/** Removes the parts of a file that processes left which no longer run. What cannot be removed stays: it keeps no new file from being written. */
function removeLeft(path: string): void {
  try {
    for (const name of readdirSync(dirname(path))) {
      const { file, partial, pid } = partialName.exec(name)?.groups ?? {};
      if (file !== basename(path) || isBeingWritten(join(dirname(path), partial!), Number(pid))) continue;
      rmSync(join(dirname(path), name));
    }
  } catch {
    // The folder cannot be read, or the file is another user's.
  }
}

/** In containers, a later process often has the number of an earlier one. */
function isBeingWritten(partial: string, pid: number): boolean {
  if (pid === process.pid) return unfinished.has(partial);
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** What the error of a {@link NewFile} says, in terms of the file that was wanted. */
export function refusalOf(path: string, problem: unknown): FileRefusal {
  const { code, message } = problem as NodeJS.ErrnoException;
  return { path, problem: message, exists: code === 'EEXIST' };
}
