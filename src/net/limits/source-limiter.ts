import type { IncomingMessage } from 'node:http';
import { connectionAddress } from './connection-source.ts';
import { FairShare } from './fair-share.ts';
import {
  clientAddress,
  clientOf,
  noteClient,
  plainAddress,
  SourceBuckets,
  SourceCounts,
  sourceOf,
  type TrustedHeader,
} from './limits.ts';
import { Penalties, type Penalty } from './penalties.ts';
import { type SharedLimits, sharedAs } from './shared-limits.ts';

/** What one source address may do. Every figure is a setting (docs/settings.md). */
export interface SourceLimits {
  /** TCP connections open at once. */
  readonly connections: number;
  /** TLS handshakes begun in ten seconds. */
  readonly handshakesPerTenSeconds: number;
  /** Requests of every kind in ten seconds. */
  readonly requestsPerTenSeconds: number;
  /** Of these, requests to sign-in addresses (authorize, token, login pages, certauth) in ten seconds. */
  readonly signInsPerTenSeconds: number;
  /** Of these, forms that carry a password or a code, in ten seconds. */
  readonly formsPerTenSeconds: number;
}

/**
 * The defaults: what 500 people behind one address need who all sign in within one minute, which is 83 sign-ins in ten
 * seconds. A sign-in takes three or four connections, about ten sign-in requests, four others and two forms; a browser
 * keeps a connection for fifteen seconds where there are many, and one for as long as a person chooses a certificate (docs/settings.md).
 */
export const usualLimits: SourceLimits = {
  connections: 800,
  handshakesPerTenSeconds: 400,
  requestsPerTenSeconds: 1500,
  signInsPerTenSeconds: 1000,
  formsPerTenSeconds: 200,
};

/**
 * Handshakes, sign-in requests and forms are limited over ten minutes, too: to this many times the figure of ten seconds. It
 * is enough for two sign-ins of each of those 500 people. Without it a source could continue for hours as busy as that minute.
 */
const tenSecondsInTenMinutes = 10;

/** A limit for ten seconds and one for ten minutes. */
class TwoWindows {
  readonly #short: SourceBuckets;
  readonly #long: SourceBuckets;

  constructor(perTenSeconds: number, sharedLimits: SharedLimits | undefined, name: string) {
    this.#short = new SourceBuckets(perTenSeconds, undefined, undefined, sharedAs(sharedLimits, name));
    const perTenMinutes = perTenSeconds * tenSecondsInTenMinutes;
    this.#long = new SourceBuckets(perTenMinutes, undefined, 600, sharedAs(sharedLimits, `${name} of ten minutes`));
  }

  /** Takes one of both. Answers undefined, or after how many whole seconds the next one fits. @param now milliseconds */
  take(source: string, now: number): number | undefined {
    const wait = this.#short.take(source, now);
    if (wait !== undefined) return wait;
    const longer = this.#long.take(source, now);
    if (longer !== undefined) this.#short.giveBack(source);
    return longer;
  }
}

/** What a limiter tells of a source that begins to have a penalty, or continues to have one. */
export interface LimiterEvents {
  /** Every connection of the source is to be closed. */
  onPenalty?(source: string): void;
  /** One line for the operator's log, at most one a minute for each source. */
  onReport?(penalty: Penalty): void;
}

/** Stands for the address of a reverse proxy that came through a Unix socket. */
export const unixAddress = 'unix';

/** All limits of one server. A refusal of a request answers the seconds to wait, one of a connection answers false. */
export class SourceLimiter {
  readonly #trusted: TrustedHeader | undefined;
  readonly #connections: SourceCounts;
  readonly #handshakes: TwoWindows;
  readonly #requests: SourceBuckets;
  readonly #signIns: TwoWindows;
  readonly #forms: TwoWindows;
  readonly #penalties: Penalties;
  readonly #share = new FairShare();
  readonly #events: LimiterEvents[] = [];

