import { packageVersion } from '#cli/version.ts';
import type { SpanContext } from '#net/trace-context.ts';

/** A span that has ended. Times are milliseconds since 1970, with fractions. */
export interface Span extends SpanContext {
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 1 internal, 2 server (OTLP `SpanKind`). */
  readonly kind: 1 | 2;
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly isError: boolean;
}

/** Spans as the body of an OTLP/HTTP request in JSON: ids in hexadecimal, times in nanoseconds as text. */
export function otlpOf(spans: readonly Span[], resource: Readonly<Record<string, string>>) {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'cardea', version: packageVersion() }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

const spanOf = ({ traceId, spanId, parentSpanId, name, kind, start, end, attributes, isError }: Span) => ({
  traceId,
  spanId,
  ...(parentSpanId === undefined ? {} : { parentSpanId }),
  name,
  kind,
  startTimeUnixNano: nanoseconds(start),
  endTimeUnixNano: nanoseconds(end),
  attributes: attributesOf(attributes),
  status: isError ? { code: 2 } : {},
});

const attributesOf = (attributes: Readonly<Record<string, string | number>>) =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  }));

const nanoseconds = (milliseconds: number): string => String(BigInt(Math.round(milliseconds * 1000)) * 1000n);
