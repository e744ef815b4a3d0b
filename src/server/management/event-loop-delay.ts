import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/**
 * Milliseconds between two looks at the event loop. Each look wakes a process that is at rest: the 10 milliseconds of prom-client
 * cost 0.3 % of a core. A delay that is shorter than this can be missed, and what is alerted on is 0.5 s.
 */
const resolution = 100;

type Histogram = ReturnType<typeof monitorEventLoopDelay>;

/** Seconds by which the event loop was late, of nanoseconds between two looks. */
const delayOf = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - resolution / 1e3);

/** The gauges of prom-client by the part of their name, with their help and figure. */
const gauges: Readonly<Record<string, readonly [help: string, read: (histogram: Histogram) => number]>> = {
  min: ['The minimum recorded event loop delay.', ({ min }) => delayOf(min)],
  max: ['The maximum recorded event loop delay.', ({ max }) => delayOf(max)],
  mean: ['The mean of the recorded event loop delays.', ({ mean }) => delayOf(mean)],
  stddev: ['The standard deviation of the recorded event loop delays.', ({ stddev }) => stddev / 1e9],
  p50: ['The 50th percentile of the recorded event loop delays.', (histogram) => delayOf(histogram.percentile(50))],
  p90: ['The 90th percentile of the recorded event loop delays.', (histogram) => delayOf(histogram.percentile(90))],
  p99: ['The 99th percentile of the recorded event loop delays.', (histogram) => delayOf(histogram.percentile(99))],
};

/** Options of prom-client with which its own histogram never wakes the process: {@link addEventLoopDelay} replaces it. */
export const withoutPolling = { eventLoopMonitoringPrecision: 2 ** 31 - 1 };

/**
 * Puts gauges with the names of prom-client instead of its own. They hold seconds by which the event loop was late since
 * they were last read: 0 at rest, where those of prom-client add the time between two looks.
 */
export function addEventLoopDelay(registry: Registry): void {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  const last = Object.keys(gauges).at(-1);
  for (const [part, [help, read]] of Object.entries(gauges)) {
    const name = `nodejs_eventloop_lag_${part}_seconds`;
    registry.removeSingleMetric(name);
    new Gauge({
      name,
      help,
      registers: [registry],
      aggregator: part === 'min' || part === 'max' ? part : 'average',
      // A registry reads its gauges in the order in which they were added.
      collect() {
        this.set(histogram.count === 0 ? 0 : read(histogram));
        if (part === last) histogram.reset();
      },
    });
  }
}
