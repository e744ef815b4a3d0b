import type { Logger } from 'pino';
import { introduceFirstParty } from '#admin/applications/first-party.ts';
import { serveCommands } from '#cli/remote/remote.ts';
import { serveCrls } from '#http/demo-crl.ts';
import type { Oidc } from '#oidc/oidc.ts';
import { crlFiles } from '#pki/demo/woodgrove.ts';
import type { LogSize } from '#ports/logs.ts';
import { asOneOperation } from '#storage/database/audits/correlation.ts';
import type { Config } from '../config.ts';
import { openDemo, type RunningDemo } from '../demo.ts';
import { type Delivery, startDelivery } from '../events/start-delivery.ts';
import type { OpenInstallation } from '../installation.ts';
import { description } from '../log.ts';
import { checkDisk, keysCheck, schemaCheck } from '../management/health.ts';
import { type Management, openManagement } from '../management/listener.ts';
import type { Metrics } from '../management/metrics.ts';
import { trustReader } from '../management/trust.ts';
import { watchDirectories } from '../scheduled/directory-sync.ts';
import { housekeeping, runPeriodically, watchSignIns } from '../tasks.ts';
import type { Workers } from '../workers/workers.ts';

/** What one process does for an installation beside serving. Workers leave all of it to their parent. */

const housekeepingPause = 10 * 60_000;

/** What an installation needs before it is served: the demo with its CRLs, and its own applications. */
export async function prepare(
  config: Config,
  installation: OpenInstallation,
  opened: AsyncDisposableStack,
): Promise<RunningDemo | undefined> {
  const demo = await openDemo(config, installation);
  if (demo)
    opened.adopt(await serveCrls(config.demoCrlPort, (path) => crlFiles(demo.current).get(path)), (server) =>
      server.close(),
    );
  for (const { id } of await installation.tenants.list()) {
    await introduceFirstParty(installation.firstParty, await installation.adminOf(id));
  }
  return demo;
}

/** What one process does for the installation beside serving: health and metrics, and the commands. */
export async function openDuties(
  config: Config,
  installation: OpenInstallation,
  log: Logger,
  { metrics, workers }: { readonly metrics: Metrics | undefined; readonly workers: Workers | undefined },
) {
  const hasManagement = metrics !== undefined && config.managementPort > 0;
  const management = hasManagement ? await manage(config, installation, { metrics, workers }, log) : undefined;
  try {
    const commands = await serveCommands(config.dataFolder, async (words, output, files) => {
      const { runCommandOn } = await import('#cli/run.ts'); // every command: a server that is sent none does without
      return asOneOperation(() => runCommandOn(installation, words, { output, files }));
    });
    const closeCommands = () => commands.close();
    const close = async () => void (await Promise.all([management?.close(), closeCommands()]));
    return { drain: () => management?.drain(), closeCommands, close };
  } catch (problem) {
    await management?.close();
    throw problem;
  }
}

/** The management listener, with what must work before requests are sent here. @throws portUnavailable */
function manage(
  config: Config,
  installation: OpenInstallation,
  { metrics, workers }: { readonly metrics: Metrics; readonly workers: Workers | undefined },
  log: Logger,
): Promise<Management> {
  const trust = trustReader(installation);
  metrics.watchTrust(trust);
  if (workers) metrics.watchWorkers(workers);
  return openManagement({
    trust,
    listen: config.managementListen,
    port: config.managementPort,
    metrics,
    checks: {
      database: () => installation.storage.probe(),
      schema: schemaCheck(installation.storage),
      keys: keysCheck(installation),
      disk: () => checkDisk(config.dataFolder),
      ...(workers && { workers: async () => workers.check() }),
    },
    onFault: (problem) => log.error(description(problem), 'management'),
  });
}

/** What the tasks need beside the installation. */
export interface TaskParts {
  /** Where the ends of the tasks are put. */
  readonly opened: AsyncDisposableStack;
  readonly oidc: Oidc;
  readonly demo: RunningDemo | undefined;
  readonly metrics: Metrics | undefined;
  /** Renews the server's own TLS certificate where it is due. */
  renew(): void;
}

/** Starts what runs every so often, and the delivery of events. */
export async function startTasks(
  config: Config,
  installation: OpenInstallation,
  log: Logger,
  { opened, oidc, demo, metrics, renew }: TaskParts,
): Promise<Delivery> {
  const onFault = (problem: unknown) => log.error(description(problem), 'housekeeping');
  const onLogSize = ({ octets, limit }: LogSize) => {
    metrics?.noteLogSize(octets);
    if (limit) log.warn(limit, 'the sign-in log was larger than signInLogMegabytes; its oldest entries were removed');
  };
  const work = () => housekeeping(config, installation, { demo, onLogSize }).finally(renew);
  opened.defer(runPeriodically(work, housekeepingPause, onFault));
  opened.defer(watchSignIns(config, installation, oidc, log));
  opened.defer(watchDirectories(installation, log, metrics));
  const delivery = await startDelivery(config, installation, log, metrics);
  opened.defer(() => delivery.stop());
  return delivery;
}
