import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { proxyFormatNames } from '#http/certauth/forwarded/formats.ts';
import { isAddressOrNetwork } from '#net/address-set.ts';
import { usualAdmission } from '#net/admission/pace.ts';
import { usualLimits } from '#net/source-limiter.ts';
import { redactions } from './events/log-line.ts';
import { capacity, mostWorkers, workersFor } from './process/cores.ts';
import { currentNames, type FormerSetting, formerSettings } from './settings/former-settings.ts';
import { rememberedFolder, usualFolder } from './settings/remembered-folder.ts';
import { mostAlike, problemWords } from './settings/words.ts';

const origin = z
  .url({ protocol: /^https$/ })
  .refine(
    (url) => URL.canParse(url) && new URL(url).origin === url.replace(/\/$/, ''),
    'it must be https://host or https://host:port',
  )
  .transform((url) => (URL.canParse(url) ? new URL(url).origin : url));
const port = z.coerce.number().int().min(0).max(65535);

const limit = (usual: number) => z.coerce.number().int().min(1).default(usual);

/** A list in `cardea.json`, names with commas between them elsewhere. */
const hostNames = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(',').filter((name) => name.trim() !== ''))])
  .transform((names) => names.map((name) => name.trim().toLowerCase()));

const shape = z.strictObject({
  /** Where the database, keys and cards live. `cardea config remember` names another default. */
  dataFolder: z.string().default('data'),
  /** The address to listen on; 0.0.0.0 for every network. */
  listen: z.string().default('127.0.0.1'),
  /** The one HTTPS port. */
  port: port.default(8443),
  /** Where people reach the login pages; the host of every link. */
  loginOrigin: origin.optional(),
  /** Where certificates are asked for: another host name, and if wished another port. */
  certauthOrigin: origin.optional(),
  /** Where devices are registered: a host of its own, which requests the device certificate. */
  deviceRegistrationOrigin: origin.optional(),
  /** Common name and organizational unit, a GUID, of the authority that issues device certificates. */
  deviceAuthorityName: z.string().min(1).max(64).default('MS-Organization-Access'),
  deviceAuthorityUnit: z.guid().default('5b3a4d3c-6f0e-4c0d-9f0a-1c6f0b7c4e21'),
  /** PEM files of the server's TLS certificate (with chain) and key; without them Cardea makes its own. */
  tlsCertificateFile: z.string().optional(),
  tlsKeyFile: z.string().optional(),
  /** PEM of the certificates with which reverse proxies prove themselves; only those may forward a person's (RFC 9440). */
  certificateProxyFile: z.string().optional(),
  /** How these proxies write the certificate: docs/admin/proxies.md. */
  certificateProxyFormat: z.enum(proxyFormatNames).default('rfc9440'),
  /** Path of a Unix socket where a reverse proxy on this computer forwards certificates by plain HTTP. */
  certificateProxySocket: z.string().min(1).max(100).optional(),
  /** Processes that serve sign-ins on the same ports; `cores` is one for each core, as far as the memory suffices. */
  workers: z
    .literal('cores')
    .transform(() => workersFor(capacity()))
    .or(z.coerce.number().int().min(1).max(mostWorkers))
    .prefault('cores'),
  /** Where health and metrics are answered by plain HTTP, for those who run the server. Port 0 switches it off. */
  managementListen: z.string().default('127.0.0.1'),
  managementPort: port.default(8481),
  /** A PKCS #11 module, and the label of the token on which signing keys are made. Its PIN is in CARDEA_SIGNING_TOKEN_PIN. */
  signingTokenModule: z.string().min(1).optional(),
  signingTokenLabel: z.string().min(1).max(32).optional(),
  /** postgres://… ; without it, SQLite in the data folder. */
  databaseUrl: z.string().optional(),
  /** Whether PostgreSQL prepares statements that come often; `false` behind a pooler that hands each transaction another connection. */
  databasePrepared: z.stringbool().or(z.boolean()).default(true),
  /** Whether an empty data folder gets the demo tenant. */
  demo: z.stringbool().or(z.boolean()).default(true),
  /** Whether the server builds the pages of the admin center where they are missing or older than their sources. */
  buildAdminCenter: z.stringbool().or(z.boolean()).default(true),
  /** Where the demo's CRLs are served over plain HTTP, on loopback. */
  demoCrlPort: port.default(8480),
  /** The largest CRL that a sign-in waits for, and for how long (§4.1: Entra's 20 MB and 10 s). */
  crlInteractiveMegabytes: z.coerce.number().positive().default(20),
  crlInteractiveSeconds: z.coerce.number().positive().default(10),
  /** The largest CRL fetched in the background (D-4: Entra's 65 MB); gigabytes are fine. */
  crlBackgroundMegabytes: z.coerce.number().positive().default(65),
  crlBackgroundSeconds: z.coerce.number().positive().default(600),
  /** `sameHost` follows redirects that stay on the host that an administrator configured. */
  crlRedirects: z.enum(['none', 'sameHost']).default('none'),
  /** `any` also reads CRLs in PEM, and with line ends after them, from their addresses. An import always does. */
  crlForms: z.enum(['der', 'any']).default('der'),
  /** Whether CRLs may be fetched, and OCSP responders asked, at private addresses, where an organisation's own CA usually is. */
  crlPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
  /** Whether the certificate behind a primary refresh token is judged again when the token is renewed and used. */
  primaryRefreshTokenCertificateRecheck: z.stringbool().or(z.boolean()).default(true),
  /** From which devices version 1 of the key derivation is taken; `others` are those that do not run Windows. */
  primaryRefreshTokenKeyDerivation1: z.enum(['none', 'others', 'all']).default('others'),
  /** Days after which a renewal brings a device a new session key; 0 never does, because some brokers keep the old one. */
  primaryRefreshTokenSessionKeyDays: z.coerce.number().int().min(0).default(0),
  /** Further host names, with a port or for any port, under which Graph is called; links in its answers name the one that was. */
  graphHosts: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter((host) => host !== ''))
    .pipe(z.array(z.string().regex(/^[a-z0-9.-]+(:\d{1,5})?$/i, 'each is a host name, perhaps with a port'))),
  /** How many requests one application may make of Graph in ten seconds, in each tenant. */
  graphRequestsPerTenSeconds: z.coerce.number().int().min(1).default(3000),
  /** Whether Graph refuses what Microsoft refuses even where being lenient does no harm: for trying clients out. */
  graphStrict: z.stringbool().or(z.boolean()).default(false),
  /** Hosts from which files of CAs may be fetched when an upload names a URL; none unless named. */
  uploadHosts: hostNames.default([]),
  /** Whether those may be on private addresses. */
  uploadPrivateAddresses: z.enum(['allow', 'refuse']).default('refuse'),
  /** Whether applications at private addresses are sent back-channel logout notices. */
  logoutPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
  /** Whether the identity provider of a federated domain may be at a private address. Browsers are sent there. */
  federationPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
  /** Whether domain controllers at private addresses are synchronised from, where they usually are. */
  syncPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
  /** What one source address may do: connections at once, and TLS handshakes, requests, sign-in requests and forms in ten seconds. */
  sourceConnections: limit(usualLimits.connections),
  sourceHandshakesPerTenSeconds: limit(usualLimits.handshakesPerTenSeconds),
  sourceRequestsPerTenSeconds: limit(usualLimits.requestsPerTenSeconds),
  sourceSignInsPerTenSeconds: limit(usualLimits.signInsPerTenSeconds),
  sourceFormsPerTenSeconds: limit(usualLimits.formsPerTenSeconds),
  /** IP addresses of reverse proxies whose header names the client. */
  trustedProxies: hostNames.default([]),
  trustedProxyHeader: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'it is the name of a header')
    .default('X-Forwarded-For'),
  /** IP addresses and networks of balancers that pass TLS through; their connections begin with a header of the PROXY protocol, version 2. */
  proxyProtocolFrom: hostNames
    .pipe(z.array(z.string().refine(isAddressOrNetwork, 'each is an IP address, or a network such as 10.0.0.0/8')))
    .default([]),
  /** Sign-ins that one process works on at once, how many wait to begin, and for how long; a further one is answered 503. */
  signInsAtOnce: z.coerce.number().int().min(1).default(usualAdmission.atOnce),
  signInsWaiting: z.coerce.number().int().min(0).default(usualAdmission.waiting),
  signInWaitMilliseconds: z.coerce.number().int().min(1).max(60_000).default(usualAdmission.waitMilliseconds),
  /** How long changes stay in the audit log; 0 keeps them without an end. */
  auditLogDays: z.coerce.number().int().min(0).default(730),
  /** How long sign-in log entries and their traces are kept, and refusals in the audit log. */
  signInLogDays: z.coerce.number().int().min(1).default(30),
  /** Megabytes that the sign-in log of every tenant may have; the oldest entries leave first. 0 is no limit. */
  signInLogMegabytes: z.coerce.number().int().min(0).default(0),
  /** Identical failures from one source within this many seconds are one entry with a count; 0 keeps every one. */
  signInLogRepeatSeconds: z.coerce.number().int().min(0).max(86_400).default(600),
  /** How often live sign-ins are looked at again: revoked certificates, disabled users. 0 never does. */
  continuousAccessSeconds: z.coerce.number().int().min(0).max(86_400).default(60),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  /** What the lines of sign-ins and changes say of people: everything, pseudonyms, nothing. */
  logRedaction: z.enum(redactions).default('none'),
  /** Where events of the logs are delivered to: docs/admin/siem.md. */
  eventWebhookUrl: z.url({ protocol: /^https$/, error: 'it must be an https address' }).optional(),
  eventWebhookSecretFile: z.string().optional(),
  eventWebhookCaFile: z.string().optional(),
  eventSyslogServer: z
    .string()
    .regex(/^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i, 'it is a host name, perhaps with a port')
    .optional(),
  eventSyslogCaFile: z.string().optional(),
  eventSyslogCertificateFile: z.string().optional(),
  eventSyslogKeyFile: z.string().optional(),
  eventFile: z.string().min(1).optional(),
  eventFileMegabytes: z.coerce.number().positive().default(100),
  eventFiles: z.coerce.number().int().min(1).max(1000).default(10),
  /** The proxy through which CRLs, OCSP, uploads, webhooks and logout notices leave, and the hosts for which it is not used. */
  outboundProxy: z.url({ protocol: /^https?$/, error: 'it must be an http or https address' }).optional(),
  outboundProxyExceptions: hostNames.default([]),
  /** The oldest version of TLS that clients may use. */
  tlsMinimumVersion: z.enum(['1.2', '1.3']).default('1.2'),
  /** Whether webhook and syslog may be at private addresses. */
  eventPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
});

