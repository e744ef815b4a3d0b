import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '#core/trace/fault.ts';
import { usualFile } from '#net/regular-file.ts';
import { digestOf, type Files, type MakeContent, type WrittenFile } from '../input/files.ts';
import type { FileRefusal } from '../input/new-file.ts';
import { type FileAnswer, type FileRequest, partSize } from './frames.ts';

/** Asks the client, which answers. @throws where the client has gone */
export type Ask = (request: FileRequest) => Promise<FileAnswer>;

const prefix = 'cardea-outgoing-';

/**
 * The files of the client whose command the server executes. The client opens them, with the rights of its user and in its folders. What a
 * command writes is made in the data folder first, and removed when the client has it.
 */
export function filesOfClient(ask: Ask, dataFolder: string): Files {
  const alone = oneAtATime();
  return {
    read: (file, most = usualFile) => alone(() => readFrom(ask, file, most)),
    list: (folder, ending) => alone(() => listFrom(ask, folder, ending)),
    write: (file, make) => alone(() => writeTo(ask, file, { make, dataFolder })),
  };
}

/** Removes what a server left that ended while it wrote. */
export function removeLeftOutgoing(dataFolder: string): void {
  for (const name of readdirSync(dataFolder))
    if (name.startsWith(prefix)) rmSync(join(dataFolder, name), { force: true });
}

/** Runs what it is given in order: the client has one file open. */
function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(run: () => Promise<T>): Promise<T> => {
    const result = last.then(run, run);
    last = result.catch(() => undefined);
    return result;
  };
}

async function readFrom(ask: Ask, file: string, most: number): Promise<Uint8Array> {
  const unreadable = (problem: string) => fault('fileUnreadable', { file, problem });
  const opened = await ask({ read: file, most: Math.min(most, Number.MAX_SAFE_INTEGER) });
  if (!('size' in opened)) throw unreadable(problemIn(opened));
  if (opened.size > most) throw unreadable(`it has ${opened.size} bytes, and at most ${most} are read`);
  const bytes = new Uint8Array(opened.size);
  for (let at = 0; at < bytes.length; ) {
    const answer = await ask({ next: true });
    if (!('part' in answer)) throw unreadable(problemIn(answer));
    const part = Buffer.from(answer.part, 'base64');
    if (part.length === 0 || at + part.length > bytes.length) throw unreadable('it changed while it was read');
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

async function listFrom(ask: Ask, folder: string, ending: string): Promise<readonly string[] | undefined> {
  const answer = await ask({ list: folder, ending });
  if ('names' in answer) return answer.names ?? undefined;
  throw fault('fileUnreadable', { file: folder, problem: problemIn(answer) });
}

async function writeTo(
  ask: Ask,
  file: string,
  { make, dataFolder }: { readonly make: MakeContent; readonly dataFolder: string },
): Promise<WrittenFile | FileRefusal> {
  const begun = await ask({ create: file });
  if (!('done' in begun)) return refusalIn(begun, file);
  const place = join(dataFolder, `${prefix}${randomBytes(6).toString('hex')}`);
  try {
    closeSync(openSync(place, 'wx', 0o600));
    const isSameDisk = begun.device === `${statSync(place, { bigint: true }).dev}`;
    await make(place, isSameDisk ? 2 : 1);
    const { sha256 } = await digestOf(place);
    const refusal = await sendFile(ask, place, file);
    if (refusal) return refusal;
    const end = await ask({ finish: sha256 });
    return 'sha256' in end ? end : refusalIn(end, file);
  } catch (problem) {
    await ask({ abandon: true }).catch(() => undefined); // a client that has gone abandons it by itself
    throw problem;
  } finally {
    rmSync(place, { force: true });
  }
}

async function sendFile(ask: Ask, place: string, file: string): Promise<FileRefusal | undefined> {
  const handle = openSync(place, 'r');
  try {
    const part = Buffer.alloc(partSize);
    for (let count = readSync(handle, part); count > 0; count = readSync(handle, part)) {
      const answer = await ask({ append: part.toString('base64', 0, count) });
      if (!('done' in answer)) return refusalIn(answer, file);
    }
    return undefined;
  } finally {
    closeSync(handle);
  }
}

const problemIn = (answer: FileAnswer): string =>
  'problem' in answer ? answer.problem : 'the command answered something else';

const refusalIn = (answer: FileAnswer, file: string): FileRefusal =>
  'exists' in answer ? answer : { path: file, problem: problemIn(answer), exists: false };
