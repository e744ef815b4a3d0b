import type { SendHandle } from 'node:child_process';
import cluster, { type Worker } from 'node:cluster';
import module from 'node:module';
import { dirname } from 'node:path';
import type { BuildState } from '#apps/admin-center/build.ts';
import { CardeaError } from '#core/trace/fault.ts';
import type { Spending, Spent } from '#net/limits/shared-limits.ts';
import { lostDatabaseExit } from '../process/lost-database.ts';
import { sendCopies } from './listener-copies.ts';
import type { FromParent, FromWorker, MetricRows } from './messages.ts';
import { openCounts } from './open-counts.ts';
import { Silence } from './silence.ts';
import { WorkerMetrics } from './worker-metrics.ts';

/** Milliseconds after which a worker whose event loop does not run is ended and replaced. */
const silencePatience = 60_000;

/** Milliseconds before a worker that ended before it was steady is started again, doubled each time up to the second figure. */
const [firstPause, longestPause] = [500, 30_000];

/** Milliseconds that a worker serves until it counts as steady. One that ends earlier may end again at once. */
const steadyMilliseconds = 10_000;

/** Milliseconds that a worker has to finish what it serves. Its own limit is ten seconds. */
const stopPatience = 20_000;

/** Milliseconds that a worker has to tell its metrics. */
const metricsPatience = 2_000;

/** What the parent's log says of workers. */
export interface WorkerEvents {
  onEnd(worker: { readonly pid: number; readonly code: number | null; readonly signal: string | null }): void;
  onSilence(worker: { readonly pid: number }): void;
  /** The disk refused the log of the database ({@link lostDatabaseExit}): none of the processes may continue. */
  onLostDatabase(worker: { readonly pid: number }): void;
}

/** A worker that does not serve yet. */
interface Starting {
  readonly worker: Worker;
  /** Rejects with what keeps it from serving. */
  readonly ready: Promise<void>;
}

/**
 * Equal processes that serve on the same ports. Each takes a connection from the queue of the port when it has time for one, so
 * that the death of a process takes no connection of another one along, and none waits for the parent. A process that
 * ends is replaced.
 */
export class Workers {
  readonly #count: number;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #events: WorkerEvents;
  readonly #open = new Set<Worker>();
  readonly #ready = new Set<Worker>();
  readonly #steady = new Set<Worker>();
  readonly #silence = new Silence<Worker>(silencePatience, performance.now());
  readonly #metrics = new WorkerMetrics();
  readonly #counts = openCounts();
  readonly #timers = new Set<NodeJS.Timeout>();
  #noteSpending: (spending: Spending) => void = () => undefined;
  #first: Starting | undefined;
  #build: BuildState = 'current';
  #questions = 0;
  #replacements = 0;
  #pause = firstPause;
  /** From the first one that serves until the end: what ends meanwhile is replaced. */
  #isServing = false;

  /** @param settings what the command line said, by setting */
  constructor(count: number, settings: Readonly<Record<string, unknown>>, events: WorkerEvents) {
    this.#count = count;
    this.#settings = settings;
    this.#events = events;
    // Connections are taken by the workers themselves: the parent accepts none and hands none on.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({ execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'] });
  }

  /** How many serve now. */
  get ready(): number {
    return this.#ready.size;
  }

  /** @throws where none serves */
  check(): void {
    if (this.ready === 0) throw new Error('no process serves');
  }

  /** How many were replaced since the start. */
  get replacements(): number {
    return this.#replacements;
  }

  /**
   * Starts the first one, which loads its code and then waits for {@link listen}. The parent opens the installation meanwhile. The
   * others start later, because this one decides when the server is ready, and a second core loads its code.
   */
  begin(): void {
    this.#first = this.#start();
  }

