import type { Logger } from 'pino';
import { introduceFirstParty } from '#admin/applications/first-party.ts';
import { AdminCenterBuild } from '#apps/admin-center/build.ts';
import { serveCommands } from '#cli/remote.ts';
import { runCommandOn } from '#cli/run.ts';
import { serveCrls } from '#http/demo-crl.ts';
import type { Front } from '#http/front/front.ts';
import { removeStaleSocket } from '#http/front/proxy-socket.ts';
import { crlFiles } from '#pki/demo/woodgrove.ts';
import { asOneOperation } from '#storage/database/audits/correlation.ts';
import { type Config, readConfig } from './config.ts';
import { openDemo, type RunningDemo } from './demo.ts';
import { startDelivery } from './events/start-delivery.ts';
import type { OpenInstallation } from './installation.ts';
import { openFront } from './listeners.ts';
import { description } from './log.ts';
import { checkDisk } from './management/health.ts';
import { type Management, openManagement } from './management/listener.ts';
import type { Metrics } from './management/metrics.ts';
import { trustReader } from './management/trust.ts';
import { openOidc } from './open-oidc.ts';
import { proxiesOf } from './proxies/certificate-proxies.ts';
import { watchDirectories } from './scheduled/directory-sync.ts';
import { housekeeping, runPeriodically, watchSignIns } from './tasks.ts';
import { openTls, type Tls } from './tls-files.ts';
import type { Tracer } from './tracing/tracer.ts';
import type { Workers } from './workers/workers.ts';

const housekeepingPause = 10 * 60_000;
const tlsPause = 2_000;
/** Tenants whose signing keys are looked at side by side. */
const tenantsAtOnce = 20;

/** What a server starts with. */
export interface ServerParts {
  readonly build?: AdminCenterBuild;
  readonly metrics?: Metrics | undefined;
  /** Makes a span of each request; absent where nothing is traced. */
  readonly tracer?: Tracer | undefined;
  /** `worker`: serves, and leaves everything that one process does for the installation to its parent. */
  readonly role?: 'worker' | undefined;
  /** Processes that serve in the place of this one. */
  readonly workers?: Workers | undefined;
}

/** Everything that listens, on one open installation. What was opened is closed again when a later step fails. */
export async function startServer(
  config: Config,
  installation: OpenInstallation,
  log: Logger,
  parts: ServerParts = {},
): Promise<AsyncDisposableStack> {
  const { build = new AdminCenterBuild(), metrics, tracer, role, workers } = parts;
  await using opened = new AsyncDisposableStack();
  opened.defer(() => installation.close());
  await checkSigningKeys(installation);
  const tls = openTls(config);
  const demo = role === 'worker' ? undefined : await prepare(config, installation, opened);
  const certificateProxies = proxiesOf(config);
  const oidc = openOidc(config, installation, { tls, certificateProxies }, log);
  const frontParts = { tls, oidc, build, metrics, tracer, certificateProxies, isWorker: role === 'worker' };
  if (workers && config.certificateProxySocket) removeStaleSocket(config.certificateProxySocket);
  const front = workers ?? openFront(config, installation, frontParts, log);
  await front.listen();
  opened.defer(() => front.close()); // a later step fails
  opened.defer(() => build.stop());
  const duties = role === 'worker' ? undefined : await openDuties(config, installation, log, { metrics, workers });
  opened.defer(async () => duties?.close()); // a later step fails
  const onFault = (problem: unknown) => log.error(description(problem), 'housekeeping');
  const renew = () => {
    if (tls.renew()) front.setCertificate(tls.files);
  };
  if (role !== 'worker') {
    const work = () => housekeeping(config, installation, demo).finally(renew);
    opened.defer(runPeriodically(work, housekeepingPause, onFault));
    opened.defer(watchSignIns(config, installation, oidc, log));
    opened.defer(watchDirectories(installation, log, metrics));
    opened.defer(await startDelivery(config, installation, log, metrics));
  }
  opened.defer(reloadWhileRunning(config, front, tls, log));
  // First of all, and both at once: what follows is needed by requests and commands under way.
  opened.defer(async () => {
    duties?.drain();
    await Promise.all([front.close(), duties?.closeCommands()]);
  });
  return opened.move();
}

/** A node without the token that has the signing keys would answer every sign-in with a fault. @throws signingTokenUnavailable */
async function checkSigningKeys(installation: OpenInstallation): Promise<void> {
  const tenants = await installation.tenants.list();
  for (let begin = 0; begin < tenants.length; begin += tenantsAtOnce)
    await Promise.all(
      tenants.slice(begin, begin + tenantsAtOnce).map(({ id }) => installation.signingKeysOf(id).check()),
    );
}

/** What an installation needs before it is served: the demo with its CRLs, and its own applications. */
async function prepare(
  config: Config,
  installation: OpenInstallation,
  opened: AsyncDisposableStack,
): Promise<RunningDemo | undefined> {
  const demo = config.demo ? await openDemo(config, installation) : undefined;
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
async function openDuties(
  config: Config,
  installation: OpenInstallation,
  log: Logger,
  { metrics, workers }: Pick<ServerParts, 'metrics' | 'workers'>,
) {
  const hasManagement = metrics !== undefined && config.managementPort > 0;
  const management = hasManagement ? await manage(config, installation, { metrics, workers }, log) : undefined;
  try {
    const commands = await serveCommands(config.dataFolder, (words, output) =>
      asOneOperation(() => runCommandOn(installation, words, output)),
    );
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
      keys: async () => {
        for (const { id } of await installation.tenants.list()) {
          await installation.signingKeysOf(id).current();
          await installation.signingKeysOf(id).check();
        }
      },
      disk: () => checkDisk(config.dataFolder),
      ...(workers && { workers: async () => workers.check() }),
    },
    onFault: (problem) => log.error(description(problem), 'management'),
  });
}

/** Uses new TLS files when they appear, and reads settings again at SIGHUP. Answers how to stop. */
function reloadWhileRunning(config: Config, front: Pick<Front, 'setCertificate'>, tls: Tls, log: Logger): () => void {
  const reload = () => {
    const isReplaced = tls.reload((problem) =>
      log.error(description(problem), 'the new TLS certificate cannot be used; the current one stays'),
    );
    if (!isReplaced) return;
    front.setCertificate(tls.files);
    log.info('the TLS certificate was replaced');
  };
  const onHangup = () => {
    reload();
    try {
      log.level = readConfig({ dataFolder: config.dataFolder }, process.env, process.cwd()).logLevel;
    } catch (problem) {
      log.error(description(problem), 'settings were not read again');
    }
  };
  const watching = setInterval(reload, tlsPause);
  process.on('SIGHUP', onHangup);
  return () => {
    clearInterval(watching);
    process.off('SIGHUP', onHangup);
  };
}
