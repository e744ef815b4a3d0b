import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, fsyncSync, lstatSync, openSync, rmSync } from 'node:fs';
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

/** A file that appears whole or not at all, for its owner alone, and never over another one. A signal that ends the process removes what is not whole. */
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
    this.partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
    if (existsSync(path)) throw Object.assign(new Error('EEXIST: file already exists'), { code: 'EEXIST' });
    try {
      this.handle = openSync(this.partial, 'wx+', 0o600);
    } catch (problem) {
      throw naming(path, this.partial, problem);
    }
    for (const signal of endingSignals) process.on(signal, this.#onSignal);
  }

  /** Gives the finished file its name, once the disk has its content. @throws errors of fsync(2) and link(2) */
  place(): void {
    try {
      fsyncSync(this.handle);
      this.#checkName();
      this.#close();
      placeFile(this.partial, this.path);
      this.#ignoreSignals();
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

  #ignoreSignals(): void {
    for (const signal of endingSignals) process.off(signal, this.#onSignal);
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.handle);
    this.#isOpen = false;
  }

  /** Removes what is not placed. */
  abandon(): void {
    this.#ignoreSignals();
    this.#close();
    rmSync(this.partial, { force: true });
  }
}

/** What the error of a {@link NewFile} says, in terms of the file that was wanted. */
export function refusalOf(path: string, problem: unknown): FileRefusal {
  const { code, message } = problem as NodeJS.ErrnoException;
  return { path, problem: message, exists: code === 'EEXIST' };
}
