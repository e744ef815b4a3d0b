import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type AuthorityHealth, trustHealth } from '#admin/trust/health/authority-health.ts';
import { crlsConfigured } from '#core/crl/needed.ts';
import { type CrlCache, openCrlCache } from '#crls/cache/cache.ts';
import type { CrlCacheOptions } from '#crls/cache/options.ts';
import { Metrics } from '#server/management/metrics.ts';
import { type OneTenant, openTenant } from '../contract/one-tenant.ts';
import { testCa } from '../pki/test-ca.ts';
import { until } from '../until.ts';
import { TestServer } from './test-server.ts';

const [minute, hour] = [60_000, 3_600_000];
const ca = testCa('CN=Root');

/** What the alerts and /health/trust say of a CRL as its end comes near, with the cache and the metrics of the server. */
describe('as the end of a CRL comes near', () => {
  let server: TestServer;
  let tenant: OneTenant;
  before(async () => {
    server = await TestServer.start();
  });
  beforeEach(async () => {
    server.requests.length = 0;
    tenant = await openTenant();
    await tenant.ports.trustStore.add(
      {
        id: crypto.randomUUID(),
        der: new Uint8Array(ca.der),
        displayName: 'CA',
        authorityType: 'root',
        certificateRevocationListUrl: server.url('/root.crl'),
        deltaCertificateRevocationListUrl: undefined,
        isIssuerHintEnabled: false,
        store: 'pki',
        createdDateTime: tenant.clock.at,
      },
      'test',
    );
  });
  after(() => server.stop());

  /** A node whose cache has the CRL that the test server serves now. */
  async function openNode(t: { after(end: () => Promise<void>): void }, policy: CrlCacheOptions['policy'] = {}) {
    const { clock, ports } = tenant;
    const timing = { retry: 0, retryPrefetch: 0, prefetch: 0.02 };
    const cache: CrlCache = openCrlCache({ clock, policy, timing, onFault: (fault) => assert.fail(String(fault)) });
    const { end } = tenant;
    t.after(async () => {
      await cache.close();
      await end();
    });
    const health = () => trustHealth({ ports: { ...ports, crls: cache, crlAdmin: cache }, at: clock.at });
    const metrics = new Metrics({ droppedLogLines: () => 0, version: '0.0.0' });
    metrics.watchTrust(async () => (await health()).map((item) => ({ tenantId: tenant.tenant.id, health: item })));
    const [request] = crlsConfigured((await ports.policies.current()).trustStore);
    await cache.fetch([request!], clock.at);
    assert.equal(cache.state()[0]?.number, '1');
    return {
      cache,
      health: async (): Promise<AuthorityHealth> => (await health())[0]!,
      metric: async (name: string): Promise<string | undefined> =>
        new RegExp(`^${name}\\{.*\\} (.*)$`, 'm').exec(await metrics.text())?.[1],
    };
  }

  for (const { name, lifetime, notice, nextPublish } of [
    { name: 'of a week: two hours', lifetime: 168 * hour, notice: 2 * hour },
    { name: 'of an hour: six minutes', lifetime: hour, notice: 6 * minute },
    {
      name: 'with Next CRL Publish at its end: two hours',
      lifetime: 168 * hour,
      notice: 2 * hour,
      nextPublish: 168 * hour,
    },
    {
      name: 'with Next CRL Publish: from then on',
      lifetime: 168 * hour,
      notice: 30 * minute,
      nextPublish: 168 * hour - 30 * minute,
    },
  ])
    test(`cardea_crl_fetch_failed tells before the end that the next one cannot be downloaded; notice for a CRL ${name}`, async (t) => {
      const { clock } = tenant;
      const later = (milliseconds: number) => new Date(clock.at.getTime() + milliseconds);
      const nextUpdate = later(lifetime);
      const extension = nextPublish === undefined ? {} : { nextPublish: later(nextPublish) };
      server.serve(ca.crl({ thisUpdate: clock.at, nextUpdate, number: 1n, ...extension }));
      const { cache, metric } = await openNode(t);
      server.answer = (_, response) => response.writeHead(503).end();
      clock.at = new Date(nextUpdate.getTime() - notice - minute);
      const [request] = crlsConfigured((await tenant.ports.policies.current()).trustStore);
      await cache.fetch([request!], clock.at);
      assert.equal(cache.state()[0]?.isDownloading, false);
      assert.equal(await metric('cardea_crl_fetch_failed'), '0');
      clock.pass(minute);
      await until('a download that fails', async () => (await metric('cardea_crl_fetch_failed')) === '1');
      const [answer] = await cache.fetch([request!], clock.at);
      assert.equal(answer?.base.kind === 'fetched' && answer.base.notRenewed, undefined, 'sign-ins continue');
    });

  test('a large CRL whose download continues in the background is not critical until that fails', async (t) => {
    const { clock } = tenant;
    const nextUpdate = new Date(clock.at.getTime() + hour);
    server.serve(ca.crl({ thisUpdate: clock.at, nextUpdate, number: 1n }));
    const limits = { interactive: { bytes: 2000, seconds: 60 }, background: { bytes: 1_000_000, seconds: 60 } };
    const { cache, health, metric } = await openNode(t, limits);
    let fail = () => {};
    server.answer = (_, response) => {
      response.writeHead(200).write(new Uint8Array(3000));
      fail = () => response.destroy();
    };
    clock.at = nextUpdate;
    await until('the download in the background', () => server.requests.length === 3);
    const during = await health();
    assert.deepEqual([during.state, during.warnings.map(({ code }) => code)], ['warning', ['crlRenewalDue']]);
    assert.deepEqual([cache.state()[0]?.isDownloading, await metric('cardea_crl_fetch_failed')], [true, '0']);
    fail();
    await until('its failure', async () => (await health()).state === 'critical');
    assert.equal(await metric('cardea_crl_fetch_failed'), '1');
  });
});
