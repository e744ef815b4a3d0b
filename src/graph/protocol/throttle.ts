import { fault } from '#core/trace/fault.ts';

interface Bucket {
  tokens: number;
  at: number;
}
const mostBuckets = 10_000;

/** A bucket of requests for each application in each tenant, refilled evenly (graph-api §1.8). */
export class Throttle {
  readonly #perTenSeconds: number;
  readonly #buckets = new Map<string, Bucket>();
  /** @param perTenSeconds how many requests one application may make in ten seconds */
  constructor(perTenSeconds: number) {
    this.#perTenSeconds = perTenSeconds;
  }

  /** @param now milliseconds @throws graphThrottled with the seconds after which one request fits again */
  take(key: string, now: number): void {
    const rate = this.#perTenSeconds / 10_000;
    const bucket = this.#buckets.get(key) ?? { tokens: this.#perTenSeconds, at: now };
    bucket.tokens = Math.min(this.#perTenSeconds, bucket.tokens + Math.max(0, now - bucket.at) * rate);
    bucket.at = now;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket); // the newest last
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= mostBuckets) break;
      this.#buckets.delete(oldest);
    }
    if (bucket.tokens < 1) {
      throw fault('graphThrottled', { seconds: Math.max(1, Math.ceil((1 - bucket.tokens) / rate / 1000)) });
    }
    bucket.tokens -= 1;
  }
}
