import { applicationsOf } from '#admin/account/applications.ts';
import { adminCenterId, myAppsId, sampleId, singlePageId } from '#admin/applications/first-party.ts';
import { adminCenter } from '#apps/admin-center/admin-center.ts';
import type { AdminCenterBuild } from '#apps/admin-center/build.ts';
import { type LauncherOptions, myApps } from '#apps/my-apps.ts';
import { pinnedFetch } from '#apps/pinned-fetch.ts';
import { sampleApp } from '#apps/portal.ts';
import { singlePageApp } from '#apps/spa.ts';
import { securityInfoAppId } from '#core/access/methods/security-info.ts';
import { applicationLogo, brandOf, brandOfInstallation } from '#http/branding.ts';
import { woodgroveDomains } from '#pki/demo/woodgrove-people.ts';
import { rolesHeldBy } from '#signin/user/roles-held.ts';
import type { Config } from '../config.ts';
import { hasDemo } from '../demo.ts';
import type { OpenInstallation } from '../installation.ts';
import { clock } from '../process/clock.ts';

/** Where a server that listens on every network is reached from the same machine. */
const reachable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** What every tenant has, and My Apps shows in the demo tenant alone. */
const samples: ReadonlySet<string> = new Set([sampleId, singlePageId]);

/** Pages that every page of a signed-in user has a link to. */
const pages = [myAppsId, securityInfoAppId];

/** My Apps, the admin center and the samples, which sign people in like any other: over HTTPS, by OpenID Connect. */
export function productApplications(
  config: Config,
  installation: OpenInstallation,
  { ca, build }: { readonly ca: () => string; readonly build: AdminCenterBuild },
) {
  const fetch = pinnedFetch({
    ca,
    connect: { host: reachable[config.listen] ?? config.listen, port: config.port },
  });
  const common = { origin: config.loginOrigin, fetch, now: () => clock.now() };
  const options = launcherOptions(config, installation);
  return [
    myApps({ ...common, clientId: myAppsId, base: '/myapps' }, options),
    adminCenter(build, adminCenterId),
    sampleApp({ ...common, clientId: sampleId, base: '/sample' }, options),
    singlePageApp({ ...common, audience: singlePageId }, common.now),
  ];
}

function launcherOptions(config: Config, installation: OpenInstallation): LauncherOptions {
  const { tenants } = installation;
  return {
    async tiles({ tenantId, userId }) {
      const tenant = await tenants.find(tenantId);
      if (!tenant) return [];
      const isDemo = hasDemo(config) && tenant.domains.some(({ id }) => id === woodgroveDomains[0]);
      const ports = installation.storage.forTenant(tenant.id);
      const isAdministrator = (await rolesHeldBy(userId, ports)).length > 0;
      const without = new Set([...pages, ...(isDemo ? [] : samples), ...(isAdministrator ? [] : [adminCenterId])]);
      const items = await applicationsOf(userId, { without }, { ports, at: clock.now() });
      return items.map((item) => ({ ...item, logo: applicationLogo(tenant.id, item.appId, item.logoDigest) }));
    },
    async brandOf(tenantId) {
      const tenant = tenantId === undefined ? undefined : await tenants.find(tenantId);
      return tenant ? brandOf(await installation.portsOf(tenant.id)) : brandOfInstallation(installation);
    },
  };
}
