import type { Logger } from 'pino';
import { AdminCenterBuild, type BuildNews } from '#apps/admin-center/build.ts';
import type { Output } from '#cli/command.ts';
import { introduceDemo } from '#cli/demo.ts';
import { packageVersion } from '#cli/version.ts';
import { urlHost } from '#core/host-name.ts';
import { SharedLimits, type Spent } from '#net/limits/shared-limits.ts';
import { findingLines } from '../commands/config.ts';
import type { Config } from '../config.ts';
import { demoPkiOf, servesDemo } from '../demo.ts';
import { findInstallation, openInstallation } from '../installation.ts';
import { checkFreePorts } from '../listeners/check-addresses.ts';
import { tlsRootOf } from '../listeners/tls-files.ts';
import { description, droppedLogLines } from '../log.ts';
import { Metrics } from '../management/metrics.ts';
import { nodeLimits } from '../scheduled/node-limits.ts';
import { startFindings } from '../settings/findings.ts';
import { startServer } from '../start.ts';
import { openTracing } from '../tracing/open-tracing.ts';
import type { Workers } from '../workers/workers.ts';
import { checkFirstStart } from './check-start.ts';
import { clock } from './clock.ts';
import { endWhenLost } from './lost-database.ts';
import { tidyAtRest } from './rest.ts';
import { openServiceManager } from './service-manager.ts';

/**
 * Runs the server until the first SIGINT or SIGTERM.
 * @param parts `workers`: processes that serve instead of this one
 * @throws as `openInstallation` and `startServer`
 */
export async function serveUntilStopped(
  config: Config,
  output: Output,
  { log, workers }: { readonly log: Logger; readonly workers: Workers | undefined },
): Promise<void> {
  const metrics = new Metrics({ droppedLogLines, version: packageVersion() });
  const limits = nodeLimits();
  workers?.watchSpending((spending) => limits.note(spending));
  const hasNodes = workers === undefined && config.databaseUrl !== undefined;
  const sharedLimits = hasNodes ? new SharedLimits((spending) => limits.note(spending)) : undefined;
  const tracing = openTracing(process.env, log);
  const tracer = tracing?.tracer;
  await using traces = new AsyncDisposableStack();
  traces.defer(async () => tracing?.close());
  const manager = openServiceManager(process.env, (problem) => log.error(description(problem), 'service manager'));
  const state = await findInstallation(config);
  if (state === 'none') {
    await checkFirstStart(config);
    await checkFreePorts(config, servesDemo(config, true));
  }
  if (state === 'earlier') manager.upgrading();
  const installation = await openInstallation(config, log, {
    ...{ metrics, tracer },
    ...(workers ? { sharing: 'parent' } : {}),
    ...(sharedLimits && { sharedLimits }),
  });
  endWhenLost(installation.storage, log, () => workers?.kill());
  const build = new AdminCenterBuild();
  await using _server = await startServer(config, installation, log, { build, metrics, tracer, workers });
  const reporting = {
    spend: (spent: Spent) => (workers ?? sharedLimits)?.spend(spent),
    tlsRoot: tlsRootOf(config),
  };
  await using exchange = new AsyncDisposableStack();
  exchange.defer(limits.start(installation.storage.nodeReports, reporting, log)); // ends before the database is closed
  const findings = await startFindings(config, clock.now(), installation.storage.clockOffset);
  if (findings.length > 0) output.complain(findingLines(findings));
  const stopped = stopSignal(); // before the greeting, which a service manager may answer with a signal
  output.say(greetingOf(config));
  build.start(config.buildAdminCenter, (news) => {
    workers?.broadcastBuild(news.state);
    output.say(`${buildNewsIn(news)}\n`);
  });
  workers?.broadcastBuild(build.state);
  if (workers) process.on('SIGHUP', () => workers.reload());
  manager.ready();
  traces.defer(tidyAtRest());
  await stopped;
  manager.stopping();
}

const greetingOf = (config: Config): string => `Cardea is running.\n
  Login          ${config.loginOrigin}
  Certificates   ${config.certauthOrigin}
  My Apps        ${config.loginOrigin}/myapps
  Admin center   ${config.loginOrigin}/admin
  Data folder    ${config.dataFolder}${config.managementPort === 0 ? '' : `\n  Health         http://${urlHost(config.managementListen)}:${config.managementPort}/health/ready`}
${servesDemo(config, false) ? introduceDemo(demoPkiOf(config), config.dataFolder, config.loginOrigin) : ''}`;

/** What the terminal says of the build of the admin center. */
function buildNewsIn({ state, milliseconds = 0, problem }: Parameters<BuildNews>[0]): string {
  if (state === 'building') return 'The admin center is being built. Everything else already works.';
  if (state === 'current') return `The admin center was built in ${Math.ceil(milliseconds / 1000)} s.`;
  if (state === 'failed') return `The admin center could not be built. Run "npm run build" to try again.\n${problem}`;
  return 'The admin center is not built, and the packages that build it are not installed: run "npm ci" without --omit=dev and "npm run build", or copy web/dist from another computer.';
}

/** Resolves at the first SIGINT or SIGTERM. A second one, of either kind, ends the process without waiting. */
function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    let count = 0;
    for (const [signal, number] of [
      ['SIGINT', 2],
      ['SIGTERM', 15],
    ] as const) {
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(128 + number);
        stop();
      });
    }
  });
}
