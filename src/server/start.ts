import type { Logger } from 'pino';
import { introduceFirstParty } from '#admin/applications/first-party.ts';
import { AdminCenterBuild } from '#apps/admin-center/build.ts';
import { serveCommands } from '#cli/remote.ts';
import { runCommandOn } from '#cli/run.ts';
import { serveCrls } from '#http/demo-crl.ts';
import type { Front } from '#http/front/front.ts';
import { crlFiles } from '#pki/demo/woodgrove.ts';
import { type Config, readConfig } from './config.ts';
import { openDemo } from './demo.ts';
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

const housekeepingPause = 10 * 60_000;
const tlsPause = 2_000;

/** Everything that listens, on one open installation. What was opened is closed again when a later step fails. */
export async function startServer(
  config: Config,
  installation: OpenInstallation,
  log: Logger,
  { build = new AdminCenterBuild(), metrics }: { build?: AdminCenterBuild; metrics?: Metrics } = {},
): Promise<AsyncDisposableStack> {
  await using opened = new AsyncDisposableStack();
  opened.defer(() => installation.close());
  const tls = openTls(config);
  const demo = config.demo ? await openDemo(config, installation) : undefined;
  if (demo)
    opened.adopt(await serveCrls(config.demoCrlPort, (path) => crlFiles(demo.current).get(path)), (server) =>
      server.close(),
    );
  for (const { id } of await installation.tenants.list()) {
    await introduceFirstParty(installation.firstParty, await installation.adminOf(id));
  }
  const certificateProxies = proxiesOf(config);
  const oidc = openOidc(config, installation, { tls, certificateProxies }, log);
  const front = openFront(config, installation, { tls, oidc, build, metrics, certificateProxies }, log);
  await front.listen();
  opened.defer(() => front.close()); // a later step fails
  opened.defer(() => build.stop());
  const management =
    metrics && config.managementPort > 0 ? await manage(config, installation, metrics, log) : undefined;
  opened.defer(async () => management?.close());
  const commands = await serveCommands(config.dataFolder, (words, output) => runCommandOn(installation, words, output));
  opened.defer(() => commands.close()); // a later step fails
  const work = async () => {
    await housekeeping(config, installation, demo);
    if (tls.renew()) front.setCertificate(tls.files);
  };
  const onFault = (problem: unknown) => log.error(description(problem), 'housekeeping');
  opened.defer(runPeriodically(work, housekeepingPause, onFault));
  opened.defer(watchSignIns(config, installation, oidc, log));
  opened.defer(watchDirectories(installation, log, metrics));
  opened.defer(reloadWhileRunning(config, front, tls, log));
  // First of all, and both at once: what follows is needed by requests and commands under way.
  opened.defer(async () => {
    management?.drain();
    await Promise.all([front.close(), commands.close()]);
  });
  return opened.move();
}

/** The management listener, with what must work before requests are sent here. @throws portUnavailable */
function manage(config: Config, installation: OpenInstallation, metrics: Metrics, log: Logger): Promise<Management> {
  const trust = trustReader(installation);
  metrics.watchTrust(trust);
  return openManagement({
    trust,
    listen: config.managementListen,
    port: config.managementPort,
    metrics,
    checks: {
      database: () => installation.storage.probe(),
      keys: async () => {
        for (const { id } of await installation.tenants.list()) await installation.signingKeysOf(id).current();
      },
      disk: () => checkDisk(config.dataFolder),
    },
    onFault: (problem) => log.error(description(problem), 'management'),
  });
}

/** Uses new TLS files when they appear, and reads settings again at SIGHUP. Answers how to stop. */
function reloadWhileRunning(config: Config, front: Front, tls: Tls, log: Logger): () => void {
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
