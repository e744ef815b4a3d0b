import type { CrlAnswer, CrlFetched, CrlRequest, CrlSigner } from '#core/crl/answer.ts';
import type { Crl } from '#core/crl/format/crl.ts';
import { acceptCrlNumber } from '#core/crl/format/crl-number.ts';
import { sameSeries } from '#core/crl/format/delta.ts';
import { candidatesFor, refusalOfSigners } from '#core/crl/issuers/signature.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { type Ruling, refused } from '#core/trace/ruling.ts';
import { nameToString } from '#core/x509/name.ts';
import type { CrlState } from '#model/crl.ts';
import type { Clock } from '#ports/clock.ts';
import type { CrlAdmin, CrlFile, Crls, PreparedCrl } from '#ports/revocation.ts';
import { filesIn } from '../fetch/archive.ts';
import { bodyFrom } from '../fetch/body.ts';
import { Leases } from '../fetch/leases.ts';
import { defaultDownloadPolicy } from '../fetch/policy.ts';
import { IndexThreads } from '../index/index-threads.ts';
import { Acceptance } from './acceptance.ts';
import { firstOf, lacksBase } from './answers.ts';
import { CachedCrl, keyOf } from './cached.ts';
import { Deadline } from './deadline.ts';
import { Flights } from './flights.ts';
import { type CrlCacheOptions, type CrlCacheTiming, defaultTiming } from './options.ts';
import { Preparation } from './prepare.ts';
import { Retention } from './retention.ts';

/** The CRLs of all tenants, kept by address until nextUpdate: the port {@link Crls} and what an administrator needs. */
export interface CrlCache extends Crls, CrlAdmin {
  /** One row for each address in use. */
  state(): readonly CrlState[];
  /** Removes files on this computer of CRLs that are no longer kept, which the database has lost by pruning. */
  removeUnusedFiles(): Promise<void>;
  /** Ends downloads, timers and threads. */
  close(): Promise<void>;
}

export function openCrlCache(options: CrlCacheOptions): CrlCache {
  return new Cache(options);
}

class Cache implements CrlCache {
  readonly #clock: Clock;
  readonly #timing: CrlCacheTiming;
  readonly #threads = new IndexThreads();
  readonly #preparation: Preparation;
  readonly #retention: Retention;
  readonly #acceptance: Acceptance;
  readonly #flights: Flights;
  readonly #entries = new Map<string, CachedCrl>();
  readonly #closing = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onFault: (fault: unknown) => void;

