import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { BuildState } from '#apps/admin-center/build.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { Spending, Spent } from '#net/limits/shared-limits.ts';
import type { CopyMessage } from './listener-copies.ts';

/** The metrics of one process. */
export type MetricRows = readonly MetricObjectWithValues<MetricValue<string>>[];

/** What a worker tells its parent. */
export type FromWorker =
  | { readonly kind: 'ready' }
  /** It could not start; `because` is absent where the fault has no reason of the table. */
  | { readonly kind: 'failed'; readonly because?: Because; readonly problem: string }
  /** Its event loop runs. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'metrics'; readonly question: number; readonly rows: MetricRows }
  | { readonly kind: 'spending'; readonly spending: Spending }
  /** With its listening socket: it asks for copies of the descriptor. */
  | CopyMessage;

/** What a parent tells its workers. */
export type FromParent =
  /** The installation is open: serve it. What the command line said, by setting: the first message. */
  | { readonly kind: 'serve'; readonly settings: Readonly<Record<string, unknown>> }
  | { readonly kind: 'metrics'; readonly question: number }
  /** What another worker has reported of its sources. */
  | { readonly kind: 'spending'; readonly from: number; readonly spending: Spending }
  /** What sources have spent at other nodes. */
  | { readonly kind: 'elsewhere'; readonly spent: Spent }
  | { readonly kind: 'ended'; readonly worker: number }
  | { readonly kind: 'build'; readonly state: BuildState }
  /** With a copy of the descriptor that the worker sent. */
  | CopyMessage;
