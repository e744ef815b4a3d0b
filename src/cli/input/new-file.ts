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

/** A file that appears whole or not at all, for its owner alone, and never over another one. */
export class NewFile {
  readonly path: string;
  /** Where it is until it is whole: beside its place. */
  readonly partial: string;
  /** The file that was made, whatever has its name meanwhile. For reading and writing, until it is placed or abandoned. */
  readonly handle: number;
  #isOpen = true;

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
  }

  /** Gives the finished file its name, once the disk has its content. @throws errors of fsync(2) and link(2) */
  place(): void {
    try {
      fsyncSync(this.handle);
      this.#checkName();
      this.#close();
      placeFile(this.partial, this.path);
    } catch (problem) {
      throw naming(this.path, this.partial, problem);
    }
  }

  /** Another process may have put a link or a file there. */
  #checkName(): void {
    const [made, there] = [fstatSync(this.handle, { bigint: true }), lstatSync(this.partial, { bigint: true })];
    if (made.ino !== there.ino) throw new Error('another process replaced it while it was written');
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.handle);
    this.#isOpen = false;
  }

  /** Removes what is not placed. */
  abandon(): void {
    this.#close();
    rmSync(this.partial, { force: true });
  }
}

/** What the error of a {@link NewFile} says, in terms of the file that was wanted. */
export function refusalOf(path: string, problem: unknown): FileRefusal {
  const { code, message } = problem as NodeJS.ErrnoException;
  return { path, problem: message, exists: code === 'EEXIST' };
}
