import { Gauge, type Registry } from 'prom-client';
import { inTime } from './in-time.ts';

/** A value of a gauge with its labels. */
export type Sample = readonly [value: number, labels?: Readonly<Record<string, string>>];

export interface GaugeOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

/** Milliseconds for which an answer waits for the values of a gauge. Prometheus waits for ten seconds, unless it is set otherwise. */
const patience = 5_000;

/**
 * Adds a gauge that is read when the metrics are. While its values cannot be read, such as those in a database that does not answer, the gauge
 * has none, and all other metrics have theirs.
 */
export function addGauge(
  registry: Registry,
  { labelNames = [], ...options }: GaugeOptions,
  read: () => readonly Sample[] | Promise<readonly Sample[]>,
): void {
  new Gauge<string>({
    ...options,
    labelNames: [...labelNames],
    registers: [registry],
    async collect() {
      const samples = await inTime(patience, read).catch((): readonly Sample[] => []);
      this.reset();
      if (labelNames.length === 0) this.remove(); // a gauge without labels is 0 where it was reset
      for (const [value, labels = {}] of samples) this.set(labels, value);
    },
  });
}
