import { z } from 'zod';
import { proxyFormatNames } from '#http/certauth/forwarded/formats.ts';
import { usualAdmission } from '#net/admission/pace.ts';
import { usualLimits } from '#net/limits/source-limiter.ts';
import { redactions } from '../events/log-line.ts';
import { capacity, mostWorkers, workersFor } from '../process/cores.ts';
import {
  databaseUrl,
  hostPatterns,
  hosts,
  listenAddress,
  networks,
  origin,
  serverAddress,
  serverAddresses,
  serverUrl,
} from './hosts.ts';

const flag = z.union([z.stringbool(), z.boolean()], { error: 'it must be true or false' });

/** Every number has an end: a larger one overflows a timer, a time or a number of octets. @param most where nothing else says it */
const whole = (least: number, most = 1_000_000_000) => z.coerce.number().int().min(least).max(most);

/** A hundred years. */
const days = (least: number) => whole(least, 36_500);

/** A day: a timer of Node takes 24 of them. */
const seconds = z.coerce.number().positive().max(86_400);

const megabytes = z.coerce.number().positive().max(1_000_000_000);

const port = whole(0, 65535);

const limit = (usual: number) => whole(1).default(usual);

/** The form of `cardea.json`, with what each setting means: docs/reference/settings.md is made of these comments. */
export const settingsShape = z.strictObject({
  /** The folder with the database, keys and demo cards. `cardea config remember` sets another default. `cardea.json`, which is in it, cannot set it. */
  dataFolder: z.string().default('data'),
  /** The address to listen on. Use 0.0.0.0 to listen on all networks. */
  listen: listenAddress.default('127.0.0.1'),
  /** The port for HTTPS. */
  port: port.default(8443),
  /** The address of the login pages. Links use its host. */
  loginOrigin: origin.optional(),
  /** The address that requests certificates. It must differ from `loginOrigin` by host name or port. */
  certauthOrigin: origin.optional(),
  /** The address of device registration. It needs its own host name, because it requests the device certificate. */
  deviceRegistrationOrigin: origin.optional(),
  /** The common name of the CA that issues device certificates. */
  deviceAuthorityName: z.string().min(1).max(64).default('MS-Organization-Access'),
  /** The organizational unit in the name of this CA, a GUID. */
  deviceAuthorityUnit: z.guid('it must be a GUID').default('5b3a4d3c-6f0e-4c0d-9f0a-1c6f0b7c4e21'),
  /** The PEM file with the TLS certificate of the server and its chain. Without it, Cardea creates a certificate. */
  tlsCertificateFile: z.string().optional(),
  /** The PEM file with the key of this certificate. */
  tlsKeyFile: z.string().optional(),
  /** A PEM file with the client certificates of reverse proxies. Only these proxies can forward the certificate of a user (RFC 9440). */
  certificateProxyFile: z.string().optional(),
  /** The format in which these proxies forward the certificate: docs/admin/proxies.md. */
  certificateProxyFormat: z.enum(proxyFormatNames).default('rfc9440'),
  /** The path of a Unix socket to which a reverse proxy on this computer forwards certificates over plain HTTP. */
  certificateProxySocket: z.string().min(1).max(100).optional(),
  /** The number of processes that serve sign-ins on the same ports. `cores` starts one process for each core, if there is enough memory. */
  workers: z
    .union(
      [z.literal('cores').transform(() => workersFor(capacity())), z.coerce.number().int().min(1).max(mostWorkers)],
      {
        error: `it must be cores, or a whole number from 1 to ${mostWorkers}`,
      },
    )
    .prefault('cores'),
  /** The address of the management listener, which serves health and metrics over plain HTTP. */
  managementListen: listenAddress.default('127.0.0.1'),
  /** The port of the management listener. 0 turns it off. */
  managementPort: port.default(8481),
  /** The PKCS #11 module of the token that generates signing keys. CARDEA_SIGNING_TOKEN_PIN contains the PIN of the token. */
  signingTokenModule: z.string().min(1).optional(),
  /** The label of this token. */
  signingTokenLabel: z.string().min(1).max(32).optional(),
  /** The PostgreSQL database, as `postgres://…`. Without it, Cardea uses SQLite in the data folder. */
  databaseUrl: databaseUrl.optional(),
  /** Whether PostgreSQL prepares frequent statements. Use `false` with a connection pooler in transaction mode. */
  databasePrepared: flag.default(true),
  /** Whether Cardea creates the demo tenant in an empty data folder. */
  demo: flag.default(true),
  /** Whether the server builds the pages of the admin center if they are missing or older than their sources. */
  buildAdminCenter: flag.default(true),
  /** The port that serves the CRLs of the demo over plain HTTP, on the loopback address. */
  demoCrlPort: port.default(8480),
  /** The largest CRL that a sign-in waits for, in megabytes (§4.1: 20 in Entra). */
  crlInteractiveMegabytes: megabytes.default(20),
  /** The number of seconds that a sign-in waits for a CRL (§4.1: 10 in Entra). */
  crlInteractiveSeconds: seconds.default(10),
  /** The largest CRL that is downloaded in the background, in megabytes (D-4: 65 in Entra). Several gigabytes are possible. */
  crlBackgroundMegabytes: megabytes.default(65),
  /** The number of seconds that a download in the background can take. */
  crlBackgroundSeconds: seconds.default(600),
  /** Which redirects of CRL addresses are followed. `sameHost` follows redirects within the host that an administrator configured. */
  crlRedirects: z.enum(['none', 'sameHost']).default('none'),
  /** Which forms of CRLs are read from their addresses. `any` also reads PEM, and CRLs followed by line breaks. An import always reads these forms. */
  crlForms: z.enum(['der', 'any']).default('der'),
  /** Whether CRLs and OCSP responders can be at private addresses, as those of an organization's own CA usually are. */
  crlPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
  /** Whether the certificate of a primary refresh token is evaluated again when the token is renewed or used. */
  primaryRefreshTokenCertificateRecheck: flag.default(true),
  /** Which devices can use version 1 of the key derivation. `others` are devices that do not run Windows. */
  primaryRefreshTokenKeyDerivation1: z.enum(['none', 'others', 'all']).default('others'),
  /** The number of days after which a renewal gives a device a new session key. 0 turns this off, because some brokers keep the old key. */
  primaryRefreshTokenSessionKeyDays: days(0).default(0),
  /** Further host names of Graph, with or without a port. Links in a response use the host name of the request. */
  graphHosts: serverAddresses.default([]),
  /** The number of requests that an application can send to Graph in ten seconds, in each tenant. */
  graphRequestsPerTenSeconds: limit(3000),
  /** Whether Graph refuses every request that Microsoft Graph refuses, to test clients. Otherwise it accepts those that do no harm. */
  graphStrict: flag.default(false),
  /** The hosts from which an upload can download files of CAs by URL. By default, there are none. */
  uploadHosts: hosts.default([]),
  /** Whether these hosts can be at private addresses. */
  uploadPrivateAddresses: z.enum(['allow', 'refuse']).default('refuse'),
  /** Whether back-channel logout notices are sent to applications at private addresses. */
  logoutPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
  /** Whether the identity provider of a federated domain can be at a private address. Browsers are redirected to it. */
  federationPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
  /** Whether Cardea synchronizes from domain controllers at private addresses, as they usually are. */
  syncPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
  /** The number of connections that one source address can have at the same time. */
  sourceConnections: limit(usualLimits.connections),
  /** The number of TLS connections that one source address can begin in ten seconds. */
  sourceHandshakesPerTenSeconds: limit(usualLimits.handshakesPerTenSeconds),
  /** The number of requests of every kind from one source address in ten seconds. */
  sourceRequestsPerTenSeconds: limit(usualLimits.requestsPerTenSeconds),
  /** The number of sign-in requests from one source address in ten seconds. One sign-in takes about ten of them. */
  sourceSignInsPerTenSeconds: limit(usualLimits.signInsPerTenSeconds),
  /** The number of forms that one source address can post in ten seconds. */
  sourceFormsPerTenSeconds: limit(usualLimits.formsPerTenSeconds),
  /** The IP addresses and networks of reverse proxies that give the address of the client in a header. */
  trustedProxies: networks.default([]),
  /** The header in which these proxies give the address of the client. */
  trustedProxyHeader: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'it must be the name of a header')
    .default('X-Forwarded-For'),
  /** The IP addresses and networks of load balancers that pass TLS through. Their connections begin with a header of the PROXY protocol, version 2. */
  proxyProtocolFrom: networks.default([]),
  /** The number of sign-ins that a process works on at the same time. */
  signInsAtOnce: limit(usualAdmission.atOnce),
  /** The number of sign-ins that can wait in a process. Further sign-ins get 503. */
  signInsWaiting: whole(0).default(usualAdmission.waiting),
  /** The longest time that a sign-in waits to begin, in milliseconds. After that, it gets 503. */
  signInWaitMilliseconds: whole(1, 60_000).default(usualAdmission.waitMilliseconds),
  /** The number of days that changes stay in the audit log. 0 keeps them forever. */
  auditLogDays: days(0).default(730),
  /** The number of days that sign-ins with their traces, and refusals in the audit log, are kept. */
  signInLogDays: days(1).default(30),
  /** The largest size of the sign-in log of all tenants together, in megabytes. The oldest entries are deleted first. 0 means no limit. */
  signInLogMegabytes: whole(0).default(0),
  /** The number of seconds in which identical failures from one source are one entry with a count. 0 keeps each failure. */
  signInLogRepeatSeconds: whole(0, 86_400).default(600),
  /** How often active sign-ins are evaluated again, for revoked certificates and disabled users, in seconds. 0 turns this off. */
  continuousAccessSeconds: whole(0, 86_400).default(60),
  /** The least important messages that the log has. `info` adds a line for each sign-in and each change. */
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  /** What the log lines of sign-ins and changes say about users: everything, pseudonyms, or nothing. */
  logRedaction: z.enum(redactions).default('none'),
  /** The address to which events of the logs are delivered by HTTPS: docs/admin/siem.md. */
  eventWebhookUrl: serverUrl(/^https$/, 'it must be https://host/path').optional(),
  /** The file with the secret that signs each delivery, of at least 16 characters. */
  eventWebhookSecretFile: z.string().optional(),
  /** The PEM file with the root CAs of this address. Without it, the roots of Node.js apply. */
  eventWebhookCaFile: z.string().optional(),
  /** The receiver of events by syslog over TLS. The default port is 6514. */
  eventSyslogServer: serverAddress.optional(),
  /** The PEM file with the root CAs of this receiver. Without it, the roots of Node.js apply. */
  eventSyslogCaFile: z.string().optional(),
  /** The PEM file with the client certificate for this receiver. */
  eventSyslogCertificateFile: z.string().optional(),
  /** The PEM file with the key of this client certificate. */
  eventSyslogKeyFile: z.string().optional(),
  /** The file to which a line of JSON is written for each event. A relative path is below the data folder. */
  eventFile: z.string().min(1).optional(),
  /** The size at which this file is renamed and a new one begins, in megabytes. */
  eventFileMegabytes: megabytes.default(100),
  /** The number of these files that are kept. */
  eventFiles: whole(1, 1000).default(10),
  /** The proxy for CRLs, OCSP, uploads, webhooks and logout notices. */
  outboundProxy: serverUrl(/^https?$/, 'it must be http://host:port or https://host:port').optional(),
  /** The hosts for which the proxy is not used: host names, domains such as `.example.org`, IP addresses and networks. */
  outboundProxyExceptions: hostPatterns.default([]),
  /** The oldest version of TLS that clients can use. */
  tlsMinimumVersion: z.enum(['1.2', '1.3']).default('1.2'),
  /** Whether the webhook and the syslog server can be at private addresses. */
  eventPrivateAddresses: z.enum(['allow', 'refuse']).default('allow'),
});

export const settingNames: readonly string[] = Object.keys(settingsShape.shape);
