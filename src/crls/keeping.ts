import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CrlSigner } from '../core/crl/answer.ts';
import type { CrlBytes, StoredCrl } from '../ports.ts';
import { bodyFrom } from './body.ts';
import type { IndexThreads } from './index-threads.ts';
import type { KeptCrl } from './kept.ts';
import { isSmall, type Preparation } from './prepare.ts';

/**
 * Lists over a restart. What is small goes where the installation keeps its data; what is large goes into a file with its
 * index, written and read by a thread, so that neither a database nor the event loop feels its size. Without a folder
 * large lists go the way of small ones.
 */
export class Keeping {
  readonly #bytes: CrlBytes | undefined;
  readonly #folder: string | undefined;
  readonly #threads: IndexThreads;
  readonly #preparation: Preparation;

  constructor(
    bytes: CrlBytes | undefined,
    folder: string | undefined,
    threads: IndexThreads,
    preparation: Preparation,
  ) {
    this.#bytes = bytes;
    this.#folder = folder;
    this.#threads = threads;
    this.#preparation = preparation;
  }

  /** Brings back what was kept. A list that is damaged is as good as none; its number still counts. */
  async load(kept: KeptCrl): Promise<void> {
    const stored = await this.#bytes?.read(kept.key);
    if (!stored) return;
    if (stored.highestNumber !== undefined) kept.seen = { number: BigInt(stored.highestNumber), signature: undefined };
    const crl = await this.#listOf(stored, kept);
    // A file may be behind the row: another process, or a disk brought back from a backup (CRL-15).
    if (!crl || (kept.seen && (crl.number ?? -1n) < kept.seen.number)) return;
    kept.crl = crl;
    kept.source = 'restart';
    kept.fetchedAt = stored.fetchedAt;
    kept.validators = { etag: stored.etag, lastModified: stored.lastModified };
    if (crl.number !== undefined && crl.number === kept.seen?.number)
      kept.seen = { number: crl.number, signature: crl.signature };
  }

  async #listOf(stored: StoredCrl, kept: KeptCrl) {
    const signers = [...kept.signers.values()];
    const facts = { source: kept.url, contentType: '' };
    const inTable =
      stored.der.length > 0 ? await this.#preparation.list(bodyFrom(stored.der), facts, signers) : undefined;
    const ruling = inTable ?? (await this.#fromFile(kept, signers));
    return ruling?.outcome === 'passed' ? ruling.value : undefined;
  }

  async #fromFile(kept: KeptCrl, signers: readonly CrlSigner[]) {
    const file = this.#fileOf(kept);
    const image = file === undefined ? undefined : await this.#threads.run('load', { file });
    return image && (await this.#preparation.image(image, kept.url, signers));
  }

  /** Keeps the list, or only what is new about it. */
  async save(kept: KeptCrl, isNewList: boolean): Promise<void> {
    const { crl, seen, fetchedAt } = kept;
    if (!this.#bytes || !crl || !fetchedAt) return;
    const file = isSmall(crl.der.length) ? undefined : this.#fileOf(kept);
    if (file !== undefined && isNewList)
      await this.#threads.run('save', { file, image: { der: crl.der, index: crl.index } });
    await this.#bytes.write({
      url: kept.key,
      der: file === undefined ? crl.der : new Uint8Array(),
      fetchedAt,
      etag: kept.validators?.etag,
      lastModified: kept.validators?.lastModified,
      highestNumber: seen?.number.toString(),
    });
  }

  #fileOf({ key }: KeptCrl): string | undefined {
    return this.#folder === undefined
      ? undefined
      : join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.crl`);
  }
}
