import type { CrlSigner } from '#core/crl/answer.ts';
import { crlsIn } from '#core/crl/format/crl-forms.ts';
import type { EntryIndex } from '#core/crl/format/entries/entry-index.ts';
import { readCrl } from '#core/crl/format/read-crl.ts';
import { verifyCrl } from '#core/crl/issuers/signature.ts';
import type { Because } from '#core/trace/reasons.ts';
import { type Body, joined } from '../fetch/body.ts';
import type { DownloadPolicy } from '../fetch/policy.ts';
import { layoutOf, type OpenImage, openImage, renewImage, saveImage } from './image-file.ts';
import { Pages } from './image-pages.ts';

/** Work that grows with the size of a CRL: done on a thread of its own unless the CRL is small. */
export const indexJobs = {
  join: ({ body, forms }: { readonly body: Body; readonly forms: DownloadPolicy['forms'] }): Uint8Array => {
    const bytes = joined(body);
    return forms === 'any' ? (crlsIn(bytes)[0] ?? bytes) : bytes;
  },
  index: ({ der, source, contentType, seed }: IndexInput): Indexed => {
    const ruling = readCrl(der, { source, contentType, seed });
    return ruling.outcome === 'passed'
      ? { kind: 'indexed', index: ruling.value.index }
      : { kind: 'refused', because: ruling.because };
  },
  verify: ({ head, signers }: VerifyInput): boolean[] => signers.map((signer) => verifyCrl(head, signer)),
  verifyImage: ({ image, head, signers }: VerifyImageInput): boolean[] => {
    const tbs = octetsIn(image, ...image.facts.tbs);
    return signers.map((signer) => verifyCrl({ ...head, tbs }, signer));
  },
  save: saveImage,
  open: openImage,
  renew: renewImage,
  read: (image: OpenImage): Uint8Array => octetsIn(image, 0, image.facts.size),
};

/** Octets of the CRL in an image, in memory that threads share. @throws PageChanged */
function octetsIn({ pages, facts }: OpenImage, start: number, end: number): Uint8Array {
  const octets = new Uint8Array(new SharedArrayBuffer(end - start));
  new Pages(pages).copyTo(octets, layoutOf(facts).derAt + start);
  return octets;
}
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
  readonly head: Parameters<typeof verifyCrl>[0];
  readonly signers: readonly CrlSigner[];
}
export interface VerifyImageInput {
  readonly image: OpenImage;
  readonly head: Omit<VerifyInput['head'], 'tbs'>;
  readonly signers: readonly CrlSigner[];
}
