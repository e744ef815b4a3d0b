import type { MetricRows } from './messages.ts';

/** Kinds of metrics that only go up: what a worker counted stays counted when it has ended. */
const countingTypes: ReadonlySet<string> = new Set(['counter', 'histogram']);

/** What workers that have ended had counted when they were last asked, so that no sum goes down. */
export class WorkerMetrics {
  readonly #last = new Map<number, MetricRows>();
  #ended: MetricRows | undefined;

  note(worker: number, rows: MetricRows): void {
    this.#last.set(worker, rows);
  }

  end(worker: number): void {
    const rows = this.#last.get(worker)?.filter(({ type }) => countingTypes.has(String(type)));
    this.#last.delete(worker);
    if (!rows) return;
    const before = this.#ended;
    this.#ended = rows;
    if (before)
      void rowsTogether([before, rows]).then((sum) => {
        this.#ended = sum;
      });
  }

  ofEnded(): readonly MetricRows[] {
    return this.#ended ? [this.#ended] : [];
  }
}

/** The metrics of several processes as one: sums, but where a metric says otherwise. */
export const rowsTogether = async (processes: readonly MetricRows[]): Promise<MetricRows> =>
  (await registryOf(processes)).getMetricsAsJSON() as never;

/** The same in the text format of Prometheus. */
export const textOf = async (processes: readonly MetricRows[]): Promise<string> =>
  (await registryOf(processes)).metrics();

/** The library is loaded when metrics are read: a parent starts its first worker without it. */
async function registryOf(processes: readonly MetricRows[]) {
  const { AggregatorRegistry } = await import('prom-client');
  return AggregatorRegistry.aggregate([...processes] as never);
}
