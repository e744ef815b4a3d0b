import type { CrlAnswer, CrlFetched, CrlRequest, CrlSigner } from '../core/crl/answer.ts';
import type { Crl } from '../core/crl/crl.ts';
import { acceptCrlNumber } from '../core/crl/crl-number.ts';
import { needsNewerBase, sameSeries } from '../core/crl/delta.ts';
import { candidatesFor, isSignedBy, refusalOfSigners } from '../core/crl/signature.ts';
import { type Because, because } from '../core/trace/reasons.ts';
import { type Ruling, refused } from '../core/trace/ruling.ts';
import { nameToString } from '../core/x509/name.ts';
import type { Clock, CrlAdmin, CrlBytes, CrlState, Crls } from '../ports.ts';
import { bodyFrom } from './body.ts';
import { Claims } from './claims.ts';
import { type Downloaded, download } from './download.ts';
import { IndexThreads } from './index-threads.ts';
import { Keeping } from './keeping.ts';
import { KeptCrl, keyOf } from './kept.ts';
import { type DownloadPolicy, defaultDownloadPolicy } from './policy.ts';
import { Preparation } from './prepare.ts';

export interface CrlCacheOptions {
  readonly clock: Clock;
  /** Where lists survive a restart; without it they do not. */
  readonly bytes?: CrlBytes;
  /** An existing folder of our own for large lists with their indexes. */
  readonly folder?: string;
  /** What differs from {@link defaultDownloadPolicy}. */
  readonly policy?: Partial<DownloadPolicy>;
  readonly timing?: Partial<CrlCacheTiming>;
  /** Hears of faults of ours in the background, where nobody waits for an answer. */
  readonly onFault?: (fault: unknown) => void;
}

/** Seconds. */
interface CrlCacheTiming {
  /** How long after an attempt that brought nothing new the next one waits (CRL-9). Sign-ins in between get the same answer. */
  readonly retry: number;
  /** The same for a list that still holds but is due: the new one may be late, and nobody is waiting. */
  readonly retryPrefetch: number;
  /** How long all lists of one path may take together before 500179. */
  readonly validation: number;
  /** How often the cache looks whether a list has become due; 0 leaves it to the sign-ins. */
  readonly prefetch: number;
  /** CRL-8: Entra sends everyone but the first away with 2205013 while a list is fetched; we let them wait for the same one. */
  readonly concurrent: 'wait' | 'refuse';
}

const defaultTiming: CrlCacheTiming = {
  retry: 1,
  retryPrefetch: 300,
  validation: 15,
  prefetch: 60,
  concurrent: 'wait',
};

/** The lists of all tenants, kept by address until nextUpdate: the port {@link Crls} and what an administrator needs. */
export interface CrlCache extends Crls, CrlAdmin {
  /** One row for each address in use. */
  state(): readonly CrlState[];
  /** Ends downloads, timers and threads. */
  close(): Promise<void>;
}

export function openCrlCache(options: CrlCacheOptions): CrlCache {
  return new Cache(options);
}

class Cache implements CrlCache {
  readonly #clock: Clock;
  readonly #policy: DownloadPolicy;
  readonly #timing: CrlCacheTiming;
  readonly #threads = new IndexThreads();
  readonly #preparation = new Preparation(this.#threads);
  readonly #keeping: Keeping;
  readonly #claims: Claims;
  readonly #kept = new Map<string, KeptCrl>();
  readonly #closing = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onFault: (fault: unknown) => void;

