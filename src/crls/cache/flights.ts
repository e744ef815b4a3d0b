import type { Crl } from '#core/crl/format/crl.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { type Ruling, success } from '#core/trace/ruling.ts';
import type { Clock } from '#ports/clock.ts';
import { type Downloaded, download } from '../fetch/download.ts';
import type { Leases } from '../fetch/leases.ts';
import type { DownloadPolicy } from '../fetch/policy.ts';
import type { Acceptance } from './acceptance.ts';
import type { CachedCrl } from './cached.ts';
import type { CrlCacheTiming } from './options.ts';
import type { Preparation } from './prepare.ts';
import type { Retention } from './retention.ts';

/** What downloads need of the cache. */
interface FlightParts {
  readonly clock: Clock;
  readonly policy: DownloadPolicy;
  readonly timing: CrlCacheTiming;
  readonly preparation: Preparation;
  readonly retention: Retention;
  readonly acceptance: Acceptance;
  readonly leases: Leases;
  readonly onFault: (fault: unknown) => void;
}

/** The downloads of CRLs: one at a time for each CRL, and for all processes that share what they keep (CRL-8). */
export class Flights {
  readonly #parts: FlightParts;
  readonly #signal: AbortSignal;

  /** @param signal ends every download */
  constructor(parts: FlightParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** CRL-7 to CRL-9: why there is no newer CRL, or undefined. One flight for each CRL. */
  async renew(cachedCrl: CachedCrl): Promise<Because | undefined> {
    const { flight } = cachedCrl;
    if (flight && (flight.inBackground || this.#parts.timing.concurrent === 'refuse'))
      return because('crlDownloadInProgress', { url: cachedCrl.url });
    if (!flight && !this.mayTry(cachedCrl)) return cachedCrl.lastError;
    return await (flight ?? this.fly(cachedCrl, false)).landed;
  }

  /** By a clock that only goes forward: the one of the sign-ins may be set, or stand still in a test. */
  mayTry({ triedAt, flight }: CachedCrl, seconds = this.#parts.timing.retry): boolean {
    if (flight || this.#signal.aborted) return false;
    return triedAt === undefined || performance.now() - triedAt >= seconds * 1000;
  }

  /** `isForced` when the caller wants the answer of the address itself, whatever is cached. */
  fly(cachedCrl: CachedCrl, inBackground: boolean, isForced = false): NonNullable<CachedCrl['flight']> {
    const before = cachedCrl.crl;
    const landed = this.#attempt(cachedCrl, { inBackground, isForced }).catch((fault) =>
      this.#faulted(cachedCrl, fault),
    );
    cachedCrl.flight = {
      inBackground,
      landed: landed.then((attempt) => this.#land(cachedCrl, attempt, before, isForced)),
    };
    return cachedCrl.flight;
  }

  /** CRL-10, CRL-11: what was too large or too slow for someone waiting is tried again in the background. */
  #land(cachedCrl: CachedCrl, attempt: Attempted, before: Crl | undefined, isForced: boolean): Because | undefined {
    const { failure, again, age = 0 } = attempt;
    cachedCrl.flight = undefined;
    cachedCrl.triedAt = cachedCrl.crl === before ? performance.now() - age : undefined;
    // Only the end of the attempt in the background tells whether the CRL can be had.
    if (again && !this.#signal.aborted) this.fly(cachedCrl, true, isForced);
    else cachedCrl.lastError = failure;
    return failure;
  }

  #faulted(cachedCrl: CachedCrl, fault: unknown): Attempted {
    this.#parts.onFault(fault);
    return { failure: because('crlFault', { url: cachedCrl.url }), again: false };
  }

  /** CRL-8: one download at a time, also where several processes share what they keep. */
  async #attempt(cachedCrl: CachedCrl, attempt: Attempt): Promise<Attempted> {
    const { inBackground } = attempt;
    const { seconds } = inBackground ? this.#parts.policy.background : this.#parts.policy.interactive;
    const began = this.#parts.clock.now();
    const result = await this.#parts.leases.alone(cachedCrl.key, seconds, this.#signal, async () =>
      (await this.#savedByAnother(cachedCrl, began, attempt))
        ? { failure: undefined, again: false, age: this.#ageOf(cachedCrl) }
        : await this.#download(cachedCrl, inBackground),
    );
    return result ?? { failure: because('crlDownloadInProgress', { url: cachedCrl.url }), again: !inBackground };
  }

  /**
   * Has another process done what we were about to do? In the background also where it has looked for the next CRL a moment ago and found that
   * there was none yet, so that all nodes together ask an address as often as one.
   */
  async #savedByAnother(cachedCrl: CachedCrl, began: Date, { inBackground, isForced }: Attempt): Promise<boolean> {
    const delivery = await this.catchUp(cachedCrl);
    const { fetchedAt } = cachedCrl;
    if (!fetchedAt) return false;
    if (delivery && fetchedAt >= began) return true;
    const now = this.#parts.clock.now();
    if (isForced || !cachedCrl.isFresh(now)) return false;
    if (!cachedCrl.isPrefetchDue(now)) return delivery === 'crl';
    const isRecent = now.getTime() - fetchedAt.getTime() < this.#parts.timing.retryPrefetch * 1000;
    return inBackground && isRecent && cachedCrl.isPrefetchDue(fetchedAt);
  }

  #ageOf({ fetchedAt }: CachedCrl): number {
    return fetchedAt === undefined ? 0 : Math.max(0, this.#parts.clock.now().getTime() - fetchedAt.getTime());
  }

  async catchUp(cachedCrl: CachedCrl): Promise<'crl' | 'confirmation' | undefined> {
    const delivery = await this.#parts.retention.catchUp(cachedCrl).catch((fault) => this.#parts.onFault(fault));
    if (delivery === 'crl' && cachedCrl.crl)
      await this.#parts.preparation.verify(cachedCrl.crl, [...cachedCrl.signers.values()]);
    return delivery ?? undefined;
  }

  async #download(cachedCrl: CachedCrl, inBackground: boolean): Promise<Attempted> {
    const signal = this.#signal;
    const began = performance.now();
    const downloaded = await download({
      url: cachedCrl.url,
      limits: inBackground ? this.#parts.policy.background : this.#parts.policy.interactive,
      inBackground,
      policy: this.#parts.policy,
      validators: cachedCrl.crl ? cachedCrl.validators : undefined,
      signal,
    });
    cachedCrl.fetchMilliseconds = Math.round(performance.now() - began);
    if (downloaded.kind === 'failed')
      return { failure: downloaded.because, again: downloaded.limit !== undefined && !inBackground };
    const ruling = await this.#take(cachedCrl, downloaded);
    return { failure: ruling.outcome === 'passed' ? undefined : ruling.because, again: false };
  }

  async #take(cachedCrl: CachedCrl, response: Exclude<Downloaded, { kind: 'failed' }>): Promise<Ruling<void>> {
    if (response.kind === 'unchanged') {
      cachedCrl.fetchedAt = this.#parts.clock.now();
      await this.#parts.acceptance.save(cachedCrl, false);
      return success();
    }
    const facts = { source: cachedCrl.url, contentType: response.contentType };
    const ruling = await this.#parts.preparation.crl(response.body, facts, [...cachedCrl.signers.values()]);
    if (ruling.outcome !== 'passed') return ruling;
    return await this.#parts.acceptance.accept(cachedCrl, ruling.value, response.validators);
  }
}

interface Attempt {
  readonly inBackground: boolean;
  /** The answer of the address itself is wanted. */
  readonly isForced: boolean;
}

interface Attempted {
  readonly failure: Because | undefined;
  /** Once more, in the background. */
  readonly again: boolean;
  /** Milliseconds since the look of another process that counts as this attempt: the next one is due as long after that look. */
  readonly age?: number;
}
