import type { CrlSigner } from '#core/crl/answer.ts';
import type { Crl, WholeCrl } from '#core/crl/format/crl.ts';
import { emptyIndex } from '#core/crl/format/entries/entry-index.ts';
import { seedOfThisProcess } from '#core/crl/format/entries/serial-hash.ts';
import { crlWithIndex } from '#core/crl/format/read-crl.ts';
import { candidatesFor, noteSignature, signatureKnown } from '#core/crl/issuers/signature.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import type { Body } from '../fetch/body.ts';
import type { DownloadPolicy } from '../fetch/policy.ts';
import { ImageEntries } from '../index/image-entries.ts';
import { type IndexJobs, indexJobs } from '../index/index-jobs.ts';
import type { IndexThreads } from '../index/index-threads.ts';

/** Below this a CRL is read where the sign-in runs: two milliseconds at most. Waking a thread would take longer. */
const smallOctets = 256 * 1024;
export const isSmall = (octets: number): boolean => octets <= smallOctets;

/** What came with a body. */
export interface BodyFacts {
  readonly source: string;
  readonly contentType: string;
}

/** Turns the octets of CRLs into CRLs: small ones at once, large ones on threads. */
export class Preparation {
  readonly #threads: IndexThreads;
  readonly #forms: () => DownloadPolicy['forms'];

  /** `forms` is asked for each CRL: which forms of a downloaded CRL are read. */
  constructor(threads: IndexThreads, forms: () => DownloadPolicy['forms']) {
    this.#threads = threads;
    this.#forms = forms;
  }

  /** Reads, indexes and checks the signature of what was downloaded. The last two take two threads when it is large. */
  async crl(body: Body, facts: BodyFacts, signers: readonly CrlSigner[]): Promise<Ruling<WholeCrl>> {
    const run = this.#runnerFor(body.length);
    const der = await run('join', { body, forms: this.#forms() });
    const frame = crlWithIndex(der, emptyIndex, facts);
    if (frame.outcome !== 'passed') return frame;
    const indexing = run('index', { der, ...facts, seed: seedOfThisProcess });
    const candidates = candidatesFor(frame.value, signers);
    const [indexed, answers] = await Promise.all([indexing, this.#answers(frame.value, candidates)]);
    if (indexed.kind === 'refused') return { outcome: 'refused', because: indexed.because };
    const ruling = crlWithIndex(der, { ...indexed.index, seed: seedOfThisProcess }, facts);
    if (ruling.outcome === 'passed') note(ruling.value, candidates, answers);
    return ruling;
  }

  /**
   * A CRL in a file that was opened. It was verified before it was written, and what was written is authentic, so only a
   * key that was not known then costs a pass over the CRL.
   */
  async image(entries: ImageEntries, signers: readonly CrlSigner[]): Promise<Ruling<Crl>> {
    const { frame, verifiedKeys } = entries.image.facts;
    const ruling = crlWithIndex(frame, emptyIndex, { source: entries.url });
    if (ruling.outcome !== 'passed') return ruling;
    const crl = crlIn(entries, ruling.value);
    for (const subjectPublicKeyInfo of verifiedKeys) noteSignature(crl, { subjectPublicKeyInfo }, true);
    await this.verify(crl, signers);
    return { ...ruling, value: crl };
  }

  /** Checks the signature for those signers for whom it is not known yet, so that no sign-in has to wait for it. */
  async verify(crl: Crl, signers: readonly CrlSigner[]): Promise<void> {
    const open = candidatesFor(crl, signers).filter((signer) => signatureKnown(crl, signer) === undefined);
    if (open.length === 0) return;
    note(crl, open, await this.#answers(crl, open));
  }

  #answers(crl: Crl, signers: readonly CrlSigner[]): Promise<boolean[]> {
    if (signers.length === 0) return Promise.resolve([]);
    const { signature, signatureAlgorithm, entries, size } = crl;
    const head = { signature, signatureAlgorithm };
    if (entries instanceof ImageEntries)
      return this.#threads.run('verifyImage', { image: entries.image, head, signers });
    return this.#runnerFor(size)('verify', { head: { ...head, tbs: crl.tbs }, signers });
  }

  #runnerFor(octets: number): Runner {
    if (!isSmall(octets)) return (job, input) => this.#threads.run(job, input);
    return async (job, input) => indexJobs[job](input as never) as never;
  }
}

/** The facts of a CRL beside its entries, which stay in the file. The signed part is read when it is used. */
function crlIn(entries: ImageEntries, frame: WholeCrl): Crl {
  const { der: _, index: __, tbs: ___, ...facts } = frame;
  const { size, entryCount, tbs } = entries.image.facts;
  return {
    ...facts,
    size,
    entryCount,
    entries,
    get tbs() {
      return entries.bytes(...tbs);
    },
  };
}

type Runner = <J extends keyof IndexJobs>(
  job: J,
  input: Parameters<IndexJobs[J]>[0],
) => Promise<ReturnType<IndexJobs[J]>>;

function note(crl: Crl, signers: readonly CrlSigner[], answers: readonly boolean[]): void {
  for (const [i, signer] of signers.entries()) noteSignature(crl, signer, answers[i] ?? false);
}
