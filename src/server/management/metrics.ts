import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { strongestOf } from '#core/access/strengths.ts';
import { signInNumber } from '#core/trace/sign-in-number.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { SyncRun } from '#model/synchronisation.ts';
import type { Admission } from '#net/admission/admission.ts';
import type { Queue } from '#net/admission/queue-wait.ts';
import type { EventOutbox } from '#ports/logs.ts';
import type { PoolUse } from '#storage/storage.ts';
import { EventMetrics } from '../events/event-metrics.ts';
import type { MetricRows } from '../workers/messages.ts';
import { textOf } from '../workers/worker-metrics.ts';
import type { Workers } from '../workers/workers.ts';
import { addEventLoopDelay, withoutPolling } from './event-loop-delay.ts';
import { addGauge } from './gauge.ts';
import type { Health } from './health.ts';
import type { StepObserver } from './step-times.ts';
import { addTrustMetrics } from './trust-metrics.ts';
import type { TrustedAuthority } from './trusted-authority.ts';

/** The token endpoints of both versions. */
const tokenPath = /^\/[^/?]+\/oauth2\/(?:v2\.0\/)?token(?:$|\?)/;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Where a request came in. */
export type Endpoint = 'login' | 'certauth' | 'registration';

/** What the metrics read when they are asked for. */
export interface MetricSources {
  /** Log lines that were dropped since the start. */
  droppedLogLines(): number;
  readonly version: string;
}

