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

/** One of so many exchanges reports the TLS certificate: a report is of use for ten seconds (`storage/database/node-reports.ts`). */
const exchangesToTls = 12;

/** What a node does with reports, and what it adds to its own. */
export interface NodeReporting {
  /** Takes what sources spent at other nodes. */
  spend(spent: Spent): void;
  /** What clients must trust to accept the TLS certificate of this node (`tlsRootOf`). */
  readonly tlsRoot?: string;
}

/** Milliseconds between two exchanges. Two of them and the tenth of a second of a worker are less than a second. */
const usualPause = 400;

/** The part of a node that the other nodes hear of its sources, and that hears of theirs. */
export interface NodeLimits {
  /** Counts what a process of this node reports. */
  note(spending: Pick<Spending, 'spent' | 'budgets'>): void;
  /** Has reports exchanged from now on. Answers how to stop. */
  start(reports: NodeReports | undefined, reporting: NodeReporting, log: Logger): () => Promise<void>;
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
    start(reports, { spend, tlsRoot }, log) {
      if (!reports) return async () => undefined;
      isExchanging = true;
      let [isAway, hasWarned, exchanges] = [false, false, 0];
      const compareRoots = (roots: readonly string[]) => {
        if (hasWarned || tlsRoot === undefined || roots.every((root) => root === tlsRoot)) return;
        hasWarned = true;
        log.warn(
          'another node has a TLS certificate that clients of this node do not trust: set tlsCertificateFile and tlsKeyFile on all nodes',
        );
      };
      const exchange = async () => {
        const isTlsDue = exchanges++ % exchangesToTls === 0 && tlsRoot !== undefined;
        const spent = isTlsDue ? { ...notable.take(), tlsRoot: { [tlsRoot]: 1 } } : notable.take();
        const others = await reports.exchange(spent && JSON.stringify(spent));
        if (isAway) log.warn('limits of source addresses apply to all nodes together again');
        isAway = false;
        for (const text of others) {
          const { tlsRoot: roots = {}, ...spent } = readJson(spentShape, text) ?? {};
          spend(spent);
          compareRoots(Object.keys(roots));
        }
      };
      return runPeriodically(exchange, pause, (problem) => {
        if (!isAway) log.warn(description(problem), 'limits of source addresses apply to this node only');
        isAway = true;
      });
    },
  };
}