  constructor({ clock, bytes, folder, policy, timing, onFault }: CrlCacheOptions) {
    this.#clock = clock;
    this.#policy = { ...defaultDownloadPolicy, ...policy };
    this.#timing = { ...defaultTiming, ...timing };
    this.#keeping = new Keeping(bytes, folder, this.#threads, this.#preparation);
    this.#onFault = onFault ?? (() => undefined);
    this.#claims = new Claims(bytes?.claims, clock, this.#onFault);
    if (this.#timing.prefetch > 0)
      this.#timer = setInterval(() => this.#prefetchAll(), this.#timing.prefetch * 1000).unref();
  }

  async fetch(requests: readonly CrlRequest[], at: Date): Promise<readonly CrlAnswer[]> {
    const deadline = new Deadline(this.#timing.validation, requests);
    const within = (url: string, fetched: Promise<CrlFetched>) => deadline.race(url, this.#safely(url, fetched));
    const answers = requests.map(async (request) => {
      const answer = await this.#answer(request, (url) =>
        within(
          url,
          this.#loadAll(request).then(() => this.#obtain(url, request, at)),
        ),
      );
      if (!lacksBase(answer)) return answer;
      return { ...answer, base: await within(request.baseUrl, this.#obtainNewer(request.baseUrl, request, at)) };
    });
    return await Promise.all(answers).finally(() => deadline.clear());
  }

  refresh(requests: readonly CrlRequest[]): Promise<readonly CrlAnswer[]> {
    return Promise.all(
      requests.map((request) => this.#answer(request, (url) => this.#safely(url, this.#refresh(url, request)))),
    );
  }

  async importCrl(request: CrlRequest, bytes: Uint8Array): Promise<Ruling<Crl>> {
    const facts = { source: request.baseUrl, contentType: '' };
    const ruling = await this.#preparation.list(bodyFrom(bytes), facts, request.signers);
    if (ruling.outcome !== 'passed') return ruling;
    const isDelta = ruling.value.baseNumber !== undefined;
    const url = isDelta ? request.deltaUrl : request.baseUrl;
    const issuer = nameToString(ruling.value.issuer);
    if (candidatesFor(ruling.value, request.signers).length === 0)
      return refusalOfSigners(ruling.value, request.signers);
    if (url === undefined)
      return refused('crlIncomplete', { url: '', type: 'delta', issuer, problem: 'the CA has no delta CRL address' });
    await this.#loadAll(request);
    const kept = await this.#keptFor(url, request.signers);
    const crl = { ...ruling.value, source: kept.url };
    // A download from an address that lags behind is kept and not used; an administrator learns of it at once.
    const { number = 0n } = this.#newestOf(kept, crl, { request, at: this.#clock.now() });
    const current = acceptCrlNumber(crl, { number, signature: undefined });
    if (current.outcome !== 'passed') return current;
    const refusal = await this.#accept(kept, crl, 'import', undefined);
    return refusal ? { outcome: 'refused', because: refusal } : ruling;
  }

  state(): readonly CrlState[] {
    return [...this.#kept.values()].map((kept) => kept.state());
  }

  async stateOf(requests: readonly CrlRequest[]): Promise<readonly CrlState[]> {
    const addresses = requests.flatMap(({ baseUrl, deltaUrl, furtherUrls = [], signers }) =>
      [baseUrl, ...furtherUrls, ...(deltaUrl === undefined ? [] : [deltaUrl])].map((url) => ({ url, signers })),
    );
    const kept = await Promise.all(addresses.map(({ url, signers }) => this.#keptFor(url, signers)));
    return kept.map((one) => one.state());
  }

  async kept(requests: readonly CrlRequest[], at: Date): Promise<readonly CrlAnswer[]> {
    return Promise.all(
      requests.map((request) => this.#answer(request, (url) => this.#safely(url, this.#peek(url, request, at)))),
    );
  }

  /** Leaves no trace: who is only thought of as a signer must not become one (see {@link KeptCrl.know}). */
  async #peek(url: string, request: CrlRequest, at: Date): Promise<CrlFetched> {
    const { signers } = request;
    const key = keyOf(url, signers);
    const kept = this.#kept.get(key) ?? new KeptCrl(key, url);
    if (!this.#kept.has(key)) {
      kept.know(signers);
      kept.loading = this.#keeping.load(kept).catch((fault) => this.#onFault(fault));
    }
    await kept.loading;
    if (kept.crl) await this.#preparation.verify(kept.crl, signers);
    return this.#fetchedFrom(kept, kept.isFresh(at) ? undefined : because('crlNotKept', { url }), { request, at });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort(new Error('the CRL cache is closing'));
    await Promise.all([...this.#kept.values()].map(({ flight }) => flight?.landed));
    await this.#threads.close();
  }

  async #answer(request: CrlRequest, get: (url: string) => Promise<CrlFetched>): Promise<CrlAnswer> {
    const delta = request.deltaUrl === undefined ? undefined : get(request.deltaUrl);
    const [base, fetchedDelta] = await Promise.all([firstOf(request, get), delta]);
    return { request, base, delta: fetchedDelta };
  }

  /** A fault of ours is an answer too: the sign-in ends with it, and the log of the server has the rest. */
  #safely(url: string, answer: Promise<CrlFetched>): Promise<CrlFetched> {
    return answer.catch((fault) => {
      this.#onFault(fault);
      return { kind: 'failed', because: because('crlFault', { url }), url };
    });
  }

  /** What is kept, if it still holds; else a new one, as far as the sign-in can wait for it (§4.4). */
  async #obtain(url: string, request: CrlRequest, at: Date): Promise<CrlFetched> {
    const kept = await this.#keptFor(url, request.signers);
    const scope = { request, at };
    if (kept.isFresh(at)) {
      if (kept.isPrefetchDue(at) && this.#mayTry(kept, this.#timing.retryPrefetch)) this.#fly(kept, true);
      return this.#fetchedFrom(kept, undefined, scope);
    }
    return this.#fetchedFrom(kept, await this.#renew(kept), scope);
  }

  /** A delta has come for a base that was published before the kept one ended (RFC 5280 §5.2.4). */
  async #obtainNewer(url: string, request: CrlRequest, at: Date): Promise<CrlFetched> {
    const kept = await this.#keptFor(url, request.signers);
    return this.#fetchedFrom(kept, await this.#renew(kept), { request, at });
  }

  async #refresh(url: string, request: CrlRequest): Promise<CrlFetched> {
    const kept = await this.#keptFor(url, request.signers);
    const scope = { request, at: this.#clock.now() };
    const failure = await (kept.flight ?? this.#fly(kept, true, true)).landed;
    return failure ? { kind: 'failed', because: failure, url } : this.#fetchedFrom(kept, undefined, scope);
  }

  /** Every address of a CA, so that its newest list is known after a restart too. Downloads nothing. */
  async #loadAll({ baseUrl, furtherUrls = [], signers }: CrlRequest): Promise<void> {
    if (furtherUrls.length > 0) await Promise.all([baseUrl, ...furtherUrls].map((url) => this.#keptFor(url, signers)));
  }

  /**
   * CRL-15: numbers go up for each key and scope, not for each address. An address that lags behind what another one of
   * the CA brought must not bring a revoked certificate back. What an address that is no longer configured brought
   * counts until its end.
   */
  #newestOf(kept: KeptCrl, crl: Crl, { request, at }: AnswerScope): Crl {
    const urls = [request.baseUrl, ...(request.furtherUrls ?? []), request.deltaUrl];
    return [...this.#kept.values()]
      .filter((other) => other.isOfSameKey(kept) && (urls.includes(other.url) || other.isFresh(at)))
      .flatMap((other) => (other.crl && sameSeries(other.crl, crl) ? [other.crl] : []))
      .reduce((newest, other) => ((other.number ?? 0n) > (newest.number ?? 0n) ? other : newest), crl);
  }

  #fetchedFrom(kept: KeptCrl, failure: Because | undefined, scope: AnswerScope): CrlFetched {
    const { crl, url } = kept;
    if (!crl) return { kind: 'failed', because: failure ?? because('crlDownloadInProgress', { url }), url };
    const fetched: CrlFetched = { kind: 'fetched', crl: this.#newestOf(kept, crl, scope), url };
    return failure ? { ...fetched, notRenewed: failure } : fetched;
  }

  /** The list kept for this address and authority, brought back from before a restart when that has not been done. */
  async #keptFor(url: string, signers: readonly CrlSigner[]): Promise<KeptCrl> {
    const key = keyOf(url, signers);
    const kept = this.#kept.get(key) ?? new KeptCrl(key, url);
    this.#kept.set(key, kept);
    kept.know(signers);
    kept.askedAt = this.#clock.now().getTime();
    kept.loading ??= this.#keeping.load(kept).catch((fault) => this.#onFault(fault));
    await kept.loading;
    if (kept.crl) await this.#preparation.verify(kept.crl, signers);
    return kept;
  }

  /** CRL-7 to CRL-9: why there is no newer list, or undefined. One flight for each list. */
  async #renew(kept: KeptCrl): Promise<Because | undefined> {
    const { flight } = kept;
    if (flight && (flight.inBackground || this.#timing.concurrent === 'refuse'))
      return because('crlDownloadInProgress', { url: kept.url });
    if (!flight && !this.#mayTry(kept)) return kept.lastError;
    return await (flight ?? this.#fly(kept, false)).landed;
  }

  /** By a clock that only goes forward: the one of the sign-ins may be set, or stand still in a test. */
  #mayTry({ triedAt, flight }: KeptCrl, seconds = this.#timing.retry): boolean {
    if (flight || this.#closing.signal.aborted) return false;
    return triedAt === undefined || performance.now() - triedAt >= seconds * 1000;
  }

  /** `anew` when somebody wants to hear from the address itself, whatever is known. */
  #fly(kept: KeptCrl, inBackground: boolean, anew = false): NonNullable<KeptCrl['flight']> {
    const before = kept.crl;
    const landed = this.#attempt(kept, inBackground, anew).catch((fault) => this.#faulted(kept, fault));
    kept.flight = { inBackground, landed: landed.then((attempted) => this.#land(kept, attempted, before, anew)) };
    return kept.flight;
  }

  /** CRL-10, CRL-11: what was too large or too slow for someone waiting is tried again in the background. */
  #land(kept: KeptCrl, attempted: Attempted, before: Crl | undefined, anew: boolean): Because | undefined {
    const { failure, again } = attempted;
    kept.flight = undefined;
    kept.lastError = failure;
    kept.triedAt = kept.crl === before ? performance.now() : undefined;
    if (again && !this.#closing.signal.aborted) this.#fly(kept, true, anew);
    return failure;
  }

  #faulted(kept: KeptCrl, fault: unknown): Attempted {
    this.#onFault(fault);
    return { failure: because('crlFault', { url: kept.url }), again: false };
  }

  /** CRL-8: one download at a time, also where several processes share what they keep. */
  async #attempt(kept: KeptCrl, inBackground: boolean, anew: boolean): Promise<Attempted> {
    const { seconds } = inBackground ? this.#policy.background : this.#policy.interactive;
    const began = this.#clock.now();
    const attempted = await this.#claims.alone(kept.key, seconds, this.#closing.signal, async () =>
      (await this.#broughtByAnother(kept, began, anew))
        ? { failure: undefined, again: false }
        : await this.#download(kept, inBackground),
    );
    return attempted ?? { failure: because('crlDownloadInProgress', { url: kept.url }), again: !inBackground };
  }

  /** Has another process done what we were about to do? */
  async #broughtByAnother(kept: KeptCrl, began: Date, anew: boolean): Promise<boolean> {
    const brought = await this.#catchUp(kept);
    if (!brought || !kept.fetchedAt) return false;
    if (kept.fetchedAt >= began) return true;
    const now = this.#clock.now();
    return !anew && brought === 'list' && kept.isFresh(now) && !kept.isPrefetchDue(now);
  }

  async #catchUp(kept: KeptCrl): Promise<'list' | 'confirmation' | undefined> {
    const brought = await this.#keeping.catchUp(kept).catch((fault) => this.#onFault(fault));
    if (brought === 'list' && kept.crl) await this.#preparation.verify(kept.crl, [...kept.signers.values()]);
    return brought ?? undefined;
  }

  async #download(kept: KeptCrl, inBackground: boolean): Promise<Attempted> {
    const { signal } = this.#closing;
    const downloaded = await download({
      url: kept.url,
      limits: inBackground ? this.#policy.background : this.#policy.interactive,
      inBackground,
      policy: this.#policy,
      validators: kept.crl ? kept.validators : undefined,
      signal,
    });
    if (downloaded.kind === 'failed')
      return { failure: downloaded.because, again: downloaded.limit !== undefined && !inBackground };
    return { failure: await this.#take(kept, downloaded), again: false };
  }

  async #take(kept: KeptCrl, downloaded: Exclude<Downloaded, { kind: 'failed' }>): Promise<Because | undefined> {
    if (downloaded.kind === 'unchanged') {
      kept.fetchedAt = this.#clock.now();
      await this.#save(kept, false);
      return undefined;
    }
    const facts = { source: kept.url, contentType: downloaded.contentType };
    const ruling = await this.#preparation.list(downloaded.body, facts, [...kept.signers.values()]);
    if (ruling.outcome !== 'passed') return ruling.because;
    return await this.#accept(kept, ruling.value, 'download', downloaded.validators);
  }

  /** Takes a list in place of the one kept, all at once, or says why not. Nothing unsigned ever gets in. */
  async #accept(
    kept: KeptCrl,
    crl: Crl,
    source: 'download' | 'import',
    validators: KeptCrl['validators'],
  ): Promise<Because | undefined> {
    const signers = [...kept.signers.values()];
    await this.#preparation.verify(crl, signers);
    if (!candidatesFor(crl, signers).some((signer) => isSignedBy(crl, signer)))
      return refusalOfSigners(crl, signers).because;
    const numbered = acceptCrlNumber(crl, kept.seen);
    if (numbered.outcome !== 'passed') return numbered.because;
    const isNewList = kept.crl?.number !== crl.number;
    if (isNewList || !kept.crl) kept.crl = crl;
    kept.seen = { number: crl.number ?? 0n, signature: crl.signature };
    kept.source = source;
    kept.validators = validators;
    kept.fetchedAt = this.#clock.now();
    kept.lastError = undefined;
    await this.#save(kept, isNewList);
    return undefined;
  }

  /** A list that cannot be kept over a restart is a good list all the same. */
  async #save(kept: KeptCrl, isNewList: boolean): Promise<void> {
    await this.#keeping.save(kept, isNewList).catch((fault) => this.#onFault(fault));
  }

  /**
   * CRL-6 without waiting for a sign-in to notice; and what an administrator made another process fetch or import holds
   * here too, with the next look. What nobody has asked for in a week is dropped: its CA may be gone, and
   * then its address is no longer one that an administrator configured.
   */
  #prefetchAll(): void {
    const now = this.#clock.now();
    for (const kept of this.#kept.values()) {
      if (!kept.flight && now.getTime() - kept.askedAt > forgottenAfter) this.#kept.delete(kept.key);
      else if (kept.isPrefetchDue(now) && this.#mayTry(kept, this.#timing.retryPrefetch)) this.#fly(kept, true);
      else if (!kept.flight) void this.#catchUp(kept);
    }
  }
}

const forgottenAfter = 7 * 24 * 3600 * 1000;

/** For whom, and for which moment, a list is taken from what is kept. */
interface AnswerScope {
  readonly request: CrlRequest;
  readonly at: Date;
}

interface Attempted {
  readonly failure: Because | undefined;
  /** Once more, in the background. */
  readonly again: boolean;
}

/** The base from the first address that delivers a current one; when none does, what the first had to say. */
async function firstOf(
  { baseUrl, furtherUrls = [] }: CrlRequest,
  get: (url: string) => Promise<CrlFetched>,
): Promise<CrlFetched> {
  const first = await get(baseUrl);
  if (delivers(first)) return first;
  for (const url of furtherUrls) {
    const next = await get(url);
    if (delivers(next)) return next;
  }
  return first;
}
const delivers = (fetched: CrlFetched): boolean => fetched.kind === 'fetched' && fetched.notRenewed === undefined;

function lacksBase({ base, delta }: CrlAnswer): boolean {
  return base.kind === 'fetched' && delta?.kind === 'fetched' && needsNewerBase(base.crl, delta.crl);
}

/** 500179: the time all lists of one path may take together. */
class Deadline {
  readonly #seconds: number;
  readonly #open: Set<string>;
  readonly #passed: Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor(seconds: number, requests: readonly CrlRequest[]) {
    this.#seconds = seconds;
    this.#open = new Set(
      requests.flatMap(({ baseUrl, deltaUrl }) => [baseUrl, ...(deltaUrl === undefined ? [] : [deltaUrl])]),
    );
    this.#passed = new Promise((resolve) => {
      this.#timer = setTimeout(resolve, seconds * 1000);
    });
  }

  race(url: string, answer: Promise<CrlFetched>): Promise<CrlFetched> {
    const settled = answer.finally(() => this.#open.delete(url));
    return Promise.race([settled, this.#passed.then(() => this.#late(url))]);
  }

  #late(url: string): CrlFetched {
    return { kind: 'failed', because: because('crlTimedOut', { urls: [...this.#open], seconds: this.#seconds }), url };
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
