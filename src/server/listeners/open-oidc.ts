import type { Logger } from 'pino';
import { handshakeAuthorities } from '#admin/applications/credentials/named-authorities.ts';
import { scopesFor } from '#admin/applications/first-party.ts';
import { endProductSessions } from '#apps/relying-party.ts';
import type { User } from '#core/binding/user.ts';
import { openBroker } from '#device/prt/broker.ts';
import { brandOf } from '#http/branding.ts';
import { certauthHosts } from '#http/certauth/hosts.ts';
import { type CertificateProxies, presentedBy } from '#http/certauth/presented.ts';
import { openFetch } from '#net/http-client.ts';
import { createOidc, type Oidc } from '#oidc/oidc.ts';
import { evaluateApplicationCertificate } from '#signin/applications/with-application-certificate.ts';
import { noteCertificateRefused, noteClientCredentials } from '#signin/applications/with-client-credentials.ts';
import { noteReplay } from '#signin/log/refresh-token-replayed.ts';
import type { ClaimsRequest } from '#signin/tokens/claims-request.ts';
import { extensionClaims, userClaims } from '#signin/tokens/user-claims.ts';
import { rolesHeldBy } from '#signin/user/roles-held.ts';
import { signInWithSession } from '#signin/with-session.ts';
import type { Config } from '../config.ts';
import { type OpenInstallation, proxyOf } from '../installation.ts';
import { logFault } from '../log.ts';
import { clock } from '../process/clock.ts';
import type { Tls } from './tls-files.ts';

/** OpenID Connect on this installation. */
export function openOidc(
  config: Config,
  installation: OpenInstallation,
  { tls, certificateProxies }: { readonly tls: Tls; readonly certificateProxies: CertificateProxies },
  log: Logger,
): Oidc {
  const { tenants, storage, portsOf, signingKeysOf } = installation;
  const { originFor } = certauthHosts(config.certauthOrigin, tls.files.cert);
  return createOidc({
    publicOrigin: config.loginOrigin,
    mutualTlsOrigin: config.certauthOrigin,
    graphHosts: config.graphHosts,
    cookieKeys: installation.cookieKeys,
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
        extensionClaims: (request: Omit<ClaimsRequest, 'tenant' | 'origin'>) => extensionClaims(request, stores),
        userClaims: (request: Omit<ClaimsRequest, 'tenant' | 'origin'>) =>
          userClaims({ ...request, tenant, origin: config.loginOrigin }, stores),
        roles: { templateIdsOf: (user: Pick<User, 'id'>) => rolesHeldBy(user.id, stores) },
        brand: () => brandOf({ tenant, objects: stores.objects }),
      };
    },
    flowSealing: installation.tokenSealing,
    broker: openBroker({
      publicOrigin: config.loginOrigin,
      clock,
      sealing: installation.tokenSealing,
      nonceKey: installation.nonceKey,
      settings: {
        recheckCertificates: config.primaryRefreshTokenCertificateRecheck,
        keyDerivation1: config.primaryRefreshTokenKeyDerivation1,
        sessionKeyDays: config.primaryRefreshTokenSessionKeyDays,
      },
      portsOf: async (tenantId) => ({
        ...(await portsOf(tenantId)),
        oidcRecords: storage.forTenant(tenantId).oidcRecords,
      }),
    }),
    sharedLimits: installation.sharedLimits,
    endProductSessions,
    fetch: openFetch({ privateAddresses: config.logoutPrivateAddresses, proxy: proxyOf(config) }),
    recordTenant: storage.tenantOfRecord,
    realmPorts: portsOf,
    async certAuthUrl(tenantId) {
      const { x509 } = await (await portsOf(tenantId)).policies.current();
      const hinted = x509.issuerHintsConfiguration.state === 'enabled';
      return x509.state === 'enabled' ? `${originFor({ tenantId, hinted })}/${tenantId}/certauth` : undefined;
    },
    certificateOf: (req) => presentedBy(req, certificateProxies),
    async evaluateCertificate({ tenantId, application, leaf, signInRequest }) {
      const { correlationId } = signInRequest;
      const context = { ports: await portsOf(tenantId), at: clock.now() };
      const authorities = await handshakeAuthorities(context.ports);
      const verdict = await evaluateApplicationCertificate({ correlationId, application, leaf, authorities }, context);
      const { isProven, because: reason, trace: certificateTrace } = verdict;
      if (!isProven) await noteCertificateRefused({ ...signInRequest, certificateTrace }, reason, context);
      return verdict;
    },
    noteApplication: (request) =>
      noteClientCredentials(request, { ports: storage.forTenant(request.tenantId), at: clock.now() }),
    noteReplay: (request) => noteReplay(request, { ports: storage.forTenant(request.tenantId), at: clock.now() }),
    checkSession: async (request) =>
      signInWithSession(request, { ports: await portsOf(request.tenantId), at: clock.now() }),
    log: ({ fault, ...event }) =>
      fault ? logFault(log, fault, 'OpenID Connect', event) : log.info(event, 'OpenID Connect'),
  });
}
