import type { Logger } from 'pino';
import { description } from '../log.ts';
import { SpanExporter } from './exporter.ts';
import { tracingSettings } from './settings.ts';
import { Tracer } from './tracer.ts';

/** Tracing as the environment asks for it. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what waits. */
  close(): Promise<void>;
}

/** Milliseconds between two lines of the log about a collector that does not take spans. */
const complaintPause = 60_000;

/** Undefined where the environment names no collector. @throws settingInvalid */
export function openTracing(environment: NodeJS.ProcessEnv, log: Logger): Tracing | undefined {
  const settings = tracingSettings(environment);
  if (!settings) return undefined;
  let complainedAt = Number.NEGATIVE_INFINITY;
  const exporter = new SpanExporter(settings, (problem) => {
    if (performance.now() - complainedAt < complaintPause) return;
    complainedAt = performance.now();
    log.warn({ ...description(problem), dropped: exporter.dropped }, 'spans were not exported');
  });
  return { tracer: new Tracer(settings, exporter), close: () => exporter.close() };
}
