import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Storage } from '#storage/storage.ts';
import { description } from '../log.ts';
import { clock } from '../process/clock.ts';
import type { EventTarget } from './event.ts';
import type { EventMetrics } from './event-metrics.ts';
import { readEvents } from './read-events.ts';

export interface DeliveryContext {
  readonly storage: Pick<Storage, 'outbox' | 'forTenant' | 'audits'>;
  readonly metrics: EventMetrics | undefined;
  readonly log: Logger;
  /** Who delivers: one process has a target at a time. */
  readonly holder: string;
  /** Milliseconds between looks into an outbox that was empty. */
  readonly pause?: number;
}

/** Events of one delivery. */
const batch = 100;
/**
 * Milliseconds that one delivery may take, and for which a process has the right to deliver. It takes the right again when no
 * whole delivery fits into the rest, so that a server with nothing to deliver does not write each second.
 */
const patience = 20_000;
const leaseMilliseconds = 60_000;
/** Milliseconds before a delivery that failed is tried again: twice as many each time. */
const [firstPause, longestPause] = [1_000, 60_000];

/** Delivers the events of every target until it is stopped; each target waits for itself alone. */
export function deliverEvents(targets: readonly EventTarget[], context: DeliveryContext): () => Promise<void> {
  const ending = new AbortController();
  const loops = targets.map((target) => deliverTo(target, context, ending.signal));
  return async () => {
    ending.abort(new Error('the server is stopping'));
    await Promise.all(loops);
    for (const target of targets) await target.close?.();
  };
}

async function deliverTo(target: EventTarget, context: DeliveryContext, stop: AbortSignal): Promise<void> {
  const { storage, metrics, log, holder, pause = 1_000 } = context;
  let failedPause = 0;
  const lease = { until: 0 };
  while (!stop.aborted) {
    let isMore = false;
    try {
      isMore = await deliverBatch(target, context, lease, stop);
      failedPause = 0;
    } catch (problem) {
      if (stop.aborted) break;
      failedPause = Math.min(longestPause, Math.max(firstPause, failedPause * 2));
      metrics?.countFailure(target.name);
      const { fault } = description(problem);
      log.warn({ target: target.name, fault, nextTryMilliseconds: failedPause }, 'events were not delivered');
    }
    if (!isMore) await wait(failedPause || pause, undefined, { signal: stop }).catch(() => undefined);
  }
  const now = clock.now();
  await storage.outbox.lease(target.name, holder, now, now).catch(() => undefined); // another process may continue at once
}

/** True where more may wait. */
async function deliverBatch(
  target: EventTarget,
  context: DeliveryContext,
  lease: { until: number },
  stop: AbortSignal,
): Promise<boolean> {
  const { storage, metrics, log, holder } = context;
  const now = clock.now();
  if (lease.until - now.getTime() < patience) {
    const until = new Date(now.getTime() + leaseMilliseconds);
    if (!(await storage.outbox.lease(target.name, holder, now, until))) return false;
    lease.until = until.getTime();
  }
  const entries = await storage.outbox.next(target.name, batch);
  if (entries.length === 0) return false;
  const { events, lost } = await readEvents(entries, storage, (problem, { id, tenantId }) =>
    log.error({ target: target.name, tenantId, id, ...description(problem) }, 'an event cannot be read'),
  );
  if (events.length > 0) await target.deliver(events, AbortSignal.any([stop, AbortSignal.timeout(patience)]));
  await storage.outbox.delivered(target.name, entries);
  metrics?.countDelivered(target.name, events.length, lost);
  return entries.length === batch;
}
