import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { firstPartyApplications } from '#admin/applications/first-party.ts';
import type { GuardPorts } from '#admin/safety/guard.ts';
import type { Installation } from '#cli/command.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { type CrlCache, openCrlCache } from '#crls/cache/cache.ts';
import { openBundles } from '#crls/fetch/bundles.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import type { DownloadPolicy } from '#crls/fetch/policy.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import { openSealing } from '#keys/sealing.ts';
import { openSigningKeys, type RotatingKeys } from '#keys/signing-keys.ts';
import { pinAttemptsIn } from '#keys/token/pin-attempts.ts';
import { tokenKeysOf } from '#keys/token/token-keys.ts';
import { sourceOf } from '#net/limits/limits.ts';
import type { SharedLimits } from '#net/limits/shared-limits.ts';
import { type OutboundProxy, outboundProxy } from '#net/outbound/proxy.ts';
import { checkDataFolder, checkDataFolderUser, makeDataFolder } from '#storage/data-folder.ts';
import { type Place, type SchemaUse, schemaAt } from '#storage/database/open.ts';
import { openStorage, type Storage, type TenantStorage } from '#storage/storage.ts';
import { usualRepeats } from '#storage/stores/sign-in/log/repeats.ts';
import { keyStatusOf } from './backup/key-status.ts';
import { writeBackup } from './backup/write-backup.ts';
import type { Config } from './config.ts';
import { description } from './log.ts';
import { countedSignIns } from './management/counted-sign-ins.ts';
import type { Metrics } from './management/metrics.ts';
import { stepTimes } from './management/step-times.ts';
import { clock } from './process/clock.ts';
import { secretKeyFrom } from './settings/secrets/secret-key.ts';
import { signingTokenOf } from './settings/secrets/signing-token.ts';
import type { Tracer } from './tracing/tracer.ts';

/** An open installation: the stores, and the ports of each tenant made of them. */
export interface OpenInstallation extends Installation {
  readonly storage: Storage;
  readonly crls: CrlCache;
  portsOf(tenantId: string): Promise<GuardPorts>;
  signingKeysOf(tenantId: string): RotatingKeys;
  /** Logs in on the token of the settings, if they name one, whether there is a key on it or not. @throws signingTokenUnavailable */
  openSigningToken(): Promise<void>;
  /** For a server that starts: see `PinAttempts`. */
  unlockPin(): void;
  /** Signs the page tokens of Graph. */
  readonly pageTokenKey: Uint8Array;
  /** Sign cookies: the first does, the others are of older secrets and still count. */
  readonly cookieKeys: readonly string[];
  /** Signs the nonces of device registration. */
  readonly registrationNonceKey: Uint8Array;
  /** Seals primary refresh tokens. */
  readonly tokenSealing: Pick<Sealing, 'seal' | 'open'>;
  /** Makes the pseudonyms of users in log lines. */
  readonly pseudonymKey: Uint8Array;
  /** Signs nonces of devices. */
  readonly nonceKey: Uint8Array;
  /** Where other processes of this server keep the same limits. */
  readonly sharedLimits: SharedLimits | undefined;
  close(): Promise<void>;
}

type Sealing = ReturnType<typeof openSealing>;
export interface OpenOptions {
  /** Removes what a lost secret key sealed instead of refusing to start. */
  readonly resetKeys?: boolean;
  /** Whether an installation is created where there is none, and one of an earlier version upgraded. Default: both. */
  readonly schema?: SchemaUse;
  /** Counts entries of the sign-in log; absent in commands. */
  readonly metrics?: Metrics;
  /** Makes spans of the steps of sign-ins; absent where nothing is traced. */
  readonly tracer?: Tracer | undefined;
  /** What this process is among those that share the installation. */
  readonly sharing?: 'parent' | 'worker';
  readonly sharedLimits?: SharedLimits;
}

/**
 * What the settings name: no installation, one of an earlier version, whose database an opening upgrades, or one of this version. Nothing is made.
 * @throws as `openStorage`
 */
export async function findInstallation(config: Config): Promise<'none' | 'earlier' | 'current'> {
  checkDataFolderUser(config.dataFolder);
  const schema = await schemaAt(placeOf(config));
  if (schema === undefined) return 'current'; // a server has it open
  if (schema.applied === 0) return 'none';
  return schema.next === undefined ? 'current' : 'earlier';
}

