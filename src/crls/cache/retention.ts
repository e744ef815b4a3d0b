import type { Crl, WholeCrl } from '#core/crl/list/crl.ts';
import type { StoredCrlFacts, StoredCrlHead } from '#model/crl.ts';
import type { CrlBytes } from '#ports/revocation.ts';
import { bodyFrom } from '../fetch/body.ts';
import { ImageEntries } from '../index/image-entries.ts';
import { type ImagePlace, Images } from '../index/images.ts';
import type { IndexThreads } from '../index/index-threads.ts';
import type { KeptCrl } from './cached.ts';
import { isSmall, type Preparation } from './prepare.ts';

/**
 * Lists over a restart. What is small goes where the installation keeps its data; what is large goes into a file with its
 * index, from which every process of this computer reads. Without a folder large lists go the way of small ones, and stay
 * in memory. Where several processes share the place of small ones, it holds every list whole, and the file only saves a
 * computer from reading it there.
 */
export class Keeping {
  readonly #bytes: CrlBytes | undefined;
  readonly #images: Images | undefined;
  readonly #threads: IndexThreads;
  readonly #preparation: Preparation;

  constructor({ bytes, images, threads, preparation, onFault }: KeepingParts) {
    this.#bytes = bytes;
    this.#images = images && new Images(images, threads, onFault);
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
    const fromFile = head.size === 0 || !isSmall(head.size) ? await this.#fromImage(keptCrl) : undefined;
    if (head.size === 0 || (fromFile && fromFile.number?.toString() === head.highestNumber)) return fromFile;
    const row = await this.#bytes?.read(keptCrl.key);
    if (!row || row.der.length === 0) return undefined;
    const facts = { source: keptCrl.url, contentType: '' };
    const ruling = await this.#preparation.list(bodyFrom(row.der), facts, [...keptCrl.signers.values()]);
    if (ruling.outcome !== 'passed') return undefined;
    return (await this.#saveImage(keptCrl, ruling.value)) ?? ruling.value;
  }

  /** @param isWhole whether every page of the file is compared now */
  async #fromImage(keptCrl: KeptCrl, isWhole = true): Promise<Crl | undefined> {
    const entries = await this.#images?.open(keptCrl, isWhole);
    const ruling = entries && (await this.#preparation.image(entries, [...keptCrl.signers.values()]));
    return ruling?.outcome === 'passed' ? ruling.value : undefined;
  }

  /** A list whose file was changed is as good as none; the sign-in that follows gets it anew. */
  dropUnusable(keptCrl: KeptCrl): void {
    const entries = keptCrl.crl?.entries;
    if (entries instanceof ImageEntries && !entries.isUsable) keptCrl.crl = undefined;
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
    const image = isWhole(crl) ? await this.#saveImage(keptCrl, crl) : crl;
    // From here on the file is read, and the memory of the list is free.
    if (image && keptCrl.crl === crl) keptCrl.crl = image;
    const isInFile = image !== undefined && !this.#bytes.claims; // other computers do not see our files
    await this.#bytes.write({ ...facts, der: isInFile ? new Uint8Array() : await this.#octetsOf(crl) });
  }

  async #octetsOf({ entries, size }: Crl): Promise<Uint8Array> {
    return entries instanceof ImageEntries ? this.#threads.run('read', entries.image) : entries.bytes(0, size);
  }

  /** The list in the file of a large one, where there is a folder for it. What another process has just written is used. */
  async #saveImage(keptCrl: KeptCrl, crl: WholeCrl): Promise<Crl | undefined> {
    if (!this.#images || isSmall(crl.size)) return undefined;
    const current = this.#bytes?.claims && (await this.#fromImage(keptCrl, false));
    if (current && isSameList(current, crl)) {
      const shared = await this.#fromImage(keptCrl);
      if (shared) return shared;
    }
    await this.#images.save(keptCrl, crl);
    return await this.#fromImage(keptCrl, false);
  }

  /** Removes files of lists that the database no longer has. */
  async removeUnusedFiles(at: Date): Promise<void> {
    if (this.#bytes && this.#images) await this.#images.removeUnused(await this.#bytes.keys(), at);
  }

  /** Closes the files of all lists. */
  close(): void {
    this.#images?.close();
  }
}

interface KeepingParts {
  readonly bytes: CrlBytes | undefined;
  readonly images: ImagePlace | undefined;
  readonly threads: IndexThreads;
  readonly preparation: Preparation;
  /** Receives what was wrong with a file that is no longer used. */
  readonly onFault: (fault: unknown) => void;
}

const isWhole = (crl: Crl): crl is WholeCrl => 'der' in crl;

const isSameList = (crl: Crl, second: Crl): boolean =>
  crl.number === second.number && Buffer.compare(crl.signature, second.signature) === 0;

function confirmWith(keptCrl: KeptCrl, { fetchedAt, etag, lastModified }: StoredCrlFacts): void {
  keptCrl.fetchedAt = fetchedAt;
  keptCrl.validators = { etag, lastModified };
  keptCrl.lastError = undefined;
}
