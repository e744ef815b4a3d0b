import { adminCenterId, myAppsId, sampleId, singlePageId } from '#admin/applications/first-party.ts';
import { adminCenter } from '#apps/admin-center/admin-center.ts';
import type { AdminCenterBuild } from '#apps/admin-center/build.ts';
import { ownFetch } from '#apps/own-fetch.ts';
import { myApps, sampleApp } from '#apps/portal.ts';
import { singlePageApp } from '#apps/spa.ts';
import type { Config } from './config.ts';
import { clock, type OpenInstallation } from './installation.ts';

/** Where a server that listens on every network is reached from the same machine. */
const reachable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** My Apps, the admin center and the samples, which sign people in like any other: over HTTPS, by OpenID Connect. */
export function ownApplications(
  config: Config,
  installation: OpenInstallation,
  { ca, build }: { readonly ca: () => string; readonly build: AdminCenterBuild },
) {
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
    adminCenter(build, adminCenterId),
    sampleApp({ ...common, clientId: sampleId, base: '/sample' }),
    singlePageApp({ ...common, audience: singlePageId }, () => clock.now()),
  ];
}
