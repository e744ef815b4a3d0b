import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import pino, { type Logger } from 'pino';
import {
  firstPartyApplications,
  introduceFirstParty,
  myAppsId,
  sampleId,
  scopesFor,
  singlePageId,
} from '#admin/applications/first-party.ts';
import { watchCertificates } from '#admin/directory/sessions.ts';
import { certificatesIn } from '#admin/trust/certificate-file.ts';
import { ownFetch } from '#apps/own-fetch.ts';
import { myApps, sampleApp } from '#apps/portal.ts';
import { endOwnSessions } from '#apps/relying-party.ts';
import { singlePageApp } from '#apps/spa.ts';
import type { Command, Installation, Output } from '#cli/command.ts';
import { introduceDemo, makeDemoTenant, openDemoPki } from '#cli/demo.ts';
import { askServer, serveCommands } from '#cli/remote.ts';
import { type CliHost, type CliOptions, runCommand, runCommandOn } from '#cli/run.ts';
import { serveOptions, settingsOf } from '#cli/serve-options.ts';
import { chooseIssuerHints } from '#core/binding/issuer-hints.ts';
import type { User } from '#core/binding/user.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { type CrlCache, openCrlCache } from '#crls/cache/cache.ts';
import { openBundles } from '#crls/fetch/bundles.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import type { DownloadPolicy } from '#crls/fetch/policy.ts';
import { graphListener } from '#graph/listener.ts';
import { openNameRecords } from '#graph/protocol/name-records.ts';
import { brandOf } from '#http/branding.ts';
import { certauthHosts } from '#http/certauth/hosts.ts';
import { serveCrls } from '#http/demo-crl.ts';
import { createFront, type Front, type TlsFiles } from '#http/front/front.ts';
import { certauthListener, loginListener } from '#http/server.ts';
import type { ServerContext } from '#http/server-context.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import { openSealing } from '#keys/sealing.ts';
import { openSigningKeys, type RotatingKeys } from '#keys/signing-keys.ts';
import { openFetch } from '#net/http-client.ts';
import { SourceLimiter } from '#net/limits.ts';
import { createOidc, type Oidc } from '#oidc/oidc.ts';
import { checkAccessToken } from '#oidc/tokens/check-access-token.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { crlFiles, type Woodgrove } from '#pki/demo/woodgrove.ts';
import { makeTlsCertificate, openTlsCertificate, tlsRenewalDue, tlsState } from '#pki/tls-certificate.ts';
import type { Clock } from '#ports/clock.ts';
import type { Ports } from '#ports/ports.ts';
import { type Config, readConfig } from '#server/config.ts';
import { type LogWriter, openLogWriter } from '#server/log-writer.ts';
import { noteReplay } from '#signin/log/refresh-token-replayed.ts';
import { rolesHeldBy } from '#signin/roles-held.ts';
import { noteClientCredentials } from '#signin/with-client-credentials.ts';
import { signInWithSession } from '#signin/with-session.ts';
import { ownFolder } from '#storage/database/open.ts';
import { openStorage, type Storage } from '#storage/storage.ts';

const clock: Clock = { now: () => new Date() };
const minute = 60_000;
const day = 24 * 60 * minute;

/** An open installation: the stores, and the ports of each tenant made of them. */
interface Opened extends Installation {
  readonly storage: Storage;
  readonly crls: CrlCache;
  signingKeysOf(tenantId: string): RotatingKeys;
  /** Signs the page tokens of Graph. */
  readonly pageTokenKey: Uint8Array;
  readonly cookieKey: string;
  close(): Promise<void>;
}