  /** @param sharedLimits where other processes count as well */
  constructor(limits: SourceLimits = usualLimits, trustedHeader?: TrustedHeader, sharedLimits?: SharedLimits) {
    this.#trusted = trustedHeader;
    this.#connections = new SourceCounts(limits.connections, sharedLimits);
    this.#handshakes = new TwoWindows(limits.handshakesPerTenSeconds, sharedLimits, 'handshakes');
    const requests = sharedAs(sharedLimits, 'requests');
    this.#requests = new SourceBuckets(limits.requestsPerTenSeconds, undefined, undefined, requests);
    this.#signIns = new TwoWindows(limits.signInsPerTenSeconds, sharedLimits, 'sign-ins');
    this.#forms = new TwoWindows(limits.formsPerTenSeconds, sharedLimits, 'forms');
    this.#penalties = new Penalties(undefined, sharedLimits, (source) => this.#reportPenalty(source));
  }

  /** Reports every later penalty to these handlers, too. */
  listen(events: LimiterEvents): void {
    this.#events.push(events);
  }

  /** Whether connections from here are those of a reverse proxy, which stands for many clients and is not limited. */
  isProxy(address: string | undefined): boolean {
    return this.#trusted?.proxies.has(plainAddress(address)) ?? false;
  }

  /** Whether a connection from here is closed as it is accepted. It counts as a refusal, so that a flood still counts as one. */
  isPenalised(address: string | undefined, now: number): boolean {
    if (this.isProxy(address)) return false;
    const source = sourceOf(address);
    if (!this.#penalties.has(source, now)) return false;
    this.#refuse(source, now);
    return true;
  }

  /** Whether a source has more than a part (0 to 1) of the connections that it may have. A trusted proxy never. */
  isCrowded(address: string | undefined, part: number): boolean {
    return !this.isProxy(address) && this.#connections.isCrowded(sourceOf(address), part);
  }

  /** Answers how to end the connection's count, or undefined when it must be closed. A trusted proxy is not limited. */
  connect(address: string | undefined, now: number): (() => void) | undefined {
    if (this.isProxy(address)) return () => undefined;
    if (this.isPenalised(address, now)) return undefined;
    const source = sourceOf(address);
    if (this.#handshakes.take(source, now) === undefined && this.#connections.enter(source))
      return () => this.#connections.leave(source);
    this.#refuse(source, now);
    return undefined;
  }

  /** Notes the client of the request and answers after how many seconds it may ask again; undefined: now. */
  request(request: IncomingMessage, now: number, connection = connectionAddress(request.socket)): number | undefined {
    const client = clientAddress(connection, request.headers, this.#trusted);
    noteClient(request, client);
    const source = sourceOf(client);
    const waits = [this.#requests.take(source, now)];
    const path = (request.url ?? '/').split('?')[0]!;
    if (!/^\/+(?:assets|v1\.0|beta)\//i.test(path)) {
      waits.push(this.#signIns.take(source, now));
      if (request.method === 'POST' && /\/(?:login|sas|deviceauth|security-info)(?:\/|$)/i.test(path))
        waits.push(this.#forms.take(source, now));
    }
    const wait = waits.find((seconds) => seconds !== undefined);
    if (wait !== undefined) this.#refuse(source, now);
    return wait;
  }

  /** Serves a request that {@link request} let pass, at once or when it is its client's turn. Answers how to end its turn. */
  serve(request: IncomingMessage, work: () => void): () => void {
    return this.#share.enter(sourceOf(clientOf(request)), work);
  }

  #refuse(source: string, now: number): void {
    const begins = this.#penalties.note(source, now);
    const report = this.#penalties.report(source, now);
    if (begins) this.#reportPenalty(source);
    if (report) for (const events of this.#events) events.onReport?.(report);
  }

  #reportPenalty(source: string): void {
    for (const events of this.#events) events.onPenalty?.(source);
  }
}
