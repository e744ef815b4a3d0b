import type { Crl } from '#core/crl/list/crl.ts';
import { acceptCrlNumber } from '#core/crl/list/crl-number.ts';
import { candidatesFor, isSignedBy, refusalOfSigners } from '#core/crl/signature.ts';
import type { Because } from '#core/trace/reasons.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Clock } from '#ports/clock.ts';
import type { PreparedCrl } from '#ports/revocation.ts';
import type { KeptCrl } from './cached.ts';
import type { Preparation } from './prepare.ts';
import type { Keeping } from './retention.ts';

/** What acceptance of a list needs. */
interface AcceptanceParts {
  readonly clock: Clock;
  readonly preparation: Preparation;
  readonly keeping: Keeping;
  readonly onFault: (fault: unknown) => void;
}

/** Puts lists in the place of those that are kept: signed ones, whose numbers never go back. */
export class Acceptance {
  readonly #parts: AcceptanceParts;

  constructor(parts: AcceptanceParts) {
    this.#parts = parts;
  }

  /** How a list that was judged comes into use, and is kept over a restart. */
  prepare(existing: KeptCrl, crl: Crl): Pick<PreparedCrl, 'take' | 'save'> {
    let isNewList = true;
    const take = () => {
      orThrow(acceptCrlNumber(crl, existing.seen));
      const { crl: former, seen, source, validators, fetchedAt, lastError } = existing;
      isNewList = this.#put(existing, crl, 'import', undefined);
      return () => void Object.assign(existing, { crl: former, seen, source, validators, fetchedAt, lastError });
    };
    return { take, save: () => this.save(existing, isNewList) };
  }

  /** Takes a list in place of the one kept, all at once, or says why not. */
  async accept(keptCrl: KeptCrl, crl: Crl, validators: KeptCrl['validators']): Promise<Because | undefined> {
    const refusal = await this.refusalOf(keptCrl, crl);
    if (refusal) return refusal;
    await this.save(keptCrl, this.#put(keptCrl, crl, 'download', validators));
    return undefined;
  }

  /** Nothing unsigned ever gets in. */
  async refusalOf(keptCrl: KeptCrl, crl: Crl): Promise<Because | undefined> {
    const signers = [...keptCrl.signers.values()];
    await this.#parts.preparation.verify(crl, signers);
    if (!candidatesFor(crl, signers).some((signer) => isSignedBy(crl, signer)))
      return refusalOfSigners(crl, signers).because;
    const numbered = acceptCrlNumber(crl, keptCrl.seen);
    return numbered.outcome === 'passed' ? undefined : numbered.because;
  }

  /** Whether it is another list than the one before. */
  #put(keptCrl: KeptCrl, crl: Crl, source: 'download' | 'import', validators: KeptCrl['validators']): boolean {
    const isNewList = keptCrl.crl?.number !== crl.number;
    if (isNewList || !keptCrl.crl) keptCrl.crl = crl;
    // A copy: a view would keep the whole list in memory.
    keptCrl.seen = { number: crl.number ?? 0n, signature: crl.signature.slice() };
    keptCrl.source = source;
    keptCrl.validators = validators;
    keptCrl.fetchedAt = this.#parts.clock.now();
    keptCrl.lastError = undefined;
    return isNewList;
  }

  /** A list that cannot be kept over a restart is a good list all the same. */
  async save(keptCrl: KeptCrl, isNewList: boolean): Promise<void> {
    await this.#parts.keeping.save(keptCrl, isNewList).catch((fault) => this.#parts.onFault(fault));
  }
}