/** The form of `cardea.json`. */
export const settingsShape = shape;
export const settingNames: readonly string[] = Object.keys(shape.shape);

/** The environment variable of a setting. */
export const variableOf = (setting: string): string =>
  setting === 'dataFolder' ? 'CARDEA_DATA' : `CARDEA_${setting.replace(/[A-Z]/g, '_$&').toUpperCase()}`;

/** Settings as read: see docs/settings.md. */
export interface Config extends Readonly<z.infer<typeof shape>> {
  readonly loginOrigin: string;
  readonly certauthOrigin: string;
  readonly deviceRegistrationOrigin: string;
}

type Raw = Record<string, unknown>;

/**
 * Reads settings once, the nearer source first: what the command line says, environment variables
 * (`CARDEA_LOGIN_ORIGIN` for `loginOrigin`), `cardea.json` in the data folder, defaults.
 * @throws settingInvalid, settingUnknown naming the setting; fileUnreadable
 */
export function readConfig(
  raw: Raw,
  environment: NodeJS.ProcessEnv,
  cwd: string,
  former: readonly FormerSetting[] = formerSettings,
): Config {
  const near = { ...currentNames(fromEnvironment(environment, former), former), ...definition(raw) };
  const dataFolder = resolve(cwd, String(near.dataFolder ?? usualFolder(environment, cwd)));
  const file = currentNames(fromFile(join(dataFolder, 'cardea.json')), former);
  const parse = shape.safeParse({ ...file, ...near, dataFolder });
  if (!parse.success) {
    const issue = parse.error.issues[0]!;
    if (issue.code === 'unrecognized_keys') {
      const setting = issue.keys[0]!;
      throw fault('settingUnknown', { setting, alike: mostAlike(setting, settingNames) });
    }
    throw fault('settingInvalid', { setting: issue.path.join('.'), problem: problemWords(issue) });
  }
  return withOrigins(parse.data);
}

