import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPicture, pictureRules, putPicture } from '#admin/pictures/pictures.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { applicationLogo, brandingFiles } from '#http/branding.ts';
import type { ServerContext } from '#http/server-context.ts';
import { emptyFolder, openAt } from '../contract/databases.ts';
import { pngOf } from './picture.ts';

test('the logo of an application is served as a picture and nothing else, to its own tenant’s address alone', async (t) => {
  const storage = await openAt({ kind: 'sqlite', folder: emptyFolder() });
  t.after(() => storage.close());
  const [woodgrove, fabrikam] = ['woodgrove.test', 'fabrikam.test'].map((id) => ({
    ...{ id: crypto.randomUUID(), displayName: id },
    domains: [{ id, authenticationType: 'Managed', isVerified: true } as const],
  }));
  for (const tenant of [woodgrove!, fabrikam!]) await storage.tenants.add(tenant);
  const portsOf = (async (id: string) => storage.forTenant(id)) as never as ServerContext['portsOf'];
  const files = brandingFiles({ tenants: storage.tenants, portsOf });
  const logo = orThrow(checkPicture(pngOf(48, 48), pictureRules.logo));
  const appId = crypto.randomUUID();
  const { objects } = storage.forTenant(woodgrove!.id);
  await putPicture({ subject: 'application', ownerId: appId, part: 'logo' }, logo, {
    actor: 'test',
    ports: { objects },
  });
  const response = await files.request(applicationLogo(woodgrove!.id, appId, logo.sha256)!);
  const headers = ['content-type', 'content-security-policy', 'x-content-type-options'].map((name) =>
    response.headers.get(name),
  );
  assert.deepEqual([response.status, ...headers], [200, 'image/png', "default-src 'none'; sandbox", 'nosniff']);
  for (const [tenantId, application] of [
    [fabrikam!.id, appId],
    [woodgrove!.id, crypto.randomUUID()],
    [crypto.randomUUID(), appId],
  ] as const)
    assert.equal((await files.request(applicationLogo(tenantId, application, logo.sha256)!)).status, 404);
  assert.equal(applicationLogo(woodgrove!.id, appId, undefined), undefined);
});
