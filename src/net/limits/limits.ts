import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type BoundedCache, boundedCache } from '../bounded-cache.ts';
import { connectionAddress } from './connection-source.ts';
import type { SharedLimits } from './shared-limits.ts';

interface Bucket {
  tokens: number;
  at: number;
}

/** Under which name other processes count the same. Absent where there are none. */
export interface SharedAs {
  readonly limits: SharedLimits;
  readonly name: string;
}

/** How many sources are remembered. The one seen longest ago is forgotten first. */
const mostSources = 10_000;

/**
 * A token bucket a source: `perWindow` at once, refilled evenly within the window, which is ten seconds by default. The
 * table is bounded, because a stranger may have very many addresses.
 */
export class SourceBuckets {
  readonly #perWindow: number;
  readonly #windowMs: number;
  readonly #buckets: BoundedCache<Bucket>;
  readonly #note: (source: string, count: number) => void;

  constructor(perWindow: number, most = mostSources, windowSeconds = 10, sharedLimits?: SharedAs) {
    this.#perWindow = perWindow;
    this.#buckets = boundedCache(most);
    this.#windowMs = windowSeconds * 1000;
    const budget = { most: perWindow, seconds: windowSeconds };
    const spend = (source: string, count: number, now: number) => this.#spend(source, count, now);
    this.#note = sharedLimits?.limits.join(sharedLimits.name, budget, spend) ?? (() => undefined);
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Whether nothing would fit now. Takes nothing. @param now milliseconds */
  isEmpty(source: string, now: number): boolean {
    const bucket = this.#buckets.peek(source);
    const rate = this.#perWindow / this.#windowMs;
    return bucket !== undefined && bucket.tokens + Math.max(0, now - bucket.at) * rate < 1;
  }

  /** Takes one. Answers undefined, or after how many whole seconds the next one fits. @param now milliseconds */
  take(source: string, now: number): number | undefined {
    const bucket = this.#filled(source, now);
    const rate = this.#perWindow / this.#windowMs;
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / rate / 1000));
    bucket.tokens -= 1;
    this.#note(source, 1);
    return undefined;
  }

  /** What was taken does not count after all. */
  giveBack(source: string): void {
    const bucket = this.#buckets.peek(source);
    if (bucket) bucket.tokens = Math.min(this.#perWindow, bucket.tokens + 1);
    this.#note(source, -1);
  }

  /** Other processes took so many. A bucket goes below nothing for what they took before this one knew. */
  #spend(source: string, count: number, now: number): void {
    const bucket = this.#filled(source, now);
    bucket.tokens = Math.min(this.#perWindow, bucket.tokens - count);
  }

  #filled(source: string, now: number): Bucket {
    const bucket = this.#buckets.get(source) ?? { tokens: this.#perWindow, at: now };
    const refill = (Math.max(0, now - bucket.at) * this.#perWindow) / this.#windowMs;
    bucket.tokens = Math.min(this.#perWindow, bucket.tokens + refill);
    bucket.at = now;
    this.#buckets.set(source, bucket);
    return bucket;
  }
}

/** Counts what each source has open at once. The table is as large as the number of open things. */
export class SourceCounts {
  readonly #most: number;
  readonly #open = new Map<string, number>();
  readonly #shared: SharedLimits | undefined;

  constructor(most: number, sharedLimits?: SharedLimits) {
    this.#most = most;
    this.#shared = sharedLimits;
  }

  /** Whether the source has more than a part (0 to 1) of those that it may have. */
  isCrowded(source: string, part: number): boolean {
    return (this.#open.get(source) ?? 0) + (this.#shared?.openElsewhere(source) ?? 0) > this.#most * part;
  }

  /** False when the source has as many as it may; otherwise `leave` must follow once. */
  enter(source: string): boolean {
    const open = this.#open.get(source) ?? 0;
    if (open + (this.#shared?.openElsewhere(source) ?? 0) >= this.#most) return false;
    this.#open.set(source, open + 1);
    this.#shared?.noteOpen(source, open + 1);
    return true;
  }

  leave(source: string): void {
    const open = (this.#open.get(source) ?? 0) - 1;
    if (open > 0) this.#open.set(source, open);
    else this.#open.delete(source);
    this.#shared?.noteOpen(source, Math.max(0, open));
  }
}

/** The IP address of a connection as text; IPv4 within IPv6 (RFC 4291 §2.5.5.2) is written as IPv4. */
export const plainAddress = (address: string | undefined): string =>
  (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');

/** The one spelling of an IP address that addresses of connections and the log have; undefined for another text. */
export function canonicalAddress(address: string): string | undefined {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return isIP(plain) === 4 ? plain : undefined;
  const canonical = new URL(`http://[${plain}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!mapped) return canonical;
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * The source that a limit is kept for: an IPv4 address, or the /64 prefix of an IPv6 address, because one subscriber
 * usually holds a whole /64 (RFC 6177, RFC 4291 §2.5.4). All text that is not an IP address is one common source.
 */
export function sourceOf(address: string | undefined): string {
  const canonical = canonicalAddress(address ?? '');
  if (canonical === undefined) return 'unknown';
  if (isIP(canonical) === 4) return canonical;
  const [head = '', tail = ''] = canonical.split('::');
  const [left, right] = [head.split(':').filter(Boolean), tail.split(':').filter(Boolean)];
  const groups = canonical.includes('::')
    ? [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
    : left;
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** Reverse proxies whose header is believed, by source address, and the header's name in lower case. */
export interface TrustedHeader {
  readonly proxies: Pick<ReadonlySet<string>, 'has'>;
  readonly header: string;
}

/**
 * The address of the client. Behind a trusted proxy it is the last address in the configured header that is not itself
 * a trusted proxy: what stands before it was written by the client. Anything else in the header is not believed.
 */
export function clientAddress(
  connection: string | undefined,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  trustedHeader?: TrustedHeader,
): string {
  const direct = plainAddress(connection);
  if (!trustedHeader?.proxies.has(direct)) return direct;
  const input = headers[trustedHeader.header];
  const addresses = (typeof input === 'string' ? input : (input ?? []).join(','))
    .split(',')
    .map((item) => canonicalAddress(item.trim().replace(/^\[(.*)\]$/, '$1')));
  const client = addresses.findLast((item) => item === undefined || !trustedHeader.proxies.has(item));
  return client ?? direct;
}

const clients = new WeakMap<IncomingMessage, string>();

/** Notes whose request it is, for {@link clientOf}. */
export function noteClient(request: IncomingMessage, address: string): void {
  clients.set(request, address);
}

/** The address of the client of a request: what was noted of it, else that of its connection. */
export const clientOf = (request: IncomingMessage): string =>
  clients.get(request) ?? plainAddress(connectionAddress(request.socket));
