import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Crl } from '../core/crl/crl.ts';
import type { CrlBytes, StoredCrlFacts, StoredCrlHead } from '../ports.ts';
import { bodyFrom } from './body.ts';
import type { IndexThreads } from './index-threads.ts';
import type { KeptCrl } from './kept.ts';
import { isSmall, type Preparation } from './prepare.ts';

/**
 * Lists over a restart. What is small goes where the installation keeps its data; what is large goes into a file with its
 * index, written and read by a thread, so that neither a database nor the event loop feels its size. Without a folder
 * large lists go the way of small ones. Where several processes share that place it holds every list whole, and the file
 * only saves a restart from reading it there.
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
    const head = await this.#bytes?.head(kept.key);
    if (!head) return;
    const crl = await this.#listOf(head, kept);
    // Its number is of another key's numbering, and would keep the right list from being taken (CRL-15).
    if (crl && !kept.mayHold(crl)) return await this.#bytes?.forget(kept.key);
    if (head.highestNumber !== undefined) kept.see({ number: BigInt(head.highestNumber), signature: undefined });
    // The disk may have been brought back from a backup, or another process have been faster than this one (CRL-15).
    if (!crl || (kept.seen && (crl.number ?? -1n) < kept.seen.number)) return;
    if (crl.number !== undefined) kept.see({ number: crl.number, signature: crl.signature });
    if (kept.crl && kept.crl.number === crl.number) return;
    kept.crl = crl;
    kept.source = 'restart';
    confirmWith(kept, head);
  }

  /** What another process has kept since: a newer list, or that ours is still the current one. Undefined when nothing. */
  async catchUp(kept: KeptCrl): Promise<'list' | 'confirmation' | undefined> {
    if (!this.#bytes?.claims) return undefined;
    const head = await this.#bytes.head(kept.key);
    if (!head || (kept.fetchedAt && head.fetchedAt <= kept.fetchedAt)) return undefined;
    if (kept.crl && kept.crl.number?.toString() === head.highestNumber) {
      confirmWith(kept, head);
      return 'confirmation';
    }
    const before = kept.crl;
    await this.load(kept);
    return kept.crl === before ? undefined : 'list';
  }

  /** From the file where it is large, unless the file is behind or not there: then another process wrote it. */
  async #listOf(head: StoredCrlHead, kept: KeptCrl): Promise<Crl | undefined> {
    const fromFile = head.size === 0 || !isSmall(head.size) ? await this.#fromFile(kept) : undefined;
    if (head.size === 0 || (fromFile && fromFile.number?.toString() === head.highestNumber)) return fromFile;
    const stored = await this.#bytes?.read(kept.key);
    if (!stored || stored.der.length === 0) return undefined;
    const facts = { source: kept.url, contentType: '' };
    const ruling = await this.#preparation.list(bodyFrom(stored.der), facts, [...kept.signers.values()]);
    if (ruling.outcome !== 'passed') return undefined;
    await this.#saveFile(kept, ruling.value);
    return ruling.value;
  }

  async #fromFile(kept: KeptCrl): Promise<Crl | undefined> {
    const file = this.#fileOf(kept);
    const image = file === undefined ? undefined : await this.#threads.run('load', { file });
    const ruling = image && (await this.#preparation.image(image, kept.url, [...kept.signers.values()]));
    return ruling?.outcome === 'passed' ? ruling.value : undefined;
  }

  /** Keeps the list, or only what is new about it. */
  async save(kept: KeptCrl, isNewList: boolean): Promise<void> {
    const { crl, seen, fetchedAt } = kept;
    if (!this.#bytes || !crl || !fetchedAt) return;
    const facts = {
      url: kept.key,
      fetchedAt,
      etag: kept.validators?.etag,
      lastModified: kept.validators?.lastModified,
      highestNumber: seen?.number.toString(),
    };
    if (!isNewList && (await this.#bytes.confirm(facts))) return;
    const isInFile = await this.#saveFile(kept, crl);
    const der = isInFile && !this.#bytes.claims ? new Uint8Array() : crl.der; // other processes do not see our files
    await this.#bytes.write({ ...facts, der });
  }

  /** Writes the file of a large list, where there is a folder for it. */
  async #saveFile(kept: KeptCrl, { der, index }: Crl): Promise<boolean> {
    const file = isSmall(der.length) ? undefined : this.#fileOf(kept);
    if (file !== undefined) await this.#threads.run('save', { file, image: { der, index } });
    return file !== undefined;
  }

  #fileOf({ key }: KeptCrl): string | undefined {
    return this.#folder === undefined
      ? undefined
      : join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.crl`);
  }
}

function confirmWith(kept: KeptCrl, { fetchedAt, etag, lastModified }: StoredCrlFacts): void {
  kept.fetchedAt = fetchedAt;
  kept.validators = { etag, lastModified };
  kept.lastError = undefined;
}
