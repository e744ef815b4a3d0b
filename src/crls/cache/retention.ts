import type { Crl, WholeCrl } from '#core/crl/format/crl.ts';
import type { StoredCrlFacts, StoredCrlHead } from '#model/crl.ts';
import type { CrlBytes } from '#ports/revocation.ts';
import { bodyFrom } from '../fetch/body.ts';
import { ImageEntries } from '../index/image-entries.ts';
import { type ImagePlace, Images } from '../index/images.ts';
import type { IndexThreads } from '../index/index-threads.ts';
import type { CachedCrl } from './cached.ts';
import { isSmall, type Preparation } from './prepare.ts';

/**
 * CRLs over a restart. What is small goes where the installation keeps its data; what is large goes into a file with its
 * index, from which every process of this computer reads. Without a folder large CRLs go the way of small ones, and stay
 * in memory. Where several processes share the place of small ones, it holds every CRL whole, and the file only saves a
 * computer from reading it there.
 */
export class Retention {
  readonly #bytes: CrlBytes | undefined;
  readonly #images: Images | undefined;
  readonly #threads: IndexThreads;
  readonly #preparation: Preparation;

  constructor({ bytes, images, threads, preparation, onFault }: RetentionParts) {
    this.#bytes = bytes;
    this.#images = images && new Images(images, threads, onFault);
    this.#threads = threads;
    this.#preparation = preparation;
  }

  /** Another text after every change that another process may have made; undefined where no other process keeps CRLs. */
  async mark(): Promise<string | undefined> {
    return this.#bytes?.mark?.();
  }

  /** Brings back what was kept. A CRL that is damaged counts as absent; its number still counts. */
  async load(cachedCrl: CachedCrl): Promise<void> {
    const head = await this.#bytes?.head(cachedCrl.key);
    if (!head) return;
    const crl = await this.#crlOf(head, cachedCrl);
    // Its number is of another key's numbering, and would keep the right CRL from being taken (CRL-15).
    if (crl && !cachedCrl.mayHold(crl)) return await this.#bytes?.forget(cachedCrl.key);
    if (head.highestNumber !== undefined) cachedCrl.see({ number: BigInt(head.highestNumber), signature: undefined });
    // The disk may have been brought back from a backup, or another process have been faster than this one (CRL-15).
    if (!crl || (cachedCrl.seen && (crl.number ?? -1n) < cachedCrl.seen.number)) return;
    if (crl.number !== undefined) cachedCrl.see({ number: crl.number, signature: crl.signature });
    if (cachedCrl.crl && cachedCrl.crl.number === crl.number) return;
    cachedCrl.crl = crl;
    cachedCrl.source = 'restart';
    confirmWith(cachedCrl, head);
  }