async function openInstallation(config: Config, log: Logger, { resetKeys = false } = {}): Promise<Opened> {
  ownFolder(config.dataFolder);
  const secretFile = join(config.dataFolder, 'secret.key');
  const isNewSecret = process.env.CARDEA_SECRET_KEY === undefined && !existsSync(secretFile);
  const sealing = openSealing(config.dataFolder, process.env.CARDEA_SECRET_KEY);
  const place = config.databaseUrl
    ? ({ kind: 'postgres', url: config.databaseUrl } as const)
    : ({ kind: 'sqlite', folder: config.dataFolder } as const);
  const storage = await openStorage(place, clock, sealing).catch((problem: unknown) => {
    if (isNewSecret) rmSync(secretFile, { force: true });
    throw problem;
  });
  await (resetKeys ? storage.resetSecretKey() : storage.checkSecretKey()).catch(async (problem: unknown) => {
    await storage.close();
    if (!isNewSecret) throw problem;
    rmSync(secretFile, { force: true }); // made a moment ago: a new key never replaces a lost one in silence
    throw isSecretKeyWrong(problem) ? fault('secretKeyMissing', { file: secretFile }, problem) : problem;
  });
  const folder = join(config.dataFolder, 'crls');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const crls = openCrlCache({
    clock,
    bytes: storage.crlBytes,
    folder,
    policy: crlPolicyOf(config),
    onFault: (problem) => log.error(description(problem), 'CRL cache'),
  });
  const ocsp = openOcspClient({ privateAddresses: config.crlPrivateAddresses });
  const bundles = openBundles({ hosts: config.uploadHosts, privateAddresses: config.uploadPrivateAddresses });
  const passwords = await openPasswords();
  const keys = new Map<string, RotatingKeys>();
  const signingKeysOf = (tenantId: string) => {
    const existing = keys.get(tenantId) ?? openSigningKeys(storage.forTenant(tenantId).keyStore, clock);
    keys.set(tenantId, existing);
    return existing;
  };
  return {
    storage,
    crls,
    bundles,
    tenants: storage.tenants,
    clock,
    passwords,
    pageTokenKey: sealing.derive('graph page tokens'),
    cookieKey: Buffer.from(sealing.derive('cookies')).toString('base64url'),
    firstParty: firstPartyApplications(config.loginOrigin),
    signIns: storage.findSignIns,
    portsOf: async (tenantId) => ({
      ...storage.forTenant(tenantId),
      tenant: await tenantOf(storage, tenantId),
      clock,
      crls,
      ocsp,
      passwords,
      passkeys,
    }),
    adminOf: async (tenantId) => storage.forTenant(tenantId),
    signingKeysOf,
    rotateKey: async (tenantId, signs) => (await signingKeysOf(tenantId).rotate(undefined, signs)).kid,
    async close() {
      await crls.close();
      await storage.close();
    },
  };
}

const isSecretKeyWrong = (problem: unknown): boolean =>
  problem instanceof CardeaError && problem.because.code === 'secretKeyWrong';

/** What downloads of CRLs may cost and where they may go. */
function crlPolicyOf(config: Config): Partial<DownloadPolicy> {
  const mebibytes = (count: number) => Math.floor(count * 1024 * 1024);
  return {
    interactive: { bytes: mebibytes(config.crlInteractiveMegabytes), seconds: config.crlInteractiveSeconds },
    background: { bytes: mebibytes(config.crlBackgroundMegabytes), seconds: config.crlBackgroundSeconds },
    redirects: config.crlRedirects,
    privateAddresses: config.crlPrivateAddresses,
  };
}

async function tenantOf(storage: Storage, tenantId: string): Promise<Ports['tenant']> {
  const tenant = await storage.tenants.find(tenantId);
  if (!tenant) throw new Error(`the tenant ${tenantId} is gone`);
  return tenant;
}

/** Everything that listens, on one open installation. What was opened is closed again when a later step fails. */
async function startServer(config: Config, installation: Opened, log: Logger): Promise<AsyncDisposableStack> {
  await using opened = new AsyncDisposableStack();
  opened.defer(() => installation.close());
  const pki = config.demo ? await openDemo(config, installation) : undefined;
  if (pki)
    opened.adopt(await serveCrls(config.demoCrlPort, (path) => crlFiles(pki.current).get(path)), (server) =>
      server.close(),
    );
  for (const { id } of await installation.tenants.list()) {
    await introduceFirstParty(installation.firstParty, await installation.adminOf(id));
  }
  const tls = openTls(config);
  const oidc = oidcOf(config, installation, tls, log);
  const front = frontOf(config, installation, { tls, oidc }, log);
  await front.listen();
  opened.adopt(
    await serveCommands(config.dataFolder, (words, output) => runCommandOn(installation, words, output)),
    (commands) => commands.close(),
  );
  const chores = setInterval(() => {
    housekeeping(config, installation, pki).catch((problem: unknown) =>
      log.error(description(problem), 'housekeeping'),
    );
    if (tls.renew()) front.setCertificate(tls.files);
  }, 10 * minute);
  opened.defer(() => clearInterval(chores));
  opened.defer(watchSignIns(config, installation, oidc, log));
  const reload = () => {
    const change = tls.reload((problem) =>
      log.error(description(problem), 'the new TLS certificate cannot be used; the current one stays'),
    );
    if (change) front.setCertificate(tls.files);
    if (change) log.info('the TLS certificate was replaced');
  };
  const watching = setInterval(reload, 2000);
  opened.defer(() => clearInterval(watching));
  const onHangup = () => {
    reload();
    try {
      log.level = readConfig({ dataFolder: config.dataFolder }, process.env, process.cwd()).logLevel;
    } catch (problem) {
      log.error(description(problem), 'settings were not read again');
    }
  };
  process.on('SIGHUP', onHangup);
  opened.defer(() => void process.off('SIGHUP', onHangup));
  opened.defer(() => front.close()); // first of all: what follows is needed by requests under way
  return opened.move();
}