function withOrigins(settings: z.infer<typeof shape>): Config {
  const loginOrigin = settings.loginOrigin ?? `https://localhost${settings.port === 443 ? '' : `:${settings.port}`}`;
  const login = new URL(loginOrigin);
  const certauthOrigin = settings.certauthOrigin ?? `https://certauth.${login.host}`;
  if (new URL(certauthOrigin).hostname === login.hostname && new URL(certauthOrigin).port === login.port) {
    throw fault('settingInvalid', {
      setting: 'certauthOrigin',
      problem: 'it must differ from loginOrigin by host name or port',
    });
  }
  if (Boolean(settings.tlsCertificateFile) !== Boolean(settings.tlsKeyFile)) {
    throw fault('settingInvalid', { setting: 'tlsCertificateFile', problem: 'certificate and key go together' });
  }
  if (Boolean(settings.signingTokenModule) !== Boolean(settings.signingTokenLabel)) {
    throw fault('settingInvalid', {
      setting: 'signingTokenModule',
      problem: 'it goes together with signingTokenLabel',
    });
  }
  const deviceRegistrationOrigin = settings.deviceRegistrationOrigin ?? `https://enterpriseregistration.${login.host}`;
  return { ...settings, loginOrigin, certauthOrigin, deviceRegistrationOrigin };
}

