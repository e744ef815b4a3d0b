import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs';
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

  /** @param path absolute @throws errors of open(2), EEXIST where there is such a file */
  constructor(path: string) {
    this.path = path;
    this.partial = `${path}.${process.pid}.partial`;
    if (existsSync(path)) throw Object.assign(new Error('EEXIST: file already exists'), { code: 'EEXIST' });
    closeSync(openSync(this.partial, 'wx', 0o600));
  }

  /** Gives the finished file its name, once the disk has its content. @throws errors of fsync(2) and link(2) */
  place(): void {
    const handle = openSync(this.partial, 'r+');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    placeFile(this.partial, this.path);
  }

  abandon(): void {
    rmSync(this.partial, { force: true });
  }
}

/** What the error of a {@link NewFile} says, in terms of the file that was wanted. */
export function refusalOf(path: string, problem: unknown): FileRefusal {
  const { code, message } = naming(path, `${path}.${process.pid}.partial`, problem) as NodeJS.ErrnoException;
  return { path, problem: message, exists: code === 'EEXIST' };
}
