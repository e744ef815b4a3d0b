import { Counter, type Registry } from 'prom-client';
import type { EventOutbox } from '#ports/logs.ts';
import { addGauge } from '../management/gauge.ts';
import { clock } from '../process/clock.ts';

/** The metrics of the delivery of events. */
export class EventMetrics {
  readonly #delivered: Counter<'target'>;
  readonly #lost: Counter<'target'>;
  readonly #failures: Counter<'target'>;

  constructor(register: Registry, { backlog }: Pick<EventOutbox, 'backlog'>) {
    const registers = [register];
    const labelNames = ['target'] as const;
    this.#delivered = new Counter({
      name: 'cardea_events_delivered_total',
      help: 'Events of the logs that this process delivered.',
      ...{ labelNames, registers },
    });
    this.#lost = new Counter({
      name: 'cardea_events_lost_total',
      help: 'Events that left the log, or could not be read, before they were delivered.',
      ...{ labelNames, registers },
    });
    this.#failures = new Counter({
      name: 'cardea_event_delivery_failures_total',
      help: 'Deliveries that failed and are tried again.',
      ...{ labelNames, registers },
    });
    const read = shared(backlog);
    addGauge(
      register,
      { name: 'cardea_events_waiting', help: 'Events that wait for a target, counted up to 100000.', labelNames },
      async () => (await read()).map(({ target, count }) => [count, { target }]),
    );
    addGauge(
      register,
      {
        name: 'cardea_event_delivery_lag_seconds',
        help: 'Age of the oldest event that waits for a target; 0 where none waits.',
        labelNames,
      },
      async () => {
        const now = clock.now().getTime();
        return (await read()).map(({ target, oldest }) => [
          oldest ? Math.max(0, now - oldest.getTime()) / 1000 : 0,
          { target },
        ]);
      },
    );
  }

  countDelivered(target: string, count: number, lost: number): void {
    this.#delivered.inc({ target }, count);
    this.#lost.inc({ target }, lost);
  }

  countFailure(target: string): void {
    this.#failures.inc({ target });
  }
}

/** Metrics are read side by side: what is asked for at once is read once. */
function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}