  /** Starts all of them on an installation that is open, and waits for the first one that serves. @throws what kept them all from serving */
  async listen(): Promise<void> {
    const starts = [this.#first ?? this.#start()];
    while (starts.length < this.#count) starts.push(this.#start());
    for (const { worker } of starts) this.#serve(worker);
    await Promise.any(starts.map(({ ready }) => ready)).catch((problem: AggregateError) => {
      throw problem.errors[0];
    });
    this.#isServing = true;
    for (let missing = this.#count - this.#open.size; missing > 0; missing--) this.#replaceLater();
    const watching = setInterval(() => this.#endSilent(), this.#silence.pause).unref();
    this.#timers.add(watching);
  }

  /** Workers read files of the TLS certificate again by themselves. */
  setCertificate(): void {
    this.reload();
  }

  /** Has every worker read its settings and files again. */
  reload(): void {
    this.#signal('SIGHUP', this.#ready); // who only starts does not listen yet, and reads them anyway
  }

  /** Tells the workers how the build of the admin center stands. */
  broadcastBuild(state: BuildState): void {
    this.#build = state;
    this.#broadcast({ kind: 'build', state });
  }

  /** Hears from now on what the workers report of their sources. */
  watchSpending(note: (spending: Spending) => void): void {
    this.#noteSpending = note;
  }

  /** Tells the workers what sources have spent at other nodes. */
  spend(spent: Spent): void {
    this.#broadcast({ kind: 'elsewhere', spent });
  }

  /** The metrics of the workers, and of those that have ended. A worker that does not answer in time is left out. */
  async metricRows(): Promise<readonly MetricRows[]> {
    const rows = await Promise.all([...this.#ready].map((worker) => this.#rowsOf(worker)));
    return [...rows.filter((row) => row !== undefined), ...this.#metrics.ofEnded()];
  }

  /** Ends the workers at once. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  /** Lets the workers finish what they serve. */
  async close(): Promise<void> {
    this.#isServing = false;
    for (const timer of this.#timers) clearTimeout(timer);
    const ends = [...this.#open].map((worker) => new Promise((end) => worker.once('exit', end)));
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.#signal('SIGKILL'), stopPatience);
    await Promise.all(ends);
    clearTimeout(timer);
  }

  #start(): Starting {
    const worker = this.#fork();
    const ready = new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve();
        if (message.kind === 'failed') reject(faultIn(message));
      });
      worker.once('exit', (code, signal) => reject(new Error(`a worker ended with ${signal ?? code} as it started`)));
    });
    ready.catch(() => undefined); // it may end before anyone waits for it
    return { worker, ready };
  }

  #fork(): Worker {
    const folder = module.getCompileCacheDir();
    const worker = cluster.fork(folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) });
    this.#open.add(worker);
    this.#silence.hear(worker, performance.now());
    worker.on('message', (message: FromWorker, handle?: SendHandle) => {
      if (message.kind === 'copy') sendCopies(worker, message, handle);
      else this.#hear(worker, message);
    });
    worker.on('error', () => undefined); // a message to a worker that has just ended
    worker.once('exit', (code, signal) => this.#ended(worker, code, signal));
    return worker;
  }

  #serve(worker: Worker): void {
    this.#send(worker, { kind: 'serve', settings: this.#settings });
  }

  #hear(worker: Worker, message: FromWorker): void {
    this.#silence.hear(worker, performance.now());
    if (message.kind === 'ready') {
      this.#ready.add(worker);
      this.#noteSteady(worker);
      this.#send(worker, { kind: 'build', state: this.#build });
      for (const [from, open] of this.#counts.all())
        this.#send(worker, { kind: 'spending', from, spending: { spent: {}, budgets: {}, open } });
    }
    if (message.kind === 'spending') {
      this.#counts.note(worker.id, message.spending.open);
      this.#noteSpending(message.spending);
      for (const other of this.#ready)
        if (other !== worker) this.#send(other, { kind: 'spending', from: worker.id, spending: message.spending });
    }
  }

  #ended(worker: Worker, code: number | null, signal: string | null): void {
    this.#ready.delete(worker);
    this.#open.delete(worker);
    this.#silence.forget(worker);
    this.#metrics.end(worker.id);
    this.#counts.forget(worker.id);
    this.#broadcast({ kind: 'ended', worker: worker.id });
    const pid = worker.process.pid ?? 0;
    if (code === lostDatabaseExit) this.#events.onLostDatabase({ pid });
    if (!this.#isServing) return;
    this.#events.onEnd({ pid, code, signal });
    if (this.#steady.delete(worker)) this.#replace();
    else this.#replaceLater();
  }

  #noteSteady(worker: Worker): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#ready.has(worker)) return;
      this.#steady.add(worker);
      this.#pause = firstPause;
    }, steadyMilliseconds).unref();
    this.#timers.add(timer);
  }

  #replaceLater(): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#replace();
    }, this.#pause).unref();
    this.#timers.add(timer);
    this.#pause = Math.min(this.#pause * 2, longestPause);
  }

  #replace(): void {
    this.#replacements++;
    this.#serve(this.#fork());
  }

  #endSilent(): void {
    for (const worker of this.#silence.find(performance.now())) {
      if (!this.#ready.has(worker)) continue;
      this.#events.onSilence({ pid: worker.process.pid ?? 0 });
      worker.process.kill('SIGKILL');
    }
  }

  async #rowsOf(worker: Worker): Promise<MetricRows | undefined> {
    const question = ++this.#questions;
    const rows = await new Promise<MetricRows | undefined>((resolve) => {
      const done = (answer: MetricRows | undefined) => {
        clearTimeout(timer);
        worker.off('message', hear).off('exit', gone);
        resolve(answer);
      };
      const hear = (message: FromWorker) => {
        if (message.kind === 'metrics' && message.question === question) done(message.rows);
      };
      const gone = () => done(undefined);
      const timer = setTimeout(gone, metricsPatience);
      worker.on('message', hear).once('exit', gone);
      this.#send(worker, { kind: 'metrics', question });
    });
    if (rows) this.#metrics.note(worker.id, rows);
    return rows;
  }

  #send(worker: Worker, message: FromParent): void {
    if (worker.isConnected()) worker.send(message);
  }

  #broadcast(message: FromParent): void {
    for (const worker of this.#ready) this.#send(worker, message);
  }

  #signal(signal: NodeJS.Signals, workers: ReadonlySet<Worker> = this.#open): void {
    for (const worker of workers) worker.process.kill(signal);
  }
}

const faultIn = ({ because, problem }: FromWorker & { readonly kind: 'failed' }): Error =>
  because ? new CardeaError(because) : new Error(problem);
