import type { Logger } from 'pino';
import { AdminCenterBuild } from '#apps/admin-center/build.ts';
import type { Front } from '#http/front/front.ts';
import { removeStaleSocket } from '#http/front/proxy-socket.ts';
import { type Config, readConfig } from './config.ts';
import type { Delivery } from './events/start-delivery.ts';
import type { OpenInstallation } from './installation.ts';
import { openOidc } from './listeners/open-oidc.ts';
import { openTls, type Tls } from './listeners/tls-files.ts';
import { description, reasonFields } from './log.ts';
import type { Metrics } from './management/metrics.ts';
import { clock } from './process/clock.ts';
import { logRejections } from './process/rejections.ts';
import { proxiesOf } from './proxies/certificate-proxies.ts';
import { tlsFindings } from './settings/tls-findings.ts';
import type { Tracer } from './tracing/tracer.ts';
import type { Workers } from './workers/workers.ts';

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
  /** Processes that serve instead of this one. */
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
  opened.defer(logRejections(log));
  opened.defer(() => installation.close());
  if (role !== 'worker') installation.unlockPin();
  await checkSigningKeys(installation);
  const tls = openTls(config);
  metrics?.watchTls(() => tls.files.cert);
  // A worker does nothing for the installation, and a parent of workers serves nothing: neither loads the other's part.
  const duties = role === 'worker' ? undefined : await import('./process/duties.ts');
  const demo = await duties?.prepare(config, installation, opened);
  const certificateProxies = proxiesOf(config);
  const oidc = openOidc(config, installation, { tls, certificateProxies }, log);
  const frontParts = { tls, oidc, build, metrics, tracer, certificateProxies, isWorker: role === 'worker' };
  if (workers && config.certificateProxySocket) removeStaleSocket(config.certificateProxySocket);
  const front = workers ?? (await import('./listeners/listeners.ts')).openFront(config, installation, frontParts, log);
  await front.listen();
  opened.defer(() => front.close()); // a later step fails
  opened.defer(() => build.stop());
  const onDuty = await duties?.openDuties(config, installation, log, { metrics, workers });
  opened.defer(async () => onDuty?.close()); // a later step fails
  const renew = () => {
    if (tls.renew()) front.setCertificate(tls.files);
  };
  const delivery = await duties?.startTasks(config, installation, log, { opened, oidc, demo, metrics, renew });
  opened.defer(reloadWhileRunning(config, { front, tls, delivery, isWorker: role === 'worker' }, log));
  // First of all, and both at once: what follows is needed by requests and commands under way.
  opened.defer(async () => {
    onDuty?.drain();
    await Promise.all([front.close(), onDuty?.closeCommands()]);
  });
  return opened.move();
}

/** A node without the token that has the signing keys would answer every sign-in with a fault. @throws signingTokenUnavailable */
async function checkSigningKeys(installation: OpenInstallation): Promise<void> {
  await installation.openSigningToken();
  const tenants = await installation.tenants.list();
  for (let begin = 0; begin < tenants.length; begin += tenantsAtOnce)
    await Promise.all(
      tenants.slice(begin, begin + tenantsAtOnce).map(({ id }) => installation.signingKeysOf(id).check()),
    );
}

interface Reloaded {
  readonly front: Pick<Front, 'setCertificate'>;
  readonly tls: Tls;
  readonly delivery: Delivery | undefined;
  /** Its parent reads the same files, and writes into the log what is wrong with them. */
  readonly isWorker: boolean;
}

/** Uses new TLS files when they appear, and reads settings again at SIGHUP. Answers how to stop. */
function reloadWhileRunning(config: Config, { front, tls, delivery, isWorker }: Reloaded, log: Logger): () => void {
  const logProblem = (problem: unknown, message: string) => {
    if (!isWorker) log.error(description(problem), message);
  };
  const reload = () => {
    const isReplaced = tls.reload((problem) =>
      logProblem(problem, 'the new TLS certificate cannot be used; the current one stays'),
    );
    if (!isReplaced) return;
    front.setCertificate(tls.files);
    if (isWorker) return;
    log.info('the TLS certificate was replaced');
    for (const finding of config.tlsCertificateFile ? tlsFindings(config, tls.files.cert, clock.now()) : [])
      log.warn(reasonFields(finding), 'users may not accept the new TLS certificate');
  };
  const onHangup = () => {
    reload();
    try {
      const { logLevel } = readConfig({ dataFolder: config.dataFolder }, process.env, process.cwd());
      log.level = logLevel;
      delivery?.setLevel(logLevel).catch((problem: unknown) => logProblem(problem, 'events'));
    } catch (problem) {
      logProblem(problem, 'settings were not read again');
    }
  };
  const watching = setInterval(reload, tlsPause);
  process.on('SIGHUP', onHangup);
  return () => {
    clearInterval(watching);
    process.off('SIGHUP', onHangup);
  };
}
