import { AsyncLocalStorage } from 'node:async_hooks';

/** Where a span stands in a trace (W3C Trace Context). */
export interface SpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const storage = new AsyncLocalStorage<SpanContext>();

/** The span that the work under way belongs to; undefined where nothing is traced. */
export const currentSpan = (): SpanContext | undefined => storage.getStore();

/** Runs work that belongs to a span: requests that it sends carry the span's `traceparent`. */
export const inSpan = <T>(span: SpanContext, work: () => T): T => storage.run(span, work);

/** The header `traceparent` of requests that belong to a span (W3C Trace Context §3.2). */
export const traceparentOf = ({ traceId, spanId, isSampled }: SpanContext): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;

/** The span that a request names as its parent; undefined for a header of another form, which is ignored. */
export function readTraceparent(header: string | undefined): SpanContext | undefined {
  const [, version, traceId, spanId, flags, more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header ?? '') ?? [];
  if (!traceId || !spanId || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}
