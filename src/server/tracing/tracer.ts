import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { currentSpan, inSpan, readTraceparent, type SpanContext } from '#net/trace-context.ts';
import type { Endpoint } from '../management/metrics.ts';
import type { StepObserver } from '../management/step-times.ts';
import type { SpanExporter } from './exporter.ts';
import type { TracingSettings } from './settings.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Milliseconds since 1970, with fractions. */
const now = (): number => performance.timeOrigin + performance.now();

/**
 * Makes a span of each request and of each step of a sign-in. Spans have the endpoint, method, status, step and code of the
 * reason: no name, address, certificate or path.
 */
export class Tracer {
  readonly #settings: Pick<TracingSettings, 'ratio' | 'followsParent'>;
  readonly #exporter: Pick<SpanExporter, 'add'>;

  constructor(settings: Pick<TracingSettings, 'ratio' | 'followsParent'>, exporter: Pick<SpanExporter, 'add'>) {
    this.#settings = settings;
    this.#exporter = exporter;
  }

  /** The listener, with a span of each request. */
  traced(endpoint: Endpoint, listener: Listener): Listener {
    return (request, response) => {
      const header = request.headers.traceparent;
      const parent = readTraceparent(typeof header === 'string' ? header : undefined);
      const span = this.#begin(parent);
      const start = now();
      response.once('close', () => {
        const method = methods.has(request.method ?? '') ? request.method! : '_OTHER';
        this.#end(span, parent, {
          name: `${method} ${endpoint}`,
          kind: 2,
          start,
          attributes: {
            'http.request.method': method,
            'http.response.status_code': response.statusCode,
            'cardea.endpoint': endpoint,
          },
          isError: response.statusCode >= 500,
        });
      });
      inSpan(span, () => listener(request, response));
    };
  }

  /** A span of each step, below the request that the sign-in is part of. */
  readonly steps: StepObserver = {
    ended: (step, { outcome, code, milliseconds }) => {
      const parent = currentSpan();
      if (!parent) return;
      this.#end(this.#begin(parent), parent, {
        name: `sign-in ${step}`,
        kind: 1,
        start: now() - milliseconds,
        attributes: { 'cardea.step': step, 'cardea.outcome': outcome, 'cardea.reason': code },
        isError: false,
      });
    },
  };

  #begin(parent: SpanContext | undefined): SpanContext {
    const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
    const spanId = randomBytes(8).toString('hex');
    return { traceId, spanId, isSampled: this.#isSampled(traceId, parent) };
  }

  /** The last digits of the id of a trace decide, so that every server decides alike. */
  #isSampled(traceId: string, parent: SpanContext | undefined): boolean {
    const { ratio, followsParent } = this.#settings;
    if (parent && (followsParent || parent === currentSpan())) return parent.isSampled;
    return Number.parseInt(traceId.slice(-8), 16) < ratio * 0x1_0000_0000;
  }

  #end(
    span: SpanContext,
    parent: SpanContext | undefined,
    rest: Omit<Parameters<SpanExporter['add']>[0], keyof SpanContext | 'parentSpanId' | 'end'>,
  ): void {
    if (span.isSampled) this.#exporter.add({ ...span, parentSpanId: parent?.spanId, ...rest, end: now() });
  }
}

/** Methods of RFC 9110 and PATCH: what a client invents is no name of a span. */
const methods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'CONNECT',
  'TRACE',
]);
