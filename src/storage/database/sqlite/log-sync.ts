import { closeSync, fdatasync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

/** Octets of the log that are written again at once. */
const chunkOctets = 1024 * 1024;

/**
 * Brings the write-ahead log of an SQLite database to disk while the event loop continues: what FULL does in place and in the middle of a commit, where
 * every other request and every other process that writes waits for it. The connection has `synchronous = normal`, with which SQLite itself
 * syncs the log before it copies pages of it into the database and before it restarts the log, so that a power cut damages nothing
 * (sqlite.org/pragma.html#pragma_synchronous). What was committed before a sync began is on disk when it has ended.
 */
export class LogSync {
  readonly #descriptor: number;
  /** The last one that has begun: what is committed meanwhile may not be part of it. */
  #current: Promise<void> = Promise.resolve();
  /** The one after it, until it begins: many commits share it. */
  #next: Promise<void> | undefined;
  #failure: unknown;
  #onFailure: (problem: unknown) => void = () => undefined;

  /** @param file the log, `….db-wal`; it keeps its name and its file as long as a connection is open */
  constructor(file: string) {
    this.#descriptor = openSync(file, 'r+');
  }

  /**
   * Writes what an earlier process left in the log again, in place, and syncs it. After a failed sync the system may count pages as written that the
   * disk does not have: a process that starts reads them from memory, and a further sync does not write them. The caller holds the lock of
   * the database. A power cut in between leaves octets of before or of after, which are the same, or a frame that its checksum rules out.
   * @throws the error of the system
   */
  writeAgain(): void {
    const chunk = Buffer.alloc(chunkOctets);
    let at = 0;
    for (;;) {
      const read = readSync(this.#descriptor, chunk, 0, chunk.length, at);
      if (read === 0) break;
      for (let done = 0; done < read; ) done += writeSync(this.#descriptor, chunk, done, read - done, at + done);
      at += read;
    }
    if (at > 0) fdatasyncSync(this.#descriptor);
  }

  /**
   * Throws what kept the log from the disk once. The system may have dropped the pages that it could not write, and a later sync would say nothing of
   * them: only a start that reads the database again continues.
   */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Calls a listener when a sync has failed: once, because nothing is synced after that. */
  onFailure(listener: (problem: unknown) => void): void {
    this.#onFailure = listener;
  }

  /** A sync has failed: from now on {@link check} throws. */
  fail(problem: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = problem;
    this.#onFailure(problem);
  }

  /** Resolves when everything that is committed now is on disk. @throws the error of the system, from then on at each call */
  onDisk(): Promise<void> {
    this.#next ??= this.#following();
    return this.#next;
  }

  async #following(): Promise<void> {
    await this.#current.catch(() => undefined); // its own callers receive the error
    this.#next = undefined;
    this.#current = this.#sync();
    await this.#current;
  }

  async #sync(): Promise<void> {
    this.check();
    try {
      await promisify(fdatasync)(this.#descriptor);
    } catch (problem) {
      this.fail(problem);
      throw problem;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
