import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { CrlSigner } from '../core/crl/answer.ts';
import type { EntryIndex } from '../core/crl/entry-index.ts';
import { readCrl } from '../core/crl/read-crl.ts';
import { candidatesFor, verifyCrl } from '../core/crl/signature.ts';
import type { Because } from '../core/trace/reasons.ts';
import { type Body, joined } from './body.ts';

/** Work that grows with the size of a list: done on a thread of its own unless the list is small. */
export const indexJobs = {
  join: (body: Body): Uint8Array => joined(body),
  index: ({ der, source, contentType, seed }: IndexInput): Indexed => {
    const ruling = readCrl(der, { source, contentType, seed });
    return ruling.outcome === 'passed'
      ? { kind: 'indexed', index: ruling.value.index }
      : { kind: 'refused', because: ruling.because };
  },
  verify: ({ list, signers }: VerifyInput): boolean[] =>
    signers.map((signer) => candidatesFor(list, [signer]).length > 0 && verifyCrl(list, signer)),
  save: saveImage,
  load: loadImage,
};
export type IndexJobs = typeof indexJobs;

export interface IndexInput {
  readonly der: Uint8Array;
  readonly source: string;
  readonly contentType: string;
  readonly seed: Uint8Array;
}
export type Indexed =
  | { readonly kind: 'indexed'; readonly index: EntryIndex }
  | { readonly kind: 'refused'; readonly because: Because };
export interface VerifyInput {
  readonly list: Parameters<typeof candidatesFor>[0] & Parameters<typeof verifyCrl>[0];
  readonly signers: readonly CrlSigner[];
}

/** A list with its index, as a file holds it. */
export interface Image {
  readonly der: Uint8Array;
  readonly index: EntryIndex;
}

const magic = Buffer.from('CARDEA-CRL-1\n\0\0\0');

/** Writes a list and its index beside the file and moves it there, so that the file is always one or the other. */
function saveImage({ file, image }: { readonly file: string; readonly image: Image }): true {
  const { der, index } = image;
  const sizes = new Uint32Array([der.length, index.slots.length, index.issuers.length, index.count]);
  const parts = [octetsOf(sizes), index.seed, octetsOf(index.slots), octetsOf(index.issuers), der];
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, magic, { mode: 0o600 });
  for (const part of [digestOf(parts), ...parts]) writeFileSync(draft, part, { flag: 'a' });
  renameSync(draft, file);
  return true;
}

/** What {@link saveImage} wrote; undefined when there is none, or it is not whole. */
function loadImage({ file }: { readonly file: string }): Image | undefined {
  try {
    return imageIn(readFileSync(file));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function imageIn(file: Uint8Array): Image | undefined {
  const body = file.subarray(magic.length + 32);
  if (Buffer.compare(file.subarray(0, magic.length), magic) !== 0) return undefined;
  if (Buffer.compare(file.subarray(magic.length, magic.length + 32), digestOf([body])) !== 0) return undefined;
  const [derLength = 0, slotCount = 0, issuerCount = 0, count = 0] = new Uint32Array(
    new Uint8Array(body.subarray(0, 16)).buffer,
  );
  const ends = [32 + slotCount * 4, 32 + slotCount * 4 + issuerCount * 4];
  if (body.length !== ends[1]! + derLength) return undefined;
  const slots = new Uint32Array(shared(body.subarray(32, ends[0])));
  const issuers = new Uint32Array(shared(body.subarray(ends[0], ends[1])));
  return {
    der: new Uint8Array(shared(body.subarray(ends[1]))),
    index: { count, seed: new Uint8Array(body.subarray(16, 32)), slots, issuers },
  };
}

const octetsOf = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

function digestOf(parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function shared(octets: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(octets.length);
  new Uint8Array(buffer).set(octets);
  return buffer;
}