/** The TLS front, and behind it the login host and the certauth hosts. */
function frontOf(config: Config, installation: Opened, { tls, oidc }: { tls: Tls; oidc: Oidc }, log: Logger): Front {
  const hosts = certauthHosts(config.certauthOrigin, tls.files.cert);
  const context: ServerContext = {
    loginOrigin: config.loginOrigin,
    certauthOrigin: hosts.originFor,
    certificateProxies: proxiesOf(config),
    clock,
    tenants: installation.tenants,
    portsOf: installation.portsOf,
    interactions: oidc.interactions,
    onFault: (fault, correlationId) =>
      log.error({ correlationId, ...description(fault) }, 'a sign-in failed for a reason of ours'),
  };
  const graph = graphOf(config, installation, log);
  const [login, certauth] = [new URL(config.loginOrigin), new URL(config.certauthOrigin)];
  return createFront({
    listen: config.listen,
    port: config.port,
    certauthPort: portOf(certauth) === portOf(login) ? config.port : portOf(certauth),
    loginHost: login.hostname,
    certauthHost: certauth.hostname,
    certificate: tls.files,
    limiter: limiterOf(config),
    // Without the database a handshake names no CAs, and the page behind it tells of the fault.
    hintsFor: (host) =>
      hintsFor(installation, hosts.tenantIn(host)).catch((problem: unknown) => {
        log.error(description(problem), 'issuer hints');
        return undefined;
      }),
    onLogin: loginListener(
      context,
      oidc,
      graph,
      applications(config, installation, () => tls.trust),
    ),
    onCertauth: certauthListener(context),
    onTlsError: (problem, remoteAddress) =>
      log.debug({ remoteAddress, problem: problem.message }, 'connection refused'),
  });
}

/** What one source address may do, as the settings say. */
function limiterOf(config: Config): SourceLimiter {
  const { trustedProxies, trustedProxyHeader } = config;
  const limits = {
    connections: config.sourceConnections,
    handshakesPerTenSeconds: config.sourceHandshakesPerTenSeconds,
    requestsPerTenSeconds: config.sourceRequestsPerTenSeconds,
    signInsPerTenSeconds: config.sourceSignInsPerTenSeconds,
    formsPerTenSeconds: config.sourceFormsPerTenSeconds,
  };
  return new SourceLimiter(limits, { proxies: new Set(trustedProxies), header: trustedProxyHeader.toLowerCase() });
}

