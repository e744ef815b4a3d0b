import cluster from 'node:cluster';
import { AdminCenterBuild } from '#apps/admin-center/build.ts';
import { packageVersion } from '#cli/version.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { SharedLimits } from '#net/limits/shared-limits.ts';
import { type Config, readConfig } from '../config.ts';
import { openInstallation } from '../installation.ts';
import { droppedLogLines, logOf } from '../log.ts';
import { Metrics } from '../management/metrics.ts';
import { endWhenLost } from '../process/lost-database.ts';
import { tidyAtRest } from '../process/rest.ts';
import { startServer } from '../start.ts';
import { openTracing } from '../tracing/open-tracing.ts';
import type { FromParent, FromWorker } from './messages.ts';

/** Milliseconds between two signs of life. */
const lifePause = 5_000;

const send = (message: FromWorker): void => {
  if (process.connected) process.send?.(message);
};

/** Serves as one of several processes of a parent until the parent ends it, or is gone. */
export async function serveAsWorker(): Promise<void> {
  // A terminal sends its signals to all processes of the command; the parent decides when this one ends.
  process.on('SIGINT', () => undefined);
  const end = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()));
  // The parent was killed: what this process would tell it reaches no process.
  cluster.worker?.on('error', () => process.exit());
  try {
    // Loading takes longer than what the parent opens meanwhile.
    await import('../listeners/listeners.ts');
    const settings = await Promise.race([settingsOfParent(), end]);
    if (settings) await serve(settings, end);
  } catch (thrown) {
    const because = thrown instanceof CardeaError ? { because: thrown.because } : {};
    send({
      kind: 'failed',
      ...because,
      problem: thrown instanceof Error ? (thrown.stack ?? thrown.message) : `${thrown}`,
    });
    process.exitCode = 1;
  }
  process.disconnect(); // ends the process
}

async function serve(settings: Record<string, unknown>, end: Promise<void>): Promise<void> {
  await using _server = await openWorker(readConfig(settings, process.env, process.cwd()));
  send({ kind: 'ready' });
  const life = setInterval(() => send({ kind: 'alive' }), lifePause).unref();
  const stopTidying = tidyAtRest();
  await end;
  stopTidying();
  clearInterval(life);
}

/** What the command line of the parent said. */
const settingsOfParent = (): Promise<Record<string, unknown>> =>
  new Promise((resolve) => {
    const hear = (message: FromParent) => {
      if (message.kind !== 'serve') return;
      process.off('message', hear);
      resolve(message.settings);
    };
    process.on('message', hear);
  });

async function openWorker(config: Config): Promise<AsyncDisposableStack> {
  const log = logOf(config.logLevel);
  const metrics = new Metrics({ droppedLogLines, version: packageVersion() });
  const sharedLimits = new SharedLimits((spending) => send({ kind: 'spending', spending }));
  const build = new AdminCenterBuild();
  build.follow('current');
  process.on('message', async (message: FromParent) => {
    if (message.kind === 'metrics') send({ kind: 'metrics', question: message.question, rows: await metrics.rows() });
    if (message.kind === 'spending') sharedLimits.receive(message.from, message.spending);
    if (message.kind === 'elsewhere') sharedLimits.spend(message.spent);
    if (message.kind === 'ended') sharedLimits.forget(message.worker);
    if (message.kind === 'build') build.follow(message.state);
  });
  const tracing = openTracing(process.env, log);
  const tracer = tracing?.tracer;
  await using opened = new AsyncDisposableStack();
  opened.defer(async () => tracing?.close());
  const installation = await openInstallation(config, log, { metrics, tracer, sharing: 'worker', sharedLimits });
  endWhenLost(installation.storage, log);
  opened.use(await startServer(config, installation, log, { build, metrics, tracer, role: 'worker' }));
  return opened.move();
}