  /** What another process has kept since: a newer CRL, or that ours is still the current one. Undefined when nothing. */
  async catchUp(cachedCrl: CachedCrl): Promise<'crl' | 'confirmation' | undefined> {
    if (!this.#bytes?.leases) return undefined;
    const head = await this.#bytes.head(cachedCrl.key);
    // Clocks of servers differ, so a higher number counts whenever it came.
    const isNewer = head?.highestNumber !== undefined && BigInt(head.highestNumber) > (cachedCrl.crl?.number ?? -1n);
    if (!head || (!isNewer && cachedCrl.fetchedAt && head.fetchedAt <= cachedCrl.fetchedAt)) return undefined;
    if (cachedCrl.crl && cachedCrl.crl.number?.toString() === head.highestNumber) {
      confirmWith(cachedCrl, head);
      return 'confirmation';
    }
    const before = cachedCrl.crl;
    await this.load(cachedCrl);
    return cachedCrl.crl === before ? undefined : 'crl';
  }

  /** From the file where it is large, unless the file is behind or not there: then another process wrote it. */
  async #crlOf(head: StoredCrlHead, cachedCrl: CachedCrl): Promise<Crl | undefined> {
    const fromFile = head.size === 0 || !isSmall(head.size) ? await this.#fromImage(cachedCrl) : undefined;
    if (head.size === 0 || (fromFile && fromFile.number?.toString() === head.highestNumber)) return fromFile;
    const row = await this.#bytes?.read(cachedCrl.key);
    if (!row || row.der.length === 0) return undefined;
    const facts = { source: cachedCrl.url, contentType: '' };
    const ruling = await this.#preparation.crl(bodyFrom(row.der), facts, [...cachedCrl.signers.values()]);
    if (ruling.outcome !== 'passed') return undefined;
    return (await this.#saveImage(cachedCrl, ruling.value)) ?? ruling.value;
  }

  /** @param isWhole whether every page of the file is compared now */
  async #fromImage(cachedCrl: CachedCrl, isWhole = true): Promise<Crl | undefined> {
    const entries = await this.#images?.open(cachedCrl, isWhole);
    const ruling = entries && (await this.#preparation.image(entries, [...cachedCrl.signers.values()]));
    return ruling?.outcome === 'passed' ? ruling.value : undefined;
  }

  /** A CRL whose file was changed counts as absent; the next sign-in downloads it again. */
  dropUnusable(cachedCrl: CachedCrl): void {
    const entries = cachedCrl.crl?.entries;
    if (entries instanceof ImageEntries && !entries.isUsable) cachedCrl.crl = undefined;
  }

  /** Keeps the CRL, or only what is new about it. */
  async save(cachedCrl: CachedCrl, isNewCrl: boolean): Promise<void> {
    const { crl, seen, fetchedAt } = cachedCrl;
    if (!this.#bytes || !crl || !fetchedAt) return;
    const facts = {
      url: cachedCrl.key,
      fetchedAt,
      etag: cachedCrl.validators?.etag,
      lastModified: cachedCrl.validators?.lastModified,
      highestNumber: seen?.number.toString(),
    };
    if (!isNewCrl && (await this.#bytes.confirm(facts))) return;
    const image = isWhole(crl) ? await this.#saveImage(cachedCrl, crl) : crl;
    // From here on the file is read, and the memory of the CRL is free.
    if (image && cachedCrl.crl === crl) cachedCrl.crl = image;
    const isInFile = image !== undefined && !this.#bytes.leases; // other computers do not see our files
    await this.#bytes.write({ ...facts, der: isInFile ? new Uint8Array() : await this.#octetsOf(crl) });
  }

  async #octetsOf({ entries, size }: Crl): Promise<Uint8Array> {
    return entries instanceof ImageEntries ? this.#threads.run('read', entries.image) : entries.bytes(0, size);
  }

  /** The CRL in the file of a large one, where there is a folder for it. What another process has just written is used. */
  async #saveImage(cachedCrl: CachedCrl, crl: WholeCrl): Promise<Crl | undefined> {
    if (!this.#images || isSmall(crl.size)) return undefined;
    const current = this.#bytes?.leases && (await this.#fromImage(cachedCrl, false));
    if (current && isSameCrl(current, crl)) {
      const shared = await this.#fromImage(cachedCrl);
      if (shared) return shared;
    }
    await this.#images.save(cachedCrl, crl);
    return await this.#fromImage(cachedCrl, false);
  }

  /** Removes files of CRLs that the database no longer has. */
  async removeUnusedFiles(at: Date): Promise<void> {
    if (this.#bytes && this.#images) await this.#images.removeUnused(await this.#bytes.keys(), at);
  }

  /** Closes the files of all CRLs. */
  close(): void {
    this.#images?.close();
  }
}

interface RetentionParts {
  readonly bytes: CrlBytes | undefined;
  readonly images: ImagePlace | undefined;
  readonly threads: IndexThreads;
  readonly preparation: Preparation;
  /** Receives what was wrong with a file that is no longer used. */
  readonly onFault: (fault: unknown) => void;
}

const isWhole = (crl: Crl): crl is WholeCrl => 'der' in crl;

const isSameCrl = (crl: Crl, second: Crl): boolean =>
  crl.number === second.number && Buffer.compare(crl.signature, second.signature) === 0;

function confirmWith(cachedCrl: CachedCrl, { fetchedAt, etag, lastModified }: StoredCrlFacts): void {
  cachedCrl.fetchedAt = fetchedAt;
  cachedCrl.validators = { etag, lastModified };
  cachedCrl.lastError = undefined;
}