/** OpenID Connect on this installation. */
function oidcOf(config: Config, installation: Opened, tls: Tls, log: Logger): Oidc {
  const { tenants, storage, portsOf, signingKeysOf } = installation;
  const { originFor } = certauthHosts(config.certauthOrigin, tls.files.cert);
  return createOidc({
    publicOrigin: config.loginOrigin,
    cookieKeys: [installation.cookieKey],
    tenants,
    clock,
    async forTenant(tenantId) {
      const tenant = await tenants.find(tenantId);
      if (!tenant) return undefined;
      const stores = storage.forTenant(tenantId);
      return {
        ...stores,
        tenant,
        clock,
        signingKeys: signingKeysOf(tenantId),
        grants: { scopesFor: (appId: string, userId: string) => scopesFor(appId, userId, stores) },
        roles: { templateIdsOf: (user: Pick<User, 'id'>) => rolesHeldBy(user.id, stores) },
        brand: () => brandOf({ tenant, objects: stores.objects }),
      };
    },
    endOwnSessions,
    fetch: openFetch({ privateAddresses: config.logoutPrivateAddresses }),
    recordTenant: storage.tenantOfRecord,
    realmPorts: portsOf,
    async certAuthUrl(tenantId) {
      const { x509 } = await (await portsOf(tenantId)).policies.current();
      const hinted = x509.issuerHintsConfiguration.state === 'enabled';
      return x509.state === 'enabled' ? `${originFor({ tenantId, hinted })}/${tenantId}/certauth` : undefined;
    },
    noteApplication: (request) => noteClientCredentials(request, storage.forTenant(request.tenantId), clock.now()),
    noteReplay: (request) => noteReplay(request, storage.forTenant(request.tenantId), clock.now()),
    checkSession: async (request) => signInWithSession(request, await portsOf(request.tenantId), clock.now()),
    log: ({ fault, ...event }) =>
      fault ? log.error({ ...event, ...description(fault) }, 'OpenID Connect') : log.info(event, 'OpenID Connect'),
  });
}

/** Microsoft Graph on this installation. */
function graphOf(config: Config, installation: Opened, log: Logger): ReturnType<typeof graphListener> {
  const { storage, tenants, signingKeysOf, crls, bundles, pageTokenKey } = installation;
  const names = openNameRecords();
  const trust = { publicOrigin: config.loginOrigin, tenants, signingKeysOf };
  const { host } = new URL(config.loginOrigin);
  return graphListener({
    loginOrigin: config.loginOrigin,
    clock,
    hosts: new Set([host, `graph.${host}`, ...config.graphHosts.map((graphHost) => graphHost.toLowerCase())]),
    checkToken: (token) => checkAccessToken(token, clock.now(), trust),
    portsOf: async (tenantId) => ({
      ...(await installation.portsOf(tenantId)),
      ...storage.forTenant(tenantId),
      crlAdmin: crls,
      bundles,
      tenants,
      names,
    }),
    pageTokenKey,
    requestsPerTenSeconds: config.graphRequestsPerTenSeconds,
    isStrict: config.graphStrict,
    onFault: (problem, correlationId) => log.error({ correlationId, ...description(problem) }, 'Graph failed'),
  });
}

/** Looks at live sign-ins again and again, and tells applications of those that ended. Answers how to stop. */
function watchSignIns(config: Config, installation: Opened, oidc: Oidc, log: Logger): () => Promise<void> {
  const judge = watchCertificates();
  const look = async () => {
    for (const { id } of await installation.tenants.list()) {
      const ports = await installation.portsOf(id);
      if (config.continuousAccessSeconds > 0) {
        for (const port of await judge(ports, clock.now())) log.info({ tenantId: id, ...port }, 'sign-ins ended');
        await ports.live.endOfGone('cardea');
      }
      await oidc.tellOfLogouts(id);
    }
  };
  return runPeriodically(look, (config.continuousAccessSeconds || 60) * 1000, (problem) =>
    log.error(description(problem), 'live sign-ins'),
  );
}

/** Does something every so often, never twice at once. The answer stops it, when the last time has ended. */
function runPeriodically(
  work: () => Promise<void>,
  pause: number,
  onFault: (problem: unknown) => void,
): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .catch(onFault)
      .finally(() => {
        running = undefined;
      });
  }, pause);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** SHA-256 of the certificates of the operator's proxies. @throws settingInvalid */
function proxiesOf({ certificateProxyFile: file }: Config): ReadonlySet<string> {
  if (file === undefined) return new Set();
  try {
    return new Set(certificatesIn(readFileSync(file), file).map((item) => item.sha256Thumbprint.toLowerCase()));
  } catch (problem) {
    throw fault('settingInvalid', { setting: 'certificateProxyFile', problem: (problem as Error).message }, problem);
  }
}

const portOf = ({ port }: URL): number => Number(port || 443);

/** What a fault may say in the operator's log: its words and where it came from. */
function description(problem: unknown): { fault: string; stack?: string | undefined } {
  return problem instanceof Error ? { fault: problem.message, stack: problem.stack } : { fault: String(problem) };
}

