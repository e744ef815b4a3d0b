import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { IndexJobs } from './index-jobs.ts';

interface Waiting {
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
}
interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}
type Answer = { readonly id: number; readonly output?: never; readonly error?: string };

/** One indexes while the other checks the signature; more would only take the computer from the sign-ins. */
const mostThreads = 2;
/** A thread without work goes after two seconds: until then it holds the octets of the CRLs it has worked on. */
const idleMilliseconds = 2000;

/** Threads for what grows with the size of a CRL. Started when needed; buffers are shared, so nothing is copied. */
export class IndexThreads {
  readonly #threads: Thread[] = [];
  #jobs = 0;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  /** Runs one of the jobs. Rejects when the job threw, the thread died (out of memory, say) or {@link close} came first. */
  run<J extends keyof IndexJobs>(job: J, input: Parameters<IndexJobs[J]>[0]): Promise<ReturnType<IndexJobs[J]>> {
    if (this.#closed) return Promise.reject(new Error('the CRL cache is closed'));
    clearTimeout(this.#idle);
    const thread = this.#leastBusy();
    const id = ++this.#jobs;
    return new Promise((resolve, reject) => {
      thread.waiting.set(id, { resolve, reject });
      thread.worker.ref();
      thread.worker.postMessage({ id, job, input });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #leastBusy(): Thread {
    const [first] = this.#threads.toSorted((a, b) => a.waiting.size - b.waiting.size);
    if (first && (first.waiting.size === 0 || this.#threads.length === mostThreads)) return first;
    return this.#start();
  }

  #start(): Thread {
    const worker = new Worker(new URL(`./index-thread${extname(import.meta.url)}`, import.meta.url), {
      name: 'crl-index',
    });
    const thread: Thread = { worker, waiting: new Map() };
    worker.on('message', (answer: Answer) => this.#answered(thread, answer));
    worker.on('error', (error) => this.#ended(thread, error));
    worker.on('exit', () => this.#ended(thread, new Error('the thread that indexes CRLs ended')));
    this.#threads.push(thread);
    return thread;
  }

  #answered({ worker, waiting }: Thread, { id, output, error }: Answer): void {
    const job = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (error === undefined) job?.resolve(output as never);
    else job?.reject(new Error(error));
    this.#restLater();
  }

  #restLater(): void {
    clearTimeout(this.#idle);
    if (this.#threads.some(({ waiting }) => waiting.size > 0)) return;
    this.#idle = setTimeout(() => {
      for (const { worker } of this.#threads) void worker.terminate();
    }, idleMilliseconds).unref();
  }

  #ended(thread: Thread, error: Error): void {
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    for (const { reject } of thread.waiting.values()) reject(error);
    thread.waiting.clear();
  }
}
