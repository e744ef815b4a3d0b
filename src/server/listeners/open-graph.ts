import type { Logger } from 'pino';
import { graphListener } from '#graph/listener.ts';
import { openNameRecords } from '#graph/resources/tenant/name-records.ts';
import { type CertificateProxies, presentedBy } from '#http/certauth/presented.ts';
import { checkAccessToken } from '#oidc/tokens/check-access-token.ts';
import type { Config } from '../config.ts';
import type { OpenInstallation } from '../installation.ts';
import { logFault } from '../log.ts';
import { clock } from '../process/clock.ts';

/** Microsoft Graph on this installation. */
export function openGraph(
  config: Config,
  installation: OpenInstallation,
  certificateProxies: CertificateProxies,
  log: Logger,
): ReturnType<typeof graphListener> {
  const { storage, tenants, signingKeysOf, crls, bundles, pageTokenKey } = installation;
  const names = openNameRecords();
  const installationNames = { publicOrigin: config.loginOrigin, graphHosts: config.graphHosts, tenants, signingKeysOf };
  const { host } = new URL(config.loginOrigin);
  const mutualTlsHost = new URL(config.certauthOrigin).host; // links in its answers lead where a bound token counts
  return graphListener({
    loginOrigin: config.loginOrigin,
    clock,
    hosts: new Set([
      host,
      `graph.${host}`,
      mutualTlsHost,
      ...config.graphHosts.map((graphHost) => graphHost.toLowerCase()),
    ]),
    checkToken: (token, certificateOf) =>
      checkAccessToken(token, { ...installationNames, at: clock.now(), certificateOf }),
    certificateOf: (incoming) => presentedBy(incoming, certificateProxies)?.leaf,
    portsOf: async (tenantId) => {
      const ports = { ...(await installation.portsOf(tenantId)), ...storage.forTenant(tenantId) };
      const plans = async () => {
        const { directoryPlans } = await import('#sync/directory-plan.ts'); // LDAP: a start does without
        return directoryPlans({ ...ports, tenants }, { rules: installation.directoryRules });
      };
      return { ...ports, crlAdmin: crls, bundles, tenants, names, directoryPlans: plans };
    },
    pageTokenKey,
    requestsPerTenSeconds: config.graphRequestsPerTenSeconds,
    sharedLimits: installation.sharedLimits,
    isStrict: config.graphStrict,
    onFault: (problem, correlationId) => logFault(log, problem, 'Graph failed', { correlationId }),
  });
}
