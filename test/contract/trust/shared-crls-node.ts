import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import type { CrlRequest } from '#core/crl/answer.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openAt } from '../databases.ts';

/** What a parent asks, and what this process answers. */
export interface Question {
  readonly call: 'fetch' | 'refresh';
  readonly request: CrlRequest;
  /** Which of these serial numbers the CRL revokes. */
  readonly serials: readonly Uint8Array[];
}
export interface Reply {
  readonly problem?: string;
  readonly number?: string | undefined;
  readonly isListed?: readonly boolean[];
  /** Octets of memory for buffers, of all threads, after the garbage has been collected. */
  readonly buffers?: number;
  /** Files of images that are open, by inode; undefined without /proc. */
  readonly images?: readonly number[] | undefined;
}

/** A worker of its own on a folder of SQLite and images: `shared-crls-node.ts FOLDER IMAGES KEY TIME` */
const [folder = '', images = '', key = '', time = ''] = process.argv.slice(2);
const clock = { now: () => new Date(time) };
const storage = await openAt({ kind: 'sqlite', folder, sharing: 'worker' }, clock);
const limits = { bytes: 2 ** 30, seconds: 300 };
const cache = openCrlCache({
  clock,
  bytes: storage.crlBytes,
  images: { folder: images, keys: [new Uint8Array(Buffer.from(key, 'hex'))] },
  policy: { interactive: limits, background: limits },
  timing: { retry: 0, prefetch: 0, validation: 300 },
});

async function replyTo({ call, request, serials }: Question): Promise<Reply> {
  const [answer] = await (call === 'fetch' ? cache.fetch([request], clock.now()) : cache.refresh([request]));
  if (answer?.base.kind !== 'fetched') return { problem: answer?.base.because.code ?? 'no answer' };
  const { number, entries } = answer.base.crl;
  const isListed = serials.map((serial) => entries.entriesWith(new Uint8Array(serial)).length > 0);
  return { number: number?.toString(), isListed };
}

function openImages(): readonly number[] | undefined {
  if (!existsSync('/proc/self/fd')) return undefined;
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    const path = `/proc/self/fd/${descriptor}`;
    try {
      return readlinkSync(path).startsWith(images) ? [statSync(path).ino] : [];
    } catch {
      return []; // closed meanwhile
    }
  });
}

/** Once in a later turn, so that nothing of the answer is on the stack. */
async function reply(question: Question): Promise<Reply> {
  const answer = await replyTo(question).catch((problem: unknown): Reply => ({ problem: (problem as Error).name }));
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
  return { ...answer, buffers: process.memoryUsage().arrayBuffers, images: openImages() };
}

process.on('message', (question: Question) => void reply(question).then((answer) => process.send!(answer)));
process.on('disconnect', () => void cache.close().then(() => storage.close()));
process.send!({});
