import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * Brings the write-ahead log of an SQLite database to disk while the event loop goes on: what FULL does in place and in the middle of a commit, where
 * every other request and every other process that writes waits for it. The connection has `synchronous = normal`, with which SQLite itself
 * syncs the log before it copies pages of it into the database and before it begins the log anew, so that a power cut damages nothing
 * (sqlite.org/pragma.html#pragma_synchronous). What was committed before a sync began is on disk when it has ended.
 */
export class LogSync {
  readonly #descriptor: number;
  /** The last one that has begun: what is committed meanwhile may not be part of it. */
  #current: Promise<void> = Promise.resolve();
  /** The one after it, until it begins: many commits share it. */
  #next: Promise<void> | undefined;
  #failure: unknown;

  /** @param file the log, `….db-wal`; it keeps its name and its file as long as a connection is open */
  constructor(file: string) {
    this.#descriptor = openSync(file, 'r+');
  }

  /**
   * Throws what kept the log from the disk once. The system may have dropped the pages that it could not write, and a later sync would say nothing of
   * them: only a start that reads the database anew goes on.
   */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when everything that is committed now is on disk. @throws the error of the system, from then on at each call */
  onDisk(): Promise<void> {
    this.#next ??= this.#following();
    return this.#next;
  }

  async #following(): Promise<void> {
    await this.#current.catch(() => undefined); // its own callers hear of it
    this.#next = undefined;
    this.#current = this.#sync();
    await this.#current;
  }

  async #sync(): Promise<void> {
    this.check();
    try {
      await promisify(fdatasync)(this.#descriptor);
    } catch (problem) {
      this.#failure = problem;
      throw problem;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
