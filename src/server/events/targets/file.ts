import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '#pki/whole-file.ts';
import { documentOf, type EventTarget } from '../event.ts';

export interface FileOptions {
  /** An absolute path. */
  readonly file: string;
  /** Bytes after which the file becomes `FILE.1`, and so on. */
  readonly mostBytes: number;
  /** Files that are kept, with the current one. */
  readonly files: number;
}

/**
 * Appends a line of JSON for each event, and waits for the disk. Another program can rename, remove or empty the file at any time, as
 * logrotate does: before a delivery the path counts, not the file that is open.
 */
export function fileTarget({ file, mostBytes, files }: FileOptions): EventTarget {
  let current: { readonly handle: FileHandle; size: number } | undefined;
  const close = async () => {
    const { handle } = current ?? {};
    current = undefined;
    await handle?.close();
  };
  const rotate = async () => {
    await close();
    await rm(`${file}.${files - 1}`, { force: true });
    for (let n = files - 1; n > 0; n--)
      await rename(n === 1 ? file : `${file}.${n - 1}`, `${file}.${n}`).catch(unlessMissing);
    if (files === 1) await rm(file, { force: true });
  };
  const followPath = async () => {
    if (!current) return;
    const [atPath, inUse] = await Promise.all([stat(file).catch(unlessMissing), current.handle.stat()]);
    if (atPath?.ino === inUse.ino && atPath.dev === inUse.dev) current.size = inUse.size;
    else await close();
  };
  return {
    name: 'file',
    close,
    async deliver(events) {
      const text = Buffer.from(events.map((event) => `${JSON.stringify(documentOf(event))}\n`).join(''));
      await followPath();
      if (current && current.size > 0 && current.size + text.length > mostBytes) await rotate();
      current ??= await openFile(file);
      const { handle, size } = current;
      try {
        await handle.writeFile(text);
        await handle.sync();
        current.size = size + text.length;
      } catch (problem) {
        // Half a line is taken back; the events come again.
        await takeBack(handle, size).catch(() => undefined);
        await close();
        throw problem;
      }
    },
  };
}

/**
 * Removes what a file has after `size` bytes. If another program has emptied the file meanwhile, nothing is removed: to set the longer size
 * would fill the file with NUL bytes. The next opening ends half a line.
 */
export async function takeBack(handle: FileHandle, size: number): Promise<void> {
  const current = await handle.stat();
  if (current.size > size) await handle.truncate(size);
}

/** Opens the file for its end. A line that a process left unfinished is ended. */
async function openFile(file: string) {
  makeFolder(dirname(file));
  const handle = await open(file, 'a+', 0o600);
  const { size } = await handle.stat();
  if (size === 0) return { handle, size };
  const { buffer } = await handle.read({ buffer: Buffer.alloc(1), position: size - 1 });
  if (buffer[0] === 0x0a) return { handle, size };
  await handle.writeFile('\n');
  return { handle, size: size + 1 };
}

function unlessMissing(problem: NodeJS.ErrnoException): undefined {
  if (problem.code !== 'ENOENT') throw problem;
}
