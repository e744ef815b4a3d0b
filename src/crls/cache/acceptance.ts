import type { Crl } from '#core/crl/format/crl.ts';
import { acceptCrlNumber } from '#core/crl/format/crl-number.ts';
import { candidatesFor, isSignedBy, refusalOfSigners } from '#core/crl/issuers/signature.ts';
import { firstRefusal, orThrow, type Ruling, success } from '#core/trace/ruling.ts';
import type { Clock } from '#ports/clock.ts';
import type { PreparedCrl } from '#ports/revocation.ts';
import type { CachedCrl } from './cached.ts';
import type { Preparation } from './prepare.ts';
import type { Retention } from './retention.ts';

/** What acceptance of a CRL needs. */
interface AcceptanceParts {
  readonly clock: Clock;
  readonly preparation: Preparation;
  readonly retention: Retention;
  readonly onFault: (fault: unknown) => void;
}

/** Replaces the CRLs of the cache by signed ones, whose numbers never decrease. */
export class Acceptance {
  readonly #parts: AcceptanceParts;

  constructor(parts: AcceptanceParts) {
    this.#parts = parts;
  }

  /** How a CRL that was evaluated comes into use, and is kept over a restart. */
  prepare(existing: CachedCrl, crl: Crl): Pick<PreparedCrl, 'take' | 'save'> {
    let isNewCrl = true;
    const take = () => {
      orThrow(acceptCrlNumber(crl, existing.seen));
      const { crl: former, seen, source, validators, fetchedAt, lastError } = existing;
      isNewCrl = this.#put(existing, crl, 'import', undefined);
      return () => void Object.assign(existing, { crl: former, seen, source, validators, fetchedAt, lastError });
    };
    return { take, save: () => this.save(existing, isNewCrl) };
  }

  /** Takes a CRL in place of the one kept, all at once. Refuses as {@link check}. */
  async accept(cachedCrl: CachedCrl, crl: Crl, validators: CachedCrl['validators']): Promise<Ruling<void>> {
    const ruling = await this.check(cachedCrl, crl);
    if (ruling.outcome !== 'passed') return ruling;
    await this.save(cachedCrl, this.#put(cachedCrl, crl, 'download', validators));
    return success();
  }

  /** Nothing unsigned ever gets in. Refuses as {@link refusalOfSigners} and {@link acceptCrlNumber}. */
  async check(cachedCrl: CachedCrl, crl: Crl): Promise<Ruling<void>> {
    const signers = [...cachedCrl.signers.values()];
    await this.#parts.preparation.verify(crl, signers);
    if (!candidatesFor(crl, signers).some((signer) => isSignedBy(crl, signer))) return refusalOfSigners(crl, signers);
    return firstRefusal(acceptCrlNumber(crl, cachedCrl.seen));
  }

  /** Whether it is another CRL than the one before. */
  #put(cachedCrl: CachedCrl, crl: Crl, source: 'download' | 'import', validators: CachedCrl['validators']): boolean {
    const isNewCrl = cachedCrl.crl?.number !== crl.number;
    if (isNewCrl || !cachedCrl.crl) cachedCrl.crl = crl;
    // A copy: a view would keep the whole CRL in memory.
    cachedCrl.seen = { number: crl.number ?? 0n, signature: crl.signature.slice() };
    cachedCrl.source = source;
    cachedCrl.validators = validators;
    cachedCrl.fetchedAt = this.#parts.clock.now();
    cachedCrl.lastError = undefined;
    return isNewCrl;
  }

  /** A CRL that cannot be kept over a restart is a good CRL anyway. */
  async save(cachedCrl: CachedCrl, isNewCrl: boolean): Promise<void> {
    await this.#parts.retention.save(cachedCrl, isNewCrl).catch((fault) => this.#parts.onFault(fault));
  }
}
