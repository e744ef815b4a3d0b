import type { CrlFetched, CrlRequest } from '#core/crl/answer.ts';
import { because } from '#core/trace/reasons.ts';

/** 500179: the time all CRLs of one path may take together. */
export class Deadline {
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
    const outcome = answer.finally(() => this.#open.delete(url));
    return Promise.race([outcome, this.#passed.then(() => this.#late(url))]);
  }

  #late(url: string): CrlFetched {
    return { kind: 'failed', because: because('crlTimedOut', { urls: [...this.#open], seconds: this.#seconds }), url };
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