/** Refuses what may not be used so, before anything is made or changed. @throws installationMissing, databaseOlder, and as `openStorage` */
export async function requireInstallation(config: Config, use: SchemaUse): Promise<void> {
  checkDataFolderUser(config.dataFolder);
  const schema = await schemaAt(placeOf(config));
  if (schema === undefined) return; // a server has it open
  if (schema.applied === 0 && (use === 'require' || use === 'read'))
    throw fault('installationMissing', { folder: config.dataFolder, isElsewhere: config.databaseUrl !== undefined });
  if (schema.applied > 0 && schema.next !== undefined && (use === 'require' || use === 'create'))
    throw fault('databaseOlder', { migration: schema.next });
}

/** Where the settings say that the rows are. */
export const placeOf = (
  { databaseUrl, databasePrepared, dataFolder }: Config,
  {
    sharing,
    schema = 'upgrade',
  }: { readonly sharing?: OpenOptions['sharing'] | undefined; readonly schema?: SchemaUse } = {},
): Place =>
  databaseUrl
    ? { kind: 'postgres', url: databaseUrl, isUnprepared: !databasePrepared, sharing, schema }
    : { kind: 'sqlite', folder: dataFolder, sharing, schema };

/**
 * Opens the database, the secret key and the CRL cache of a data folder.
 * @throws as {@link openSealedStorage}
 */
export async function openInstallation(
  config: Config,
  log: Logger,
  options: OpenOptions = {},
): Promise<OpenInstallation> {
  const { storage: stores, sealing } = await openSealedStorage(config, options);
  const storage = options.metrics ? countedStorage(stores, options.metrics) : stores;
  const crls = openCrls(config, { storage, sealing }, log);
  const proxy = proxyOf(config);
  const ocsp = openOcspClient({ privateAddresses: config.crlPrivateAddresses, proxy });
  const bundles = openBundles({ hosts: config.uploadHosts, privateAddresses: config.uploadPrivateAddresses, proxy });
  const passwords = openPasswords();
  const pinAttempts = pinAttemptsIn(join(config.dataFolder, 'signing-token-pin'), sealing.derive('signing token PIN'));
  const signingToken = signingTokenOf(config, pinAttempts);
  const signingKeysOf = signingKeysIn(storage, signingToken);
  if (storage.poolUse) options.metrics?.watchPool(storage.poolUse);
  const observers = [options.metrics?.steps, options.tracer?.steps].filter((observer) => observer !== undefined);
  const steps = observers.length > 0 ? stepTimes(observers) : undefined;
  return {
    storage,
    crls,
    bundles,
    tenants: storage.tenants,
    audits: storage.audits,
    clock,
    passwords,
    pageTokenKey: sealing.derive('graph page tokens'),
    registrationNonceKey: sealing.derive('device registration nonces'),
    tokenSealing: sealing,
    nonceKey: sealing.derive('device nonces'),
    pseudonymKey: sealing.derive('log pseudonyms'),
    cookieKeys: sealing.deriveAll('cookies').map((key) => Buffer.from(key).toString('base64url')),
    directoryRules: { privateAddresses: config.syncPrivateAddresses },
    loginOrigin: config.loginOrigin,
    firstParty: firstPartyApplications(config.loginOrigin),
    signIns: storage.findSignIns,
    lastLogLimit: () => storage.lastLogLimit(),
    portsOf: async (tenantId) => ({
      ...storage.forTenant(tenantId),
      tenant: await tenantOf(storage, tenantId),
      clock,
      steps,
      crls,
      ocsp,
      passwords,
      passkeys,
    }),
    adminOf: async (tenantId) => storage.forTenant(tenantId),
    signingKeysOf,
    sharedLimits: options.sharedLimits,
    rotateKey: async (tenantId, signs) => (await signingKeysOf(tenantId).rotate(undefined, signs)).kid,
    keyStatus: () => keyStatusOf(storage, sealing, secretKeyFrom(process.env)?.source ?? 'secret.key'),
    openSigningToken: async () => signingToken?.token.open(),
    unlockPin: () => pinAttempts.unlock(),
    reseal: () => storage.reseal(),
    backup: (request) => writeBackup(request, { dataFolder: config.dataFolder, copyTo: storage.copyTo }),
    async close() {
      signingToken?.token.close();
      await crls.close();
      await storage.close();
    },
  };
}

/** The stores, with every entry of a sign-in log counted. */
function countedStorage(storage: Storage, metrics: Metrics): Storage {
  const tenants = new Map<string, TenantStorage>();
  return {
    ...storage,
    forTenant(tenantId) {
      const stores = storage.forTenant(tenantId);
      const tenant = tenants.get(tenantId) ?? {
        ...stores,
        signInLog: countedSignIns(tenantId, stores.signInLog, metrics),
      };
      tenants.set(tenantId, tenant);
      return tenant;
    },
  };
}

