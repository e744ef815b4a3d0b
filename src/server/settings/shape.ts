import { z } from 'zod';
import { proxyFormatNames } from '#http/certauth/forwarded/formats.ts';
import { usualAdmission } from '#net/admission/pace.ts';
import { usualLimits } from '#net/limits/source-limiter.ts';
import { redactions } from '../events/log-line.ts';
import { capacity, mostWorkers, workersFor } from '../process/cores.ts';
import { crlSettings } from './crl-shape.ts';
import { eventSettings } from './event-shape.ts';
import {
  databaseUrl,
  hostPatterns,
  hosts,
  listenAddress,
  networks,
  origin,
  serverAddresses,
  serverUrl,
} from './hosts.ts';
import { days, whole } from './numbers.ts';

const flag = z.union([z.stringbool(), z.boolean()], { error: 'it must be true or false' });

const port = whole(0, 65535);

const limit = (usual: number) => whole(1).default(usual);

/** The form of `cardea.json`, with what each setting means: `cardea config schema` and docs/reference/settings.md have these texts. */
export const settingsShape = z.strictObject({
  dataFolder: z
    .string()
    .default('data')
    .describe(
      'The folder with the database, keys and demo cards. `cardea config remember` sets another default. `cardea.json`, which is in it, cannot set it.',
    ),
  listen: listenAddress
    .default('127.0.0.1')
    .describe('The address to listen on. Use 0.0.0.0 to listen on all networks.'),
  port: port.default(8443).describe('The port for HTTPS.'),
  loginOrigin: origin.optional().describe('The address of the login pages. Links use its host.'),
  certauthOrigin: origin
    .optional()
    .describe('The address that requests certificates. It must differ from `loginOrigin` by host name or port.'),
  deviceRegistrationOrigin: origin
    .optional()
    .describe(
      'The address of device registration. It needs its own host name, because it requests the device certificate.',
    ),
  deviceAuthorityName: z
    .string()
    .min(1)
    .max(64)
    .default('MS-Organization-Access')
    .describe('The common name of the CA that issues device certificates.'),
  deviceAuthorityUnit: z
    .guid('it must be a GUID')
    .default('5b3a4d3c-6f0e-4c0d-9f0a-1c6f0b7c4e21')
    .describe('The organizational unit in the name of this CA, a GUID.'),
  tlsCertificateFile: z
    .string()
    .optional()
    .describe(
      'The PEM file with the TLS certificate of the server and its chain. Without it, Cardea creates a certificate.',
    ),
  tlsKeyFile: z.string().optional().describe('The PEM file with the key of this certificate.'),
  certificateProxyFile: z
    .string()
    .optional()
    .describe(
      'A PEM file with the client certificates of reverse proxies. Only these proxies can forward the certificate of a user (RFC 9440).',
    ),
  certificateProxyFormat: z
    .enum(proxyFormatNames)
    .default('rfc9440')
    .describe('The format in which these proxies forward the certificate: docs/admin/proxies.md.'),
  certificateProxySocket: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'The path of a Unix socket to which a reverse proxy on this computer forwards certificates over plain HTTP.',
    ),
  workers: z
    .union(
      [z.literal('cores').transform(() => workersFor(capacity())), z.coerce.number().int().min(1).max(mostWorkers)],
      {
        error: `it must be cores, or a whole number from 1 to ${mostWorkers}`,
      },
    )
    .prefault('cores')
    .describe(
      'The number of processes that serve sign-ins on the same ports. `cores` starts one process for each core, if there is enough memory.',
    ),
  managementListen: listenAddress
    .default('127.0.0.1')
    .describe('The address of the management listener, which serves health and metrics over plain HTTP.'),
  managementPort: port.default(8481).describe('The port of the management listener. 0 turns it off.'),
  signingTokenModule: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The PKCS #11 module of the token that generates signing keys. CARDEA_SIGNING_TOKEN_PIN contains the PIN of the token.',
    ),
  signingTokenLabel: z.string().min(1).max(32).optional().describe('The label of this token.'),
  databaseUrl: databaseUrl
    .optional()
    .describe('The PostgreSQL database, as `postgres://…`. Without it, Cardea uses SQLite in the data folder.'),
  databasePrepared: flag
    .default(true)
    .describe(
      'Whether PostgreSQL prepares frequent statements. Use `false` with a connection pooler in transaction mode.',
    ),
  demo: flag.default(true).describe('Whether Cardea creates the demo tenant in an empty data folder.'),
  buildAdminCenter: flag
    .default(true)
    .describe(
      'Whether the server builds the pages of the admin center if they are missing or older than their sources.',
    ),
  demoCrlPort: port
    .default(8480)
    .describe('The port that serves the CRLs of the demo over plain HTTP, on the loopback address.'),
  ...crlSettings,
  primaryRefreshTokenCertificateRecheck: flag
    .default(true)
    .describe(
      'Whether the certificate of a primary refresh token is evaluated again when the token is renewed or used.',
    ),
  primaryRefreshTokenKeyDerivation1: z
    .enum(['none', 'others', 'all'])
    .default('others')
    .describe('Which devices can use version 1 of the key derivation. `others` are devices that do not run Windows.'),
  primaryRefreshTokenSessionKeyDays: days(0)
    .default(0)
    .describe(
      'The number of days after which a renewal gives a device a new session key. 0 turns this off, because some brokers keep the old key.',
    ),
  graphHosts: serverAddresses
    .default([])
    .describe(
      'Further host names of Graph, with or without a port. Links in a response use the host name of the request.',
    ),
  graphRequestsPerTenSeconds: limit(3000).describe(
    'The number of requests that an application can send to Graph in ten seconds, in each tenant.',
  ),
  graphStrict: flag
    .default(false)
    .describe(
      'Whether Graph refuses every request that Microsoft Graph refuses, to test clients. Otherwise it accepts those that do no harm.',
    ),
  uploadHosts: hosts
    .default([])
    .describe('The hosts from which an upload can download files of CAs by URL. By default, there are none.'),
  uploadPrivateAddresses: z
    .enum(['allow', 'refuse'])
    .default('refuse')
    .describe('Whether these hosts can be at private addresses.'),
  logoutPrivateAddresses: z
    .enum(['allow', 'refuse'])
    .default('allow')
    .describe('Whether back-channel logout notices are sent to applications at private addresses.'),
  federationPrivateAddresses: z
    .enum(['allow', 'refuse'])
    .default('allow')
    .describe(
      'Whether the identity provider of a federated domain can be at a private address. Browsers are redirected to it.',
    ),
  syncPrivateAddresses: z
    .enum(['allow', 'refuse'])
    .default('allow')
    .describe('Whether Cardea synchronizes from domain controllers at private addresses, as they usually are.'),
  sourceConnections: limit(usualLimits.connections).describe(
    'The number of connections that one source address can have at the same time.',
  ),
  sourceHandshakesPerTenSeconds: limit(usualLimits.handshakesPerTenSeconds).describe(
    'The number of TLS connections that one source address can begin in ten seconds.',
  ),
  sourceRequestsPerTenSeconds: limit(usualLimits.requestsPerTenSeconds).describe(
    'The number of requests of every kind from one source address in ten seconds.',
  ),
  sourceSignInsPerTenSeconds: limit(usualLimits.signInsPerTenSeconds).describe(
    'The number of sign-in requests from one source address in ten seconds. One sign-in takes about ten of them.',
  ),
  sourceFormsPerTenSeconds: limit(usualLimits.formsPerTenSeconds).describe(
    'The number of forms that one source address can post in ten seconds.',
  ),
  trustedProxies: networks
    .default([])
    .describe('The IP addresses and networks of reverse proxies that give the address of the client in a header.'),
  trustedProxyHeader: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'it must be the name of a header')
    .default('X-Forwarded-For')
    .describe('The header in which these proxies give the address of the client.'),
  proxyProtocolFrom: networks
    .default([])
    .describe(
      'The IP addresses and networks of load balancers that pass TLS through. Their connections begin with a header of the PROXY protocol, version 2.',
    ),
  signInsAtOnce: limit(usualAdmission.atOnce).describe(
    'The number of sign-ins that a process works on at the same time.',
  ),
  signInsWaiting: whole(0)
    .default(usualAdmission.waiting)
    .describe('The number of sign-ins that can wait in a process. Further sign-ins get 503.'),
  signInWaitMilliseconds: whole(1, 60_000)
    .default(usualAdmission.waitMilliseconds)
    .describe('The longest time that a sign-in waits to begin, in milliseconds. After that, it gets 503.'),
  auditLogDays: days(0)
    .default(730)
    .describe('The number of days that changes stay in the audit log. 0 keeps them forever.'),
  signInLogDays: days(1)
    .default(30)
    .describe('The number of days that sign-ins with their traces, and refusals in the audit log, are kept.'),
  signInLogMegabytes: whole(0)
    .default(0)
    .describe(
      'The largest size of the sign-in log of all tenants together, in megabytes. The oldest entries are deleted first. 0 means no limit.',
    ),
  signInLogRepeatSeconds: whole(0, 86_400)
    .default(600)
    .describe(
      'The number of seconds in which identical failures from one source are one entry with a count. 0 keeps each failure.',
    ),
  continuousAccessSeconds: whole(0, 86_400)
    .default(60)
    .describe(
      'How often active sign-ins are evaluated again, for revoked certificates and disabled users, in seconds. 0 turns this off.',
    ),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('warn')
    .describe('The least important messages that the log has. `info` adds a line for each sign-in and each change.'),
  logRedaction: z
    .enum(redactions)
    .default('none')
    .describe('What the log lines of sign-ins and changes say about users: everything, pseudonyms, or nothing.'),
  ...eventSettings,
  outboundProxy: serverUrl(
    /^https?:\/\/[^/?#]+\/?$/i,
    'it must be http://host:port or https://host:port without a path, with user:password@ before the host if the proxy needs it',
  )
    .optional()
    .describe('The proxy for CRLs, OCSP, uploads, webhooks and logout notices.'),
  outboundProxyExceptions: hostPatterns
    .default([])
    .describe(
      'The hosts for which the proxy is not used: host names, domains such as `.example.org`, IP addresses and networks.',
    ),
  tlsMinimumVersion: z.enum(['1.2', '1.3']).default('1.2').describe('The oldest version of TLS that clients can use.'),
});

export const settingNames: readonly string[] = Object.keys(settingsShape.shape);
