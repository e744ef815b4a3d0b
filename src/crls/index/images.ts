import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { WholeCrl } from '#core/crl/format/crl.ts';
import { keysKnown } from '#core/crl/issuers/signature.ts';
import { ImageEntries } from './image-entries.ts';
import type { ImageBinding } from './image-file.ts';
import type { IndexThreads } from './index-threads.ts';
import { fileNameOf, removeUnusedImages } from './unused-images.ts';

/** Where images are, and what authenticates them. */
export interface ImagePlace {
  /** An existing folder of our own. */
  readonly folder: string;
  /** Keys of the installation, the newest first. Without them no other process uses what this one wrote. */
  readonly keys?: ImageBinding['keys'] | undefined;
}

const keysOfThisProcess: ImageBinding['keys'] = [new Uint8Array(randomBytes(32))];

/** Which CRL an image is of. */
export interface ImageName {
  /** The name under which the CRL is kept. */
  readonly key: string;
  readonly url: string;
}

/** The images of large CRLs in one folder, a file for each CRL. Threads read and write whatever grows with a CRL. */
export class Images {
  readonly #folder: string;
  readonly #keys: ImageBinding['keys'];
  readonly #threads: IndexThreads;
  readonly #onDamage: (problem: unknown) => void;
  /** What is open, by its file, so that a CRL is open once however often it is looked for. */
  readonly #open = new Map<string, OpenFile>();

  /** @param onDamage receives what was wrong with a file that is no longer used */
  constructor(
    { folder, keys = keysOfThisProcess }: ImagePlace,
    threads: IndexThreads,
    onDamage: (problem: unknown) => void,
  ) {
    this.#folder = folder;
    this.#keys = keys;
    this.#threads = threads;
    this.#onDamage = onDamage;
  }

  /**
   * Opens what was saved; undefined when there is none, or it is not what an installation with our keys wrote.
   * @param isWhole whether every page is read and compared now, not only when it is used
   */
  async open(name: ImageName, isWhole: boolean): Promise<ImageEntries | undefined> {
    const file = this.#fileOf(name);
    const descriptor = descriptorOf(file);
    if (descriptor === undefined) return undefined;
    const state = stateOf(descriptor);
    const entries = this.#inUse(file, state, isWhole) ?? (await this.#opened({ descriptor, name, isWhole }));
    if (entries?.descriptor !== descriptor) closeSync(descriptor);
    else this.#open.set(file, { state, isWhole, entries: new WeakRef(entries) });
    return entries;
  }

  /** The open image of a file that has not changed since. */
  #inUse(file: string, state: string, isWhole: boolean): ImageEntries | undefined {
    const current = this.#open.get(file);
    const isEnough = current?.state === state && (current.isWhole || !isWhole);
    const entries = isEnough ? current.entries.deref() : undefined;
    return entries?.isUsable ? entries : undefined;
  }

  async #opened({ descriptor, name, isWhole }: Opening): Promise<ImageEntries | undefined> {
    const input = { descriptor, binding: this.#bindingOf(name), isWhole };
    const image = await this.#threads.run('open', input).catch((problem: unknown) => {
      closeSync(descriptor);
      throw problem;
    });
    if (image?.isOfOlderKey) await this.#threads.run('renew', { file: this.#fileOf(name), binding: input.binding });
    return image && new ImageEntries(image, name.url, this.#onDamage);
  }

  /** Closes all files at once. */
  close(): void {
    for (const { entries } of this.#open.values()) entries.deref()?.close();
  }

  /** Replaces the image of a CRL. Processes that use the former one continue until they drop it. */
  async save(name: ImageName, crl: WholeCrl): Promise<void> {
    const image = { der: crl.der, index: crl.index, verifiedKeys: keysKnown(crl) };
    await this.#threads.run('save', { file: this.#fileOf(name), image, binding: this.#bindingOf(name) });
  }

  /** Removes the files of all CRLs but these. @param keys the names under which CRLs are kept */
  removeUnused(keys: readonly string[], at: Date): Promise<void> {
    return removeUnusedImages(this.#folder, keys, at, this.#onDamage);
  }

  #bindingOf = ({ key }: ImageName): ImageBinding => ({ keys: this.#keys, label: key });

  #fileOf = ({ key }: ImageName): string => join(this.#folder, fileNameOf(key));
}

interface OpenFile {
  readonly state: string;
  /** Whether every page was compared as it was opened. */
  readonly isWhole: boolean;
  readonly entries: WeakRef<ImageEntries>;
}
interface Opening {
  readonly descriptor: number;
  readonly name: ImageName;
  readonly isWhole: boolean;
}

/** Another text for another file, and after every change of the same one. */
function stateOf(descriptor: number): string {
  const { dev, ino, size, ctimeNs } = fstatSync(descriptor, { bigint: true });
  return [dev, ino, size, ctimeNs].join(' ');
}

/** Opened by this thread, because what a thread of ours opens is closed when that thread ends. */
function descriptorOf(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}
