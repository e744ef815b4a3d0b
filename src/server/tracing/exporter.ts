import { openHttpClient } from '#net/http-client.ts';
import { otlpOf, type Span } from './otlp.ts';
import type { TracingSettings } from './settings.ts';

/** Spans that wait at most, and that one request has. What comes beyond is dropped: tracing never holds a sign-in. */
const mostWaiting = 4096;
const batch = 512;
const pause = 2_000;
/** Milliseconds that a request may take. */
const patience = 10_000;

/** Sends spans to a collector, some seconds after they ended. */
export class SpanExporter {
  readonly #settings: TracingSettings;
  readonly #client = openHttpClient({ privateAddresses: 'allow' });
  readonly #timer: NodeJS.Timeout;
  readonly #onFault: (problem: unknown) => void;
  #waiting: Span[] = [];
  #sending: Promise<void> | undefined;
  /** Spans that no collector has: too many waited, or a request failed. */
  dropped = 0;

  constructor(settings: TracingSettings, onFault: (problem: unknown) => void) {
    this.#settings = settings;
    this.#onFault = onFault;
    this.#timer = setInterval(() => this.#flush(), pause).unref();
  }

  add(span: Span): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push(span);
    else this.dropped += 1;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush();
  }

  #flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.splice(0, batch);
      try {
        await this.#send(spans);
      } catch (problem) {
        this.dropped += spans.length;
        this.#onFault(problem);
        return;
      }
    }
  }

  async #send(spans: readonly Span[]): Promise<void> {
    const { url, headers, resource } = this.#settings;
    const body = Buffer.from(JSON.stringify(otlpOf(spans, resource)));
    const answer = await this.#client.send(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': String(body.length) },
      body,
      signal: AbortSignal.timeout(patience),
    });
    answer.body.destroy();
    if (answer.status < 200 || answer.status > 299) throw new Error(`the collector answered ${answer.status}`);
  }
}
