import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fstatSync, readSync, writeSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { CardeaError } from '#core/trace/fault.ts';
import { openToRead } from '#net/regular-file.ts';
import { namesBelow } from '../input/files.ts';
import { type FileRefusal, NewFile, refusalOf } from '../input/new-file.ts';
import { type FileAnswer, type FileRequest, longestFrame, partSize } from './frames.ts';
import { type OtherUser, pathOutOfReach } from './out-of-reach.ts';

/**
 * The files that the process of a command offers to the server that executes it: those that its command line names, and no others, so that
 * a server of another user learns and changes nothing else of the user who runs the command. Root opens no file in a folder that this other
 * user can change: links there would lead anywhere. One file is open at a time.
 */
export class OfferedFiles {
  readonly #words: readonly string[];
  readonly #cwd: string;
  readonly #otherUser: OtherUser | undefined;
  /** Folders whose files the server may ask for, because it asked for their names. */
  readonly #listed: string[] = [];
  #reading: number | undefined;
  #writing: { readonly file: NewFile; readonly hash: Hash; bytes: number } | undefined;

  /** @param otherUser the user of the server, where it is one with fewer rights than root, who runs the command */
  constructor(words: readonly string[], cwd: string, otherUser?: OtherUser) {
    this.#words = words;
    this.#cwd = cwd;
    this.#otherUser = otherUser;
  }

  /** Does what the server asks, and says why not where it does not. */
  answer(request: FileRequest): FileAnswer {
    try {
      if ('read' in request) return this.#open(request.read, request.most);
      if ('next' in request) return this.#next();
      if ('list' in request) return this.#list(request.list, request.ending);
      if ('create' in request) return this.#create(request.create);
      if ('append' in request) return this.#append(Buffer.from(request.append, 'base64'));
      if ('finish' in request) return this.#finish(request.finish);
      this.close();
      return { done: true };
    } catch (problem) {
      if (problem instanceof CardeaError) {
        const { problem: text } = problem.because.evidence as { readonly problem?: string };
        return { problem: text ?? problem.message };
      }
      return { problem: (problem as Error).message };
    }
  }

  /** Closes what is open. A file that is not finished is removed. */
  close(): void {
    if (this.#reading !== undefined) closeSync(this.#reading);
    this.#reading = undefined;
    this.#writing?.file.abandon();
    this.#writing = undefined;
  }

  #open(file: string, most: number): FileAnswer {
    this.close();
    const path = this.#safe(this.#named(file));
    const { handle, size } = openToRead(path, most, this.#otherUser ? constants.O_NOFOLLOW : 0);
    this.#reading = handle;
    return { size };
  }

  #next(): FileAnswer {
    if (this.#reading === undefined) throw new Error('no file is open');
    const part = Buffer.alloc(partSize);
    return { part: part.toString('base64', 0, readSync(this.#reading, part)) };
  }

  #list(folder: string, ending: string): FileAnswer {
    const path = this.#named(folder);
    const names = namesBelow(this.#safe(path), ending, this.#cwd);
    if (names) this.#listed.push(path);
    if (Buffer.byteLength(JSON.stringify(names ?? null)) > longestFrame / 2) throw new Error('it has too many files');
    return { names: names ? [...names] : null };
  }

  #create(name: string): FileAnswer {
    this.close();
    const path = this.#named(name);
    try {
      const file = new NewFile(this.#safe(path));
      this.#writing = { file, hash: createHash('sha256'), bytes: 0 };
      return { done: true, device: `${fstatSync(file.handle, { bigint: true }).dev}` };
    } catch (problem) {
      return refusalOf(path, problem);
    }
  }

  #append(part: Uint8Array): FileAnswer {
    const writing = this.#writing;
    if (!writing) throw new Error('no file was begun');
    return this.#writingOr(writing.file.path, () => {
      for (let at = 0; at < part.length; ) at += writeSync(writing.file.handle, part, at);
      writing.hash.update(part);
      writing.bytes += part.length;
      return { done: true };
    });
  }

  #finish(expected: string): FileAnswer {
    const writing = this.#writing;
    if (!writing) throw new Error('no file was begun');
    const { file, hash, bytes } = writing;
    return this.#writingOr(file.path, () => {
      const sha256 = hash.digest('hex');
      if (sha256 !== expected) throw new Error('its content is not what the server sent');
      file.place();
      this.close();
      return { path: file.path, bytes, sha256 };
    });
  }

  #writingOr(path: string, work: () => FileAnswer): FileAnswer | FileRefusal {
    try {
      return work();
    } catch (problem) {
      this.close();
      return refusalOf(path, problem);
    }
  }

  /** The path of a file that the command line names, or that is in a folder it names. @throws Error for any other */
  #named(file: string): string {
    const path = resolve(this.#cwd, file);
    const places = namesIn(this.#words).map((name) => resolve(this.#cwd, name));
    const isBelow = (place: string) => path.startsWith(place.endsWith(sep) ? place : `${place}${sep}`);
    if (places.includes(path) || this.#listed.some(isBelow)) return path;
    throw new Error('the command line does not name it');
  }

  #safe(path: string): string {
    return this.#otherUser ? pathOutOfReach(path, this.#otherUser) : path;
  }
}

/**
 * The words that can be names of files, and the values of options. The data folder itself is no file of
 * the command: it was named for the server.
 */
function namesIn(words: readonly string[]): readonly string[] {
  const names = words.filter((word, index) => word !== '' && words[index - 1] !== '--data');
  return names.flatMap((word) => [word, /^--(?!data=)[a-z\d-]+=(.+)$/s.exec(word)?.[1] ?? word]);
}