function fromEnvironment(environment: NodeJS.ProcessEnv, former: readonly FormerSetting[]): Raw {
  const names = [...settingNames, ...former.map(({ name }) => name)];
  return definition(Object.fromEntries(names.map((setting) => [setting, environment[variableOf(setting)]])));
}

/** The former settings that are set, each with the place where it is: its variable, or its name in `cardea.json`. */
export function formerSettingsIn(
  environment: NodeJS.ProcessEnv,
  dataFolder: string,
  former: readonly FormerSetting[] = formerSettings,
): readonly (FormerSetting & { readonly place: string })[] {
  const file = fromFile(join(dataFolder, 'cardea.json'));
  return former.flatMap((setting) => [
    ...(environment[variableOf(setting.name)] === undefined ? [] : [{ ...setting, place: variableOf(setting.name) }]),
    ...(setting.name in file ? [{ ...setting, place: `${setting.name} (cardea.json)` }] : []),
  ]);
}

/** Tells where the value of a setting comes from. */
export function settingSources(raw: Raw, environment: NodeJS.ProcessEnv, dataFolder: string) {
  const [line, variables] = [
    definition(raw),
    currentNames(fromEnvironment(environment, formerSettings), formerSettings),
  ];
  const file = currentNames(fromFile(join(dataFolder, 'cardea.json')), formerSettings);
  return (setting: string) => {
    if (setting in line) return 'command line';
    if (setting in variables) return 'environment';
    if (setting === 'dataFolder') return rememberedFolder(environment) === dataFolder ? 'config remember' : 'default';
    return setting in file ? 'cardea.json' : 'default';
  };
}

function fromFile(file: string): Raw {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  try {
    return JSON.parse(text) as Raw;
  } catch (problem) {
    throw fault('fileUnreadable', { file, problem: `it is no JSON (${(problem as Error).message})` });
  }
}

const definition = (raw: Raw): Raw =>
  Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