/** The demo's PKI, replaced when its CRLs are published again. */
interface RunningDemo {
  current: Woodgrove;
}
async function openDemo(config: Config, installation: Opened): Promise<RunningDemo | undefined> {
  const isEmpty = (await installation.tenants.list()).length === 0;
  const isDemo = existsSync(join(config.dataFolder, 'demo'));
  if (!isEmpty && !isDemo) return undefined;
  const current = openDemoPki(config.dataFolder, demoCrlUrl(config), clock.now());
  if (isEmpty) await makeDemoTenant(current, installation);
  return { current };
}
const demoCrlUrl = (config: Config): string => `http://localhost:${config.demoCrlPort}`;

async function housekeeping(config: Config, installation: Opened, demo: RunningDemo | undefined): Promise<void> {
  const at = clock.now();
  await installation.storage.prune(at, new Date(at.getTime() - config.signInLogDays * day));
  if (demo) demo.current = openDemoPki(config.dataFolder, demoCrlUrl(config), at);
}

/** HINT-2: the CA names a tenant's certauth host asks for; none where the host names no tenant. */
async function hintsFor(installation: Opened, tenantId: string | undefined): Promise<readonly string[] | undefined> {
  if (tenantId === undefined || !(await installation.tenants.find(tenantId))) return undefined;
  const { trustStore, x509 } = await installation.storage.forTenant(tenantId).policies.current();
  const { authorities } = chooseIssuerHints(trustStore.authorities, x509);
  return authorities.length > 0 ? authorities.map(({ certificate }) => pem('CERTIFICATE', certificate.der)) : undefined;
}

interface Tls {
  files: TlsFiles;
  /** What a client of our own must trust. */
  readonly trust: string;
  /** Makes a new certificate when it is time; answers whether it did. */
  renew(): boolean;
  /** Reads the operator's files again; answers whether a new, usable pair was found. A broken one is told of once. */
  reload(onProblem: (problem: unknown) => void): boolean;
}

/**
 * The operator's files. Their content is compared, so that a rename and a changed symbolic link are seen alike (certbot,
 * Kubernetes).
 */
