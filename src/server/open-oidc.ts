import type { Logger } from 'pino';
import { scopesFor } from '#admin/applications/first-party.ts';
import { endOwnSessions } from '#apps/relying-party.ts';
import type { User } from '#core/binding/user.ts';
import { brandOf } from '#http/branding.ts';
import { openFetch } from '#net/http-client.ts';
import { createOidc, type Oidc } from '#oidc/oidc.ts';
import { noteReplay } from '#signin/log/refresh-token-replayed.ts';
import { rolesHeldBy } from '#signin/roles-held.ts';
import { noteClientCredentials } from '#signin/with-client-credentials.ts';
import { signInWithSession } from '#signin/with-session.ts';
import type { Config } from './config.ts';
import { clock, type OpenInstallation } from './installation.ts';
import { description } from './log.ts';

/** OpenID Connect on this installation. */
export function openOidc(config: Config, installation: OpenInstallation, log: Logger): Oidc {
  const { tenants, storage, portsOf, signingKeysOf } = installation;
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
    noteApplication: (request) => noteClientCredentials(request, storage.forTenant(request.tenantId), clock.now()),
    noteReplay: (request) => noteReplay(request, storage.forTenant(request.tenantId), clock.now()),
    checkSession: async (request) => signInWithSession(request, await portsOf(request.tenantId), clock.now()),
    log: ({ fault, ...event }) =>
      fault ? log.error({ ...event, ...description(fault) }, 'OpenID Connect') : log.info(event, 'OpenID Connect'),
  });
}