/** Seconds. A certificate sign-in is some milliseconds of work, and up to three minutes of choosing a certificate. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * The metrics of this process, in the text format of Prometheus 0.0.4. No label holds the name, address or certificate of a
 * user, and each label has a bounded number of values: what an outsider can choose never becomes one.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #signIns: Counter<'tenant' | 'result' | 'error_code' | 'reason' | 'method' | 'strength' | 'interactive'>;
  readonly #requests: Histogram<'endpoint' | 'status'>;
  readonly #waits: Histogram<'queue'>;
  readonly #steps: Histogram<'step'>;
  readonly #syncRuns: Counter<'tenant' | 'domain' | 'result'>;
  readonly #syncSuccess: Gauge<'tenant' | 'domain'>;
  #logSize: Gauge | undefined;
  #workers: Pick<Workers, 'metricRows'> | undefined;

  constructor(sources: MetricSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry, ...withoutPolling });
    addEventLoopDelay(this.#registry);
    this.#signIns = new Counter({
      name: 'cardea_sign_ins_total',
      help: 'Sign-ins that this process wrote to the sign-in log.',
      labelNames: ['tenant', 'result', 'error_code', 'reason', 'method', 'strength', 'interactive'],
      registers,
    });
    this.#requests = new Histogram({
      name: 'cardea_http_request_duration_seconds',
      help: 'Time from when a request is served to the end of its answer. The time that it waited in a queue is cardea_queue_wait_seconds.',
      labelNames: ['endpoint', 'status'],
      buckets,
      registers,
    });
    this.#waits = new Histogram({
      name: 'cardea_queue_wait_seconds',
      help: 'Time that sign-ins, requests of a source and TLS handshakes waited in a queue before they were served. Those that did not wait are not included.',
      labelNames: ['queue'],
      buckets,
      registers,
    });
    this.#steps = new Histogram({
      name: 'cardea_sign_in_step_duration_seconds',
      help: 'Time of the steps of sign-ins: handshake (with the choice of a certificate), certificate, path, revocation, account, strength, user, access, token.',
      labelNames: ['step'],
      buckets,
      registers,
    });
    this.#syncRuns = new Counter({
      name: 'cardea_sync_runs_total',
      help: 'Runs of the directory synchronization that this process made when they were due; result is success or the code of the reason.',
      labelNames: ['tenant', 'domain', 'result'],
      registers,
    });
    this.#syncSuccess = new Gauge({
      name: 'cardea_sync_last_success_timestamp_seconds',
      help: 'When this process last synchronized a domain without a fault.',
      labelNames: ['tenant', 'domain'],
      registers,
    });
    this.#addValue('cardea_log_lines_dropped', 'Log lines that could not be written since the start.', () =>
      sources.droppedLogLines(),
    );
    const build = { name: 'cardea_build_info', help: 'Always 1. The version is a label.', labelNames: ['version'] };
    addGauge(this.#registry, build, () => [[1, { version: sources.version }]]);
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** Of this process, or of it and its workers together. */
  async text(): Promise<string> {
    if (!this.#workers) return this.#registry.metrics();
    return textOf([await this.rows(), ...(await this.#workers.metricRows())]);
  }

  /** The metrics as rows, which those of other processes are added to. */
  async rows(): Promise<MetricRows> {
    const rows = await this.#registry.getMetricsAsJSON();
    return rows.map((row) => ({ ...row, aggregator: aggregatorOf(row) }));
  }

  /** Adds how many sign-ins this process works on, and how many it answered 503. */
  watchAdmission(admission: Pick<Admission, 'atWork' | 'waiting' | 'beginnings' | 'refusals'>): void {
    this.#addValue('cardea_sign_ins_at_work', 'Sign-ins in progress.', () => admission.atWork);
    this.#addValue('cardea_sign_ins_waiting', 'Sign-ins that wait to start.', () => admission.waiting);
    this.#addValue(
      'cardea_sign_ins_admitted',
      'Sign-ins that started since the start of the process.',
      () => admission.beginnings,
    );
    this.#addValue(
      'cardea_sign_ins_busy',
      'Sign-ins that were answered 503 since the start.',
      () => admission.refusals,
    );
  }

  /** Notes the size of the sign-in log of all tenants together. */
  noteLogSize(octets: number): void {
    this.#logSize ??= new Gauge({
      name: 'cardea_sign_in_log_bytes',
      help: 'Size of the sign-in log of all tenants together with its indexes, measured every ten minutes; on SQLite an estimate.',
      registers: [this.#registry],
    });
    this.#logSize.set(octets);
  }

  /** Adds the metrics of the workers of this process. */
  watchWorkers(workers: Pick<Workers, 'ready' | 'replacements' | 'metricRows'>): void {
    this.#workers = workers;
    this.#addValue('cardea_workers', 'Processes that serve sign-ins.', () => workers.ready);
    this.#addValue(
      'cardea_workers_replaced',
      'Processes that ended and were replaced since the start.',
      () => workers.replacements,
    );
  }

  /** Adds the checks of `/health/ready`. */
  watchHealth(check: () => Promise<Health>): void {
    const options = {
      name: 'cardea_health_check_passing',
      help: '0 while a check of /health/ready fails, otherwise 1.',
      labelNames: ['check'],
    };
    addGauge(this.#registry, options, async () =>
      Object.entries((await check()).checks).map(([name, { status }]) => [status === 'fail' ? 0 : 1, { check: name }]),
    );
  }

  /** Adds the end of the server's own TLS certificate. @param read the certificate in use with its chain, in PEM form */
  watchTls(read: () => string): void {
    const help = 'When the TLS certificate of the server expires.';
    this.#addValue('cardea_tls_certificate_expiry_timestamp_seconds', help, () =>
      Math.floor(new X509Certificate(read()).validToDate.getTime() / 1000),
    );
  }

  /** Adds the metrics of CAs and CRLs. */
  watchTrust(read: () => Promise<readonly TrustedAuthority[]>): void {
    addTrustMetrics(this.#registry, read);
  }

  /** Adds the metrics of the delivery of events. */
  watchEvents(outbox: Pick<EventOutbox, 'backlog'>): EventMetrics {
    return new EventMetrics(this.#registry, outbox);
  }

  /** Counts an entry of the sign-in log once it is durable. */
  countSignIn(tenant: string, { status, because, proofs, isInteractive }: SignInRecord): void {
    this.#signIns.inc({
      tenant,
      result: status,
      error_code: String(signInNumber(status, because)),
      reason: because.code,
      method: [...new Set(proofs.map(({ method }) => method))].sort().join('+'),
      strength: strongestOf(proofs) ?? (proofs.length > 0 ? 'One factor' : ''),
      interactive: String(isInteractive),
    });
  }

  /** Counts a run of the directory synchronization. */
  countSyncRun(tenant: string, domain: string, { because, endedDateTime }: SyncRun): void {
    this.#syncRuns.inc({ tenant, domain, result: because?.code ?? 'success' });
    if (!because) this.#syncSuccess.set({ tenant, domain }, Date.parse(endedDateTime) / 1000);
  }

  /** Observes the steps of sign-ins. */
  readonly steps: StepObserver = {
    ended: (step, { milliseconds }) => this.#steps.observe({ step }, milliseconds / 1000),
  };

  /** Observes a TLS handshake with the certauth host. */
  observeHandshake(milliseconds: number): void {
    this.#steps.observe({ step: 'handshake' }, milliseconds / 1000);
  }

  /** Observes what waited in a queue. */
  observeWait(queue: Queue, milliseconds: number): void {
    this.#waits.observe({ queue }, milliseconds / 1000);
  }

  /** Adds the connections of PostgreSQL. */
  watchPool(read: () => PoolUse): void {
    this.#addValue('cardea_database_connections', 'Open connections to the database.', () => read().open);
    this.#addValue('cardea_database_connections_idle', 'Open connections that are not in use.', () => read().idle);
    this.#addValue('cardea_database_waiting', 'Statements that wait for a connection.', () => read().waiting);
  }

  /** Adds a gauge without labels. */
  #addValue(name: string, help: string, read: () => number): void {
    addGauge(this.#registry, { name, help }, () => [[read()]]);
  }

  /** The listener, with the time of each request observed: from when it is served, after it has waited in queues. */
  timed(endpoint: Endpoint, listener: Listener): Listener {
    return (request, response) => {
      const start = performance.now();
      response.once('close', () => {
        const labels = { endpoint, status: String(response.statusCode) };
        const seconds = (performance.now() - start) / 1000;
        this.#requests.observe(labels, seconds);
        if (tokenPath.test(request.url ?? '')) this.#steps.observe({ step: 'token' }, seconds);
      });
      listener(request, response);
    };
  }
}

/** How the values of several processes become one; sums, where nothing else is said. */
const aggregators: readonly (readonly [name: RegExp, aggregator: Aggregator])[] = [
  [/^nodejs_eventloop_lag_(?:p\d+_)?seconds$/, 'max'], // the slowest process is the one to look at
  [/^cardea_build_info$/, 'first'],
  [/^cardea_tls_certificate_expiry_timestamp_seconds$/, 'min'],
  [/^cardea_sync_last_success_timestamp_seconds$/, 'max'],
];

const aggregatorOf = ({ name, aggregator }: MetricRows[number]): Aggregator =>
  aggregators.find(([pattern]) => pattern.test(name))?.[1] ?? aggregator;