function operatorTls(certFile: string, keyFile: string): Tls {
  const read = (): TlsFiles => ({ cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') });
  let files = read();
  let lastTried = files.cert + files.key;
  return {
    get files() {
      return files;
    },
    get trust() {
      return files.cert;
    },
    renew: () => false,
    reload(onProblem) {
      let attempt = '(unreadable)';
      try {
        const next = read();
        attempt = next.cert + next.key;
        if (attempt === lastTried) return false;
        createSecureContext(next); // throws for what is no certificate, and for a key of another one
        files = next;
        return true;
      } catch (problem) {
        if (attempt !== lastTried) onProblem(problem);
        return false;
      } finally {
        lastTried = attempt;
      }
    },
  };
}

/** The operator's certificate, or our own under a root of our own. */
function openTls(config: Config): Tls {
  if (config.tlsCertificateFile && config.tlsKeyFile) {
    return operatorTls(config.tlsCertificateFile, config.tlsKeyFile);
  }
  const certauthHost = new URL(config.certauthOrigin).hostname;
  const loginHost = new URL(config.loginOrigin).hostname;
  const graphHosts = config.graphHosts.map((host) => host.replace(/:\d+$/, ''));
  const hosts = [...new Set([loginHost, `graph.${loginHost}`, ...graphHosts, certauthHost, `*.${certauthHost}`])];
  const folder = join(config.dataFolder, 'tls');
  const file = join(folder, 'tls.json');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let existing = existsSync(file) ? openTlsCertificate(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
  const renew = () => {
    if (existing && !tlsRenewalDue(existing, hosts, clock.now())) return false;
    existing = makeTlsCertificate({ hosts, at: clock.now(), from: existing });
    writeFileSync(file, JSON.stringify(tlsState(existing)), { mode: 0o600, flush: true });
    chmodSync(file, 0o600);
    writeFileSync(join(folder, 'root.pem'), existing.root.pem, { mode: 0o644, flush: true });
    return true;
  };
  renew();
  const current = () => existing!;
  return {
    get files() {
      return { cert: current().server.pem + current().root.pem, key: current().server.privateKeyPem };
    },
    get trust() {
      return current().root.pem;
    },
    renew,
    reload: () => false,
  };
}

/** Where a server that listens on every network is reached from the same machine. */
const reachable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** My Apps and the sample application, which sign people in like any other: over HTTPS, by OpenID Connect. */
function applications(config: Config, installation: Opened, ca: () => string) {
  const fetch = ownFetch({
    ca,
    connect: { host: reachable[config.listen] ?? config.listen, port: config.port },
  });
  const tiles = async (tenantId: string) => {
    const items = await installation.storage.forTenant(tenantId).applications.list();
    return items.flatMap(({ displayName, homepage }) => (homepage ? [{ displayName, homepage }] : []));
  };
  const common = { origin: config.loginOrigin, fetch };
  return [
    myApps({ ...common, clientId: myAppsId, base: '/myapps' }, tiles),
    sampleApp({ ...common, clientId: sampleId, base: '/sample' }),
    singlePageApp({ ...common, audience: singlePageId }, () => clock.now()),
  ];
}

/** Command line: what only the whole house can do. */
function backstageOf(output: Output): CliHost {
  const configOf = ({ dataFolder, databaseUrl }: CliOptions) =>
    readConfig({ dataFolder, databaseUrl }, process.env, output.cwd);
  return {
    commands: [serve, demo, keysReset],
    open: (body) => openInstallation(configOf(body), logOf('warn')),
    askServer: (body, words, ownItems) => askServer(configOf(body).dataFolder, words, ownItems),
  };
}

let openedLog: LogWriter | undefined;
const logWriter = (): LogWriter => {
  openedLog ??= openLogWriter(2);
  return openedLog;
};
const logOf = (level: string): Logger => pino({ level, base: null }, logWriter());

const serve: Command = {
  usage: 'serve',
  summary: 'Runs the server. An empty installation gets the demo tenant Woodgrove, with cards to try.',
  takes: [0, 0],
  local: true,
  options: serveOptions,
  async run(call) {
    const config = readConfig(settingsOf(call), process.env, call.output.cwd);
    const log = logOf(config.logLevel);
    const installation = await openInstallation(config, log);
    await using _server = await startServer(config, installation, log);
    const pki = existsSync(join(config.dataFolder, 'demo'))
      ? openDemoPki(config.dataFolder, demoCrlUrl(config), clock.now())
      : undefined;
    call.output.say(`Cardea is running.\n
  Login          ${config.loginOrigin}
  Certificates   ${config.certauthOrigin}
  My Apps        ${config.loginOrigin}/myapps
  Data folder    ${config.dataFolder}
${pki ? introduceDemo(pki, config.dataFolder, config.loginOrigin) : ''}`);
    await new Promise<void>((stop) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
    });
    return 0;
  },
};

const demo: Command = {
  usage: 'demo',
  summary: 'Makes the demo tenant Woodgrove with its PKI and cards in a data folder, without starting a server.',
  takes: [0, 0],
  local: true,
  options: serveOptions,
  async run(call) {
    const config = readConfig(settingsOf(call), process.env, call.output.cwd);
    const installation = await openInstallation(config, logOf(config.logLevel));
    try {
      const pki = openDemoPki(config.dataFolder, demoCrlUrl(config), clock.now());
      const demoTenant = await makeDemoTenant(pki, installation);
      call.output.say(
        demoTenant
          ? introduceDemo(pki, config.dataFolder, config.loginOrigin)
          : 'The tenant Woodgrove is there already.\n',
      );
      return 0;
    } finally {
      await installation.close();
    }
  },
};

const keysReset: Command = {
  usage: 'keys reset',
  summary:
    'Makes an installation usable whose secret.key is lost. Signing keys and registered authentication methods are removed.',
  takes: [0, 0],
  local: true,
  options: { confirm: { type: 'boolean', help: 'say that what the lost key sealed may be removed' } },
  async run(call) {
    if (call.values.confirm !== true) {
      const problem =
        'this removes all signing keys (every token ends), and all passwords, authenticator apps, passkeys and Temporary Access Passes; certificates, users and policies stay. Give --confirm';
      throw fault('commandMisused', { problem });
    }
    const config = readConfig(
      { dataFolder: call.values.data, databaseUrl: call.values.database },
      process.env,
      call.output.cwd,
    );
    const installation = await openInstallation(config, logOf('warn'), { resetKeys: true });
    await installation.close();
    call.output.say('The keys were reset. New signing keys are made when they are first needed.\n');
    return 0;
  },
};

// A reader of the output that goes away does not end the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const output: Output = {
  cwd: process.cwd(),
  say: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
};
process.exitCode = await runCommand(process.argv.slice(2), output, backstageOf(output));