  constructor({ clock, bytes, images, policy, timing, onFault }: CrlCacheOptions) {
    this.#clock = clock;
    const wholePolicy = { ...defaultDownloadPolicy, ...policy };
    this.#timing = { ...defaultTiming, ...timing };
    this.#preparation = new Preparation(this.#threads, () => wholePolicy.forms);
    this.#onFault = onFault ?? (() => undefined);
    const forAll = { preparation: this.#preparation, onFault: this.#onFault };
    this.#retention = new Retention({ ...forAll, bytes, images, threads: this.#threads });
    const parts = { ...forAll, clock, retention: this.#retention };
    this.#acceptance = new Acceptance(parts);
    const leases = new Leases(bytes?.leases, clock, this.#onFault);
    this.#flights = new Flights(
      { ...parts, policy: wholePolicy, timing: this.#timing, acceptance: this.#acceptance, leases },
      this.#closing.signal,
    );
    if (this.#timing.prefetch > 0)
      this.#timer = setInterval(() => this.#prefetchAll(), this.#timing.prefetch * 1000).unref();
  }

  async fetch(requests: readonly CrlRequest[], at: Date): Promise<readonly CrlAnswer[]> {
    const deadline = new Deadline(this.#timing.validation, requests);
    const within = (url: string, answer: Promise<CrlFetched>) => deadline.race(url, this.#safely(url, answer));
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

  filesIn(bytes: Uint8Array, name: string): readonly CrlFile[] {
    return filesIn(bytes, name);
  }

  async prepareImport(request: CrlRequest, bytes: Uint8Array, file?: string): Promise<Ruling<PreparedCrl>> {
    const facts = { source: file ?? request.baseUrl, contentType: '' };
    const ruling = await this.#preparation.crl(bodyFrom(bytes), facts, request.signers);
    if (ruling.outcome !== 'passed') return ruling;
    const isDelta = ruling.value.baseNumber !== undefined;
    const url = isDelta ? request.deltaUrl : request.baseUrl;
    const issuer = nameToString(ruling.value.issuer);
    if (candidatesFor(ruling.value, request.signers).length === 0)
      return refusalOfSigners(ruling.value, request.signers);
    if (url === undefined)
      return refused('crlIncomplete', { url: '', type: 'delta', issuer, problem: 'the CA has no delta CRL address' });
    await this.#loadAll(request);
    const existing = await this.#cachedFor(url, request.signers);
    const crl = { ...ruling.value, source: existing.url };
    // A download from an address that lags behind is kept and not used; an administrator learns of it at once.
    const { number = 0n } = this.#newestOf(existing, crl, { request, at: this.#clock.now() });
    const current = acceptCrlNumber(crl, { number, signature: undefined });
    if (current.outcome !== 'passed') return current;
    const acceptance = await this.#acceptance.check(existing, crl);
    if (acceptance.outcome !== 'passed') return acceptance;
    return { ...ruling, value: { request, crl, url, ...this.#acceptance.prepare(existing, crl) } };
  }

  state(): readonly CrlState[] {
    return [...this.#entries.values()].map((existing) => existing.state());
  }

  async stateOf(requests: readonly CrlRequest[]): Promise<readonly CrlState[]> {
    const addresses = requests.flatMap(({ baseUrl, deltaUrl, furtherUrls = [], signers }) =>
      [baseUrl, ...furtherUrls, ...(deltaUrl === undefined ? [] : [deltaUrl])].map((url) => ({ url, signers })),
    );
    const existing = await Promise.all(addresses.map(({ url, signers }) => this.#cachedFor(url, signers)));
    return existing.map((item) => item.state());
  }

  async cached(requests: readonly CrlRequest[], at: Date): Promise<readonly CrlAnswer[]> {
    return Promise.all(
      requests.map((request) => this.#answer(request, (url) => this.#safely(url, this.#peek(url, request, at)))),
    );
  }

  /** Leaves no trace: who is only thought of as a signer must not become one (see {@link CachedCrl.know}). */
  async #peek(url: string, request: CrlRequest, at: Date): Promise<CrlFetched> {
    const { signers } = request;
    const key = keyOf(url, signers);
    const existing = this.#entries.get(key) ?? new CachedCrl(key, url);
    if (!this.#entries.has(key)) {
      existing.know(signers);
    }
    await this.#readStored(existing);
    if (existing.crl) await this.#preparation.verify(existing.crl, signers);
    return this.#fetchedFrom(existing, existing.isFresh(at) ? undefined : because('crlNotKept', { url }), {
      request,
      at,
    });
  }

  removeUnusedFiles(): Promise<void> {
    return this.#retention.removeUnusedFiles(this.#clock.now());
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort(new Error('the CRL cache is closing'));
    await Promise.all([...this.#entries.values()].map(({ flight }) => flight?.landed));
    await this.#threads.close();
    this.#retention.close();
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
    const existing = await this.#cachedFor(url, request.signers);
    const scope = { request, at };
    if (existing.isFresh(at)) {
      if (existing.isPrefetchDue(at) && this.#flights.mayTry(existing, this.#timing.retryPrefetch))
        this.#flights.fly(existing, true);
      return this.#fetchedFrom(existing, undefined, scope);
    }
    return this.#fetchedFrom(existing, await this.#flights.renew(existing), scope);
  }

  /** A delta has come for a base that was published before the kept one ended (RFC 5280 §5.2.4). */
  async #obtainNewer(url: string, request: CrlRequest, at: Date): Promise<CrlFetched> {
    const existing = await this.#cachedFor(url, request.signers);
    return this.#fetchedFrom(existing, await this.#flights.renew(existing), { request, at });
  }

  async #refresh(url: string, request: CrlRequest): Promise<CrlFetched> {
    const existing = await this.#cachedFor(url, request.signers);
    const scope = { request, at: this.#clock.now() };
    const failure = await (existing.flight ?? this.#flights.fly(existing, true, true)).landed;
    return failure ? { kind: 'failed', because: failure, url } : this.#fetchedFrom(existing, undefined, scope);
  }

  /** Every address of a CA, so that its newest CRL is known after a restart too. Downloads nothing. */
  async #loadAll({ baseUrl, furtherUrls = [], signers }: CrlRequest): Promise<void> {
    if (furtherUrls.length > 0)
      await Promise.all([baseUrl, ...furtherUrls].map((url) => this.#cachedFor(url, signers)));
  }

  /**
   * CRL-15: numbers go up for each key and scope, not for each address. An address that lags behind what another one of
   * the CA brought must not bring a revoked certificate back. What a removed address brought
   * counts until its end.
   */
  #newestOf(cachedCrl: CachedCrl, crl: Crl, { request, at }: AnswerScope): Crl {
    const urls = [request.baseUrl, ...(request.furtherUrls ?? []), request.deltaUrl];
    return [...this.#entries.values()]
      .filter((second) => second.isOfSameKey(cachedCrl) && (urls.includes(second.url) || second.isFresh(at)))
      .flatMap((second) => (second.crl && sameSeries(second.crl, crl) ? [second.crl] : []))
      .reduce((newest, second) => ((second.number ?? 0n) > (newest.number ?? 0n) ? second : newest), crl);
  }

  #fetchedFrom(cachedCrl: CachedCrl, failure: Because | undefined, scope: AnswerScope): CrlFetched {
    const { crl, url } = cachedCrl;
    if (!crl) return { kind: 'failed', because: failure ?? because('crlDownloadInProgress', { url }), url };
    const crlFetched: CrlFetched = { kind: 'fetched', crl: this.#newestOf(cachedCrl, crl, scope), url };
    return failure ? { ...crlFetched, notRenewed: failure } : crlFetched;
  }

  /** The CRL kept for this address and authority, brought back from before a restart when that has not been done. */
  async #cachedFor(url: string, signers: readonly CrlSigner[]): Promise<CachedCrl> {
    const key = keyOf(url, signers);
    const existing = this.#entries.get(key) ?? new CachedCrl(key, url);
    this.#entries.set(key, existing);
    existing.know(signers);
    existing.lastUsedAt = this.#clock.now().getTime();
    await this.#readStored(existing);
    if (existing.crl) await this.#preparation.verify(existing.crl, signers);
    return existing;
  }

  /** Reads what is stored once, and again after each change of it by another process, such as an import. */
  async #readStored(cachedCrl: CachedCrl): Promise<void> {
    const { mark } = cachedCrl;
    this.#retention.dropUnusable(cachedCrl);
    const current = await this.#retention.mark().catch((fault) => {
      this.#onFault(fault);
      return mark;
    });
    if (!cachedCrl.loading) cachedCrl.loading = this.#retention.load(cachedCrl).catch((fault) => this.#onFault(fault));
    else if (cachedCrl.mark !== current) cachedCrl.loading = this.#flights.catchUp(cachedCrl);
    cachedCrl.mark = current;
    await cachedCrl.loading;
  }

  /**
   * CRL-6 and CRL-7 without waiting for a sign-in to notice: an expired CRL after which no new one comes is known before
   * a sign-in needs it. It is downloaded as for a sign-in, so that those that come meanwhile wait for it. What an administrator made another process fetch or import holds
   * here too, with the next look. A CRL that was not used for a week is dropped: its CA may be gone, and
   * then its address is no longer one that an administrator configured.
   */
  #prefetchAll(): void {
    const now = this.#clock.now();
    for (const value of this.#entries.values()) {
      if (!value.flight && now.getTime() - value.lastUsedAt > forgottenAfter) this.#entries.delete(value.key);
      else if (value.isPrefetchDue(now) && this.#flights.mayTry(value, this.#timing.retryPrefetch))
        this.#flights.fly(value, value.isFresh(now));
      else if (!value.flight) void this.#flights.catchUp(value);
    }
  }
}

const forgottenAfter = 7 * 24 * 3600 * 1000;

/** For whom, and for which moment, a CRL is taken from what is kept. */
interface AnswerScope {
  readonly request: CrlRequest;
  readonly at: Date;
}
