import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Crl } from '#core/crl/list/crl.ts';
import type { StoredCrlFacts, StoredCrlHead } from '#model/crl.ts';
import type { CrlBytes } from '#ports/revocation.ts';
import { bodyFrom } from '../fetch/body.ts';
import type { IndexThreads } from '../index/index-threads.ts';
import type { KeptCrl } from './cached.ts';
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

  /** Another text after every change that another process may have made; undefined where no other process keeps lists. */
  async mark(): Promise<string | undefined> {
    return this.#bytes?.mark?.();
  }

  /** Brings back what was kept. A list that is damaged is as good as none; its number still counts. */
  async load(keptCrl: KeptCrl): Promise<void> {
    const head = await this.#bytes?.head(keptCrl.key);
    if (!head) return;
    const crl = await this.#listOf(head, keptCrl);
    // Its number is of another key's numbering, and would keep the right list from being taken (CRL-15).
    if (crl && !keptCrl.mayHold(crl)) return await this.#bytes?.forget(keptCrl.key);
    if (head.highestNumber !== undefined) keptCrl.see({ number: BigInt(head.highestNumber), signature: undefined });
    // The disk may have been brought back from a backup, or another process have been faster than this one (CRL-15).
    if (!crl || (keptCrl.seen && (crl.number ?? -1n) < keptCrl.seen.number)) return;
    if (crl.number !== undefined) keptCrl.see({ number: crl.number, signature: crl.signature });
    if (keptCrl.crl && keptCrl.crl.number === crl.number) return;
    keptCrl.crl = crl;
    keptCrl.source = 'restart';
    confirmWith(keptCrl, head);
  }

  /** What another process has kept since: a newer list, or that ours is still the current one. Undefined when nothing. */
  async catchUp(keptCrl: KeptCrl): Promise<'list' | 'confirmation' | undefined> {
    if (!this.#bytes?.claims) return undefined;
    const head = await this.#bytes.head(keptCrl.key);
    // Clocks of servers differ, so a higher number counts whenever it came.
    const isNewer = head?.highestNumber !== undefined && BigInt(head.highestNumber) > (keptCrl.crl?.number ?? -1n);
    if (!head || (!isNewer && keptCrl.fetchedAt && head.fetchedAt <= keptCrl.fetchedAt)) return undefined;
    if (keptCrl.crl && keptCrl.crl.number?.toString() === head.highestNumber) {
      confirmWith(keptCrl, head);
      return 'confirmation';
    }
    const before = keptCrl.crl;
    await this.load(keptCrl);
    return keptCrl.crl === before ? undefined : 'list';
  }

  /** From the file where it is large, unless the file is behind or not there: then another process wrote it. */
  async #listOf(head: StoredCrlHead, keptCrl: KeptCrl): Promise<Crl | undefined> {
    const fromFile = head.size === 0 || !isSmall(head.size) ? await this.#fromFile(keptCrl) : undefined;
    if (head.size === 0 || (fromFile && fromFile.number?.toString() === head.highestNumber)) return fromFile;
    const row = await this.#bytes?.read(keptCrl.key);
    if (!row || row.der.length === 0) return undefined;
    const facts = { source: keptCrl.url, contentType: '' };
    const ruling = await this.#preparation.list(bodyFrom(row.der), facts, [...keptCrl.signers.values()]);
    if (ruling.outcome !== 'passed') return undefined;
    await this.#saveFile(keptCrl, ruling.value);
    return ruling.value;
  }

  async #fromFile(keptCrl: KeptCrl): Promise<Crl | undefined> {
    const file = this.#fileOf(keptCrl);
    const image = file === undefined ? undefined : await this.#threads.run('load', { file });
    const ruling = image && (await this.#preparation.image(image, keptCrl.url, [...keptCrl.signers.values()]));
    return ruling?.outcome === 'passed' ? ruling.value : undefined;
  }

  /** Keeps the list, or only what is new about it. */
  async save(keptCrl: KeptCrl, isNewList: boolean): Promise<void> {
    const { crl, seen, fetchedAt } = keptCrl;
    if (!this.#bytes || !crl || !fetchedAt) return;
    const facts = {
      url: keptCrl.key,
      fetchedAt,
      etag: keptCrl.validators?.etag,
      lastModified: keptCrl.validators?.lastModified,
      highestNumber: seen?.number.toString(),
    };
    if (!isNewList && (await this.#bytes.confirm(facts))) return;
    const isInFile = await this.#saveFile(keptCrl, crl);
    const der = isInFile && !this.#bytes.claims ? new Uint8Array() : crl.der; // other processes do not see our files
    await this.#bytes.write({ ...facts, der });
  }

  /** Writes the file of a large list, where there is a folder for it. */
  async #saveFile(keptCrl: KeptCrl, { der, index }: Crl): Promise<boolean> {
    const file = isSmall(der.length) ? undefined : this.#fileOf(keptCrl);
    if (file !== undefined) await this.#threads.run('save', { file, image: { der, index } });
    return file !== undefined;
  }

  #fileOf({ key }: KeptCrl): string | undefined {
    return this.#folder === undefined
      ? undefined
      : join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.crl`);
  }
}

function confirmWith(keptCrl: KeptCrl, { fetchedAt, etag, lastModified }: StoredCrlFacts): void {
  keptCrl.fetchedAt = fetchedAt;
  keptCrl.validators = { etag, lastModified };
  keptCrl.lastError = undefined;
}