/**
 * The database, with the secret key that sealed it. A key that was made a moment ago never replaces a lost one.
 * @throws as `openStorage`; installationMissing, databaseOlder, secretKeyMissing, secretKeyWrong
 */
export async function openSealedStorage(
  config: Config,
  { resetKeys = false, sharing, schema = 'upgrade' }: OpenOptions,
): Promise<{ readonly storage: Storage; readonly sealing: Sealing }> {
  const secretFile = join(config.dataFolder, 'secret.key');
  const elsewhere = secretKeyFrom(process.env);
  const isNewSecret = elsewhere === undefined && !existsSync(secretFile);
  if (schema !== 'upgrade') await requireInstallation(config, schema);
  if (isNewSecret && !resetKeys && (schema === 'require' || schema === 'read'))
    throw fault('secretKeyMissing', { file: secretFile });
  // On a new node with PostgreSQL there is none yet: one that root made would keep the user of the service out.
  if (schema === 'read' || schema === 'require') checkDataFolder(config.dataFolder);
  else makeDataFolder(config.dataFolder);
  const sealing = openSealing(config.dataFolder, elsewhere?.text, elsewhere?.source);
  const rules = {
    repeats: { ...usualRepeats, seconds: config.signInLogRepeatSeconds, sourceOf },
    addresses: config,
  };
  const storage = await openStorage(placeOf(config, { sharing, schema }), clock, sealing, rules).catch(
    (problem: unknown) => {
      if (isNewSecret) rmSync(secretFile, { force: true });
      throw problem;
    },
  );
  await (resetKeys ? storage.resetSecretKey() : storage.checkSecretKey()).catch(async (problem: unknown) => {
    await storage.close();
    if (!isNewSecret) throw problem;
    rmSync(secretFile, { force: true });
    throw isSecretKeyWrong(problem) ? fault('secretKeyMissing', { file: secretFile }, problem) : problem;
  });
  return { storage, sealing };
}

const isSecretKeyWrong = (problem: unknown): boolean =>
  problem instanceof CardeaError && problem.because.code === 'secretKeyWrong';

function openCrls(
  config: Config,
  { storage, sealing }: { readonly storage: Storage; readonly sealing: Sealing },
  log: Logger,
): CrlCache {
  const folder = join(config.dataFolder, 'crls');
  // A command on a new node with PostgreSQL makes no data folder, and has no images there.
  const keepsImages = existsSync(config.dataFolder);
  if (keepsImages) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openCrlCache({
    clock,
    bytes: storage.crlBytes,
    ...(keepsImages && { images: { folder, keys: sealing.deriveAll('images of CRLs') } }),
    policy: crlPolicyOf(config),
    onFault: (problem) => log.error(description(problem), 'CRL cache'),
  });
}

/** The proxy of the settings; undefined where requests leave directly. */
export const proxyOf = ({ outboundProxy: url, outboundProxyExceptions }: Config): OutboundProxy | undefined =>
  url === undefined ? undefined : outboundProxy(url, outboundProxyExceptions);

/** What downloads of CRLs may cost and where they may go. */
function crlPolicyOf(config: Config): Partial<DownloadPolicy> {
  const mebibytes = (count: number) => Math.floor(count * 1024 * 1024);
  return {
    proxy: proxyOf(config),
    interactive: { bytes: mebibytes(config.crlInteractiveMegabytes), seconds: config.crlInteractiveSeconds },
    background: { bytes: mebibytes(config.crlBackgroundMegabytes), seconds: config.crlBackgroundSeconds },
    redirects: config.crlRedirects,
    forms: config.crlForms,
    privateAddresses: config.crlPrivateAddresses,
  };
}

/** The signing keys of each tenant, opened once. */
function signingKeysIn(
  storage: Storage,
  signingToken: ReturnType<typeof signingTokenOf>,
): (tenantId: string) => RotatingKeys {
  const keys = new Map<string, RotatingKeys>();
  return (tenantId) => {
    const onToken = tokenKeysOf(tenantId, signingToken);
    const existing = keys.get(tenantId) ?? openSigningKeys(storage.forTenant(tenantId).keyStore, clock, onToken);
    keys.set(tenantId, existing);
    return existing;
  };
}

async function tenantOf(storage: Storage, tenantId: string): Promise<GuardPorts['tenant']> {
  const tenant = await storage.tenants.find(tenantId);
  if (!tenant) throw new Error(`the tenant ${tenantId} is gone`);
  return tenant;
}
