import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AdminCenterBuild } from '#apps/admin-center/build.ts';
import { chooseIssuerHints } from '#core/binding/issuer-hints.ts';
import { certauthHosts } from '#http/certauth/hosts.ts';
import type { CertificateProxies } from '#http/certauth/presented.ts';
import { createFront, type Front } from '#http/front/front.ts';
import { certauthListener, type Listener, loginListener } from '#http/server.ts';
import type { ServerContext } from '#http/server-context.ts';
import { AddressSet } from '#net/limits/address-set.ts';
import { RefusalLines } from '#net/limits/refusal-lines.ts';
import type { SharedLimits } from '#net/limits/shared-limits.ts';
import { SourceLimiter, unixAddress } from '#net/limits/source-limiter.ts';
import type { Oidc } from '#oidc/oidc.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import type { Config } from '../config.ts';
import type { OpenInstallation } from '../installation.ts';
import { description, logFault } from '../log.ts';
import type { Endpoint, Metrics } from '../management/metrics.ts';
import { signInAdmission } from '../process/admission.ts';
import { clock } from '../process/clock.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { listenOnCopies } from '../workers/listener-copies.ts';
import { productApplications } from './applications.ts';
import { openDevices } from './open-devices.ts';
import { openGraph } from './open-graph.ts';
import { atOneMoment } from './request-moments.ts';
import type { Tls } from './tls-files.ts';

/** Milliseconds that a TLS handshake waits for the names of the CAs. A database that hangs does not hold it longer. */
const hintsPatience = 1_000;

/** The TLS front, and behind it the login host and the certauth hosts. */
export function openFront(
  config: Config,
  installation: OpenInstallation,
  {
    tls,
    oidc,
    build,
    metrics,
    tracer,
    certificateProxies,
    isWorker,
  }: {
    tls: Tls;
    oidc: Oidc;
    certificateProxies: CertificateProxies;
    build: AdminCenterBuild;
    metrics: Metrics | undefined;
    tracer: Tracer | undefined;
    isWorker: boolean;
  },
  log: Logger,
): Front {
  const hosts = certauthHosts(config.certauthOrigin, tls.files.cert);
  const context: ServerContext = {
    loginOrigin: config.loginOrigin,
    certauthOrigin: hosts.originFor,
    certificateProxies,
    clock,
    tenants: installation.tenants,
    portsOf: installation.portsOf,
    interactions: oidc.interactions,
    signOn: oidc.signOn,
    flowSealing: installation.tokenSealing,
    onFault: (fault, correlationId) =>
      logFault(log, fault, 'a sign-in failed because of a fault of the server', { correlationId }),
  };
  const graph = openGraph(config, installation, context.certificateProxies, log);
  const devices = openDevices(config, installation, { tls, certificateProxies: context.certificateProxies }, log);
  const timed = (endpoint: Endpoint, listener: Listener) => {
    const measured = metrics?.timed(endpoint, listener) ?? listener;
    return tracer?.traced(endpoint, measured) ?? measured;
  };
  const refusals = new RefusalLines((line) => log.debug(line, 'connection refused'));
  const [login, certauth] = [new URL(config.loginOrigin), new URL(config.certauthOrigin)];
  return createFront({
    listen: config.listen,
    port: config.port,
    certauthPort: portOf(certauth) === portOf(login) ? config.port : portOf(certauth),
    loginHost: login.hostname,
    certauthHost: certauth.hostname,
    registrationHost: new URL(config.deviceRegistrationOrigin).hostname,
    certificate: tls.files,
    minimumTls: config.tlsMinimumVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    certauthSocket: config.certificateProxySocket,
    isOneOfSeveral: isWorker,
    ...(isWorker && { listenOnCopies }),
    admit: signInAdmission(config, metrics),
    limiter: limiterOf(config, installation.sharedLimits, log),
    balancers: new AddressSet(config.proxyProtocolFrom),
    // Without the database a handshake names no CAs, and the page behind it tells of the fault.
    hintsFor: (host) =>
      Promise.race([
        hintsFor(installation, hosts.tenantIn(host)),
        wait(hintsPatience, undefined, { ref: false }),
      ]).catch((problem: unknown) => void log.warn(description(problem), 'a handshake names no CAs')) as Promise<
        readonly string[] | undefined
      >,
    onLogin: timed(
      'login',
      atOneMoment(
        installation.storage,
        loginListener(context, {
          oidc,
          graph,
          devices,
          applications: productApplications(config, installation, { ca: () => tls.trust, build }),
        }),
      ),
    ),
    onCertauth: timed('certauth', atOneMoment(installation.storage, certauthListener(context, oidc, graph, devices))),
    onRegistration: timed('registration', devices.listener),
    onHandshake: (milliseconds) => metrics?.observeHandshake(milliseconds),
    onWait: (queue, milliseconds) => metrics?.observeWait(queue, milliseconds),
    onTlsError: (problem, remoteAddress) => {
      if (log.isLevelEnabled('debug')) refusals.note(remoteAddress, problem.message, Date.now());
    },
    onSocketProblem: socketProblems(log),
  });
}

/** Reports that this process accepts fewer connections than it should, at most twice a minute. */
function socketProblems(log: Logger): (problem: Error) => void {
  const lines = new RefusalLines(({ problem, count }) =>
    log.warn(
      { problem, count },
      'connections are not accepted: raise the limit of open files of the process, or add a node',
    ),
  );
  return ({ message }) => lines.note('', message, Date.now());
}

/** What one source address may do, as the settings say. */
function limiterOf(config: Config, sharedLimits: SharedLimits | undefined, log: Logger): SourceLimiter {
  const { trustedProxies, trustedProxyHeader } = config;
  const limits = {
    connections: config.sourceConnections,
    handshakesPerTenSeconds: config.sourceHandshakesPerTenSeconds,
    requestsPerTenSeconds: config.sourceRequestsPerTenSeconds,
    signInsPerTenSeconds: config.sourceSignInsPerTenSeconds,
    formsPerTenSeconds: config.sourceFormsPerTenSeconds,
  };
  const networks = new AddressSet(trustedProxies);
  const proxies = { has: (address: string) => address === unixAddress || networks.has(address) };
  const trusted = { proxies, header: trustedProxyHeader.toLowerCase() };
  const limiter = new SourceLimiter(limits, trusted, sharedLimits);
  limiter.listen({
    onReport: (penalty) =>
      log.warn(
        penalty,
        'a source address is far above its limits and is temporarily not served (docs/settings.md, "Limits")',
      ),
  });
  return limiter;
}

/** HINT-2: the CA names a tenant's certauth host asks for; none where the host names no tenant. */
async function hintsFor(
  installation: OpenInstallation,
  tenantId: string | undefined,
): Promise<readonly string[] | undefined> {
  if (tenantId === undefined || !(await installation.tenants.find(tenantId))) return undefined;
  const { trustStore, x509 } = await installation.storage.forTenant(tenantId).policies.current();
  const { authorities } = chooseIssuerHints(trustStore.authorities, x509);
  return authorities.length > 0 ? authorities.map(({ certificate }) => pem('CERTIFICATE', certificate.der)) : undefined;
}

const portOf = ({ port }: URL): number => Number(port || 443);
