import type { Crl } from '#core/crl/list/crl.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { Clock } from '#ports/clock.ts';
import { type Downloaded, download } from '../fetch/download.ts';
import type { Claims } from '../fetch/leases.ts';
import type { DownloadPolicy } from '../fetch/policy.ts';
import type { Acceptance } from './acceptance.ts';
import type { KeptCrl } from './cached.ts';
import type { CrlCacheTiming } from './options.ts';
import type { Preparation } from './prepare.ts';
import type { Keeping } from './retention.ts';

/** What downloads need of the cache. */
interface FlightParts {
  readonly clock: Clock;
  readonly policy: DownloadPolicy;
  readonly timing: CrlCacheTiming;
  readonly preparation: Preparation;
  readonly keeping: Keeping;
  readonly acceptance: Acceptance;
  readonly claims: Claims;
  readonly onFault: (fault: unknown) => void;
}

/** The downloads of lists: one at a time for each list, and for all processes that share what they keep (CRL-8). */
export class Flights {
  readonly #parts: FlightParts;
  readonly #signal: AbortSignal;

  /** @param signal ends every download */
  constructor(parts: FlightParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** CRL-7 to CRL-9: why there is no newer list, or undefined. One flight for each list. */
  async renew(keptCrl: KeptCrl): Promise<Because | undefined> {
    const { flight } = keptCrl;
    if (flight && (flight.inBackground || this.#parts.timing.concurrent === 'refuse'))
      return because('crlDownloadInProgress', { url: keptCrl.url });
    if (!flight && !this.mayTry(keptCrl)) return keptCrl.lastError;
    return await (flight ?? this.fly(keptCrl, false)).landed;
  }

  /** By a clock that only goes forward: the one of the sign-ins may be set, or stand still in a test. */
  mayTry({ triedAt, flight }: KeptCrl, seconds = this.#parts.timing.retry): boolean {
    if (flight || this.#signal.aborted) return false;
    return triedAt === undefined || performance.now() - triedAt >= seconds * 1000;
  }

  /** `anew` when the caller wants the answer of the address itself, whatever is cached. */
  fly(keptCrl: KeptCrl, inBackground: boolean, anew = false): NonNullable<KeptCrl['flight']> {
    const before = keptCrl.crl;
    const landed = this.#attempt(keptCrl, inBackground, anew).catch((fault) => this.#faulted(keptCrl, fault));
    keptCrl.flight = { inBackground, landed: landed.then((attempt) => this.#land(keptCrl, attempt, before, anew)) };
    return keptCrl.flight;
  }

  /** CRL-10, CRL-11: what was too large or too slow for someone waiting is tried again in the background. */
  #land(keptCrl: KeptCrl, attempt: Attempted, before: Crl | undefined, anew: boolean): Because | undefined {
    const { failure, again } = attempt;
    keptCrl.flight = undefined;
    keptCrl.lastError = failure;
    keptCrl.triedAt = keptCrl.crl === before ? performance.now() : undefined;
    if (again && !this.#signal.aborted) this.fly(keptCrl, true, anew);
    return failure;
  }

  #faulted(keptCrl: KeptCrl, fault: unknown): Attempted {
    this.#parts.onFault(fault);
    return { failure: because('crlFault', { url: keptCrl.url }), again: false };
  }

  /** CRL-8: one download at a time, also where several processes share what they keep. */
  async #attempt(keptCrl: KeptCrl, inBackground: boolean, anew: boolean): Promise<Attempted> {
    const { seconds } = inBackground ? this.#parts.policy.background : this.#parts.policy.interactive;
    const began = this.#parts.clock.now();
    const attempt = await this.#parts.claims.alone(keptCrl.key, seconds, this.#signal, async () =>
      (await this.#broughtByAnother(keptCrl, began, anew))
        ? { failure: undefined, again: false }
        : await this.#download(keptCrl, inBackground),
    );
    return attempt ?? { failure: because('crlDownloadInProgress', { url: keptCrl.url }), again: !inBackground };
  }

  /** Has another process done what we were about to do? */
  async #broughtByAnother(keptCrl: KeptCrl, began: Date, anew: boolean): Promise<boolean> {
    const delivery = await this.catchUp(keptCrl);
    if (!delivery || !keptCrl.fetchedAt) return false;
    if (keptCrl.fetchedAt >= began) return true;
    const now = this.#parts.clock.now();
    return !anew && delivery === 'list' && keptCrl.isFresh(now) && !keptCrl.isPrefetchDue(now);
  }

  async catchUp(keptCrl: KeptCrl): Promise<'list' | 'confirmation' | undefined> {
    const delivery = await this.#parts.keeping.catchUp(keptCrl).catch((fault) => this.#parts.onFault(fault));
    if (delivery === 'list' && keptCrl.crl)
      await this.#parts.preparation.verify(keptCrl.crl, [...keptCrl.signers.values()]);
    return delivery ?? undefined;
  }

  async #download(keptCrl: KeptCrl, inBackground: boolean): Promise<Attempted> {
    const signal = this.#signal;
    const began = performance.now();
    const downloaded = await download({
      url: keptCrl.url,
      limits: inBackground ? this.#parts.policy.background : this.#parts.policy.interactive,
      inBackground,
      policy: this.#parts.policy,
      validators: keptCrl.crl ? keptCrl.validators : undefined,
      signal,
    });
    keptCrl.fetchMilliseconds = Math.round(performance.now() - began);
    if (downloaded.kind === 'failed')
      return { failure: downloaded.because, again: downloaded.limit !== undefined && !inBackground };
    return { failure: await this.#take(keptCrl, downloaded), again: false };
  }

  async #take(keptCrl: KeptCrl, exclude: Exclude<Downloaded, { kind: 'failed' }>): Promise<Because | undefined> {
    if (exclude.kind === 'unchanged') {
      keptCrl.fetchedAt = this.#parts.clock.now();
      await this.#parts.acceptance.save(keptCrl, false);
      return undefined;
    }
    const facts = { source: keptCrl.url, contentType: exclude.contentType };
    const ruling = await this.#parts.preparation.list(exclude.body, facts, [...keptCrl.signers.values()]);
    if (ruling.outcome !== 'passed') return ruling.because;
    return await this.#parts.acceptance.accept(keptCrl, ruling.value, exclude.validators);
  }
}

interface Attempted {
  readonly failure: Because | undefined;
  /** Once more, in the background. */
  readonly again: boolean;
}
