import type { Logger } from 'pino';
import { z } from 'zod';
import type { Spending, Spent } from '#net/limits/shared-limits.ts';
import { NotableSpending } from '#net/nodes/notable-spending.ts';
import { readJson } from '#schema/json.ts';
import type { NodeReports } from '#storage/storage.ts';
import { description } from '../log.ts';
import { runPeriodically } from '../tasks.ts';

/** What a node reports; what a node of another version writes in another form is left out. */
const spentShape = z.record(z.string(), z.record(z.string(), z.number()));

/** Milliseconds between two exchanges. Two of them and the tenth of a second of a worker are less than a second. */
const usualPause = 400;

/** The part of a node that the other nodes hear of its sources, and that hears of theirs. */
export interface NodeLimits {
  /** Counts what a process of this node reports. */
  note(spending: Pick<Spending, 'spent' | 'budgets'>): void;
  /** Has reports exchanged from now on. Answers how to stop. @param spend takes what other nodes report */
  start(reports: NodeReports | undefined, spend: (spent: Spent) => void, log: Logger): () => Promise<void>;
}

/**
 * Limits of sources that all nodes of an installation keep together, with one statement for each exchange and none for a
 * request. Without the database each node counts for itself.
 */
export function nodeLimits(pause = usualPause): NodeLimits {
  const notable = new NotableSpending();
  let isExchanging = false;
  return {
    note(spending) {
      if (isExchanging) notable.note(spending, Date.now());
    },
    start(reports, spend, log) {
      if (!reports) return async () => undefined;
      isExchanging = true;
      let isAway = false;
      const exchange = async () => {
        const spent = notable.take();
        const others = await reports.exchange(spent && JSON.stringify(spent));
        if (isAway) log.warn('limits of source addresses apply to all nodes together again');
        isAway = false;
        for (const report of others) spend(readJson(spentShape, report) ?? {});
      };
      return runPeriodically(exchange, pause, (problem) => {
        if (!isAway) log.warn(description(problem), 'limits of source addresses apply to this node only');
        isAway = true;
      });
    },
  };
}
