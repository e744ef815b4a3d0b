import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pem } from '#pki/build/certificate-builder.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { certauthHosts } from './hosts.ts';

const tenantId = '0a1b2c3d-0000-4000-8000-000000000001';
const root = testCa('Hosts Root');
const certificateFor = (...dns: string[]) => pem('CERTIFICATE', root.issue({ subject: 'CN=server', dns }).der);
const origin = 'https://certauth.test:8443';
const wild = certauthHosts(origin, certificateFor('certauth.test', '*.certauth.test'));

for (const { hinted, host } of [
  { hinted: false, host: /^https:\/\/[0-9a-f]{12}\.certauth\.test:8443$/ },
  { hinted: true, host: new RegExp(`^https://t${tenantId}-[0-9a-f]{12}\\.certauth\\.test:8443$`) },
])
  test(`each attempt has a host of its own ${hinted ? 'that names the tenant' : 'without a tenant'}`, () => {
    const hosts = Array.from({ length: 20 }, () => wild.originFor({ tenantId, hinted }));
    for (const item of hosts) assert.match(item, host);
    assert.equal(new Set(hosts).size, hosts.length);
    assert.equal(wild.tenantIn(new URL(hosts[0]!).hostname), hinted ? tenantId : undefined);
  });

test('without a wildcard in the certificate of the server, every attempt is on the one host', () => {
  const fixed = certauthHosts(origin, certificateFor('certauth.test'));
  assert.equal(fixed.originFor({ tenantId, hinted: true }), origin);
});

for (const { host, tenant } of [
  { host: `t${tenantId}.certauth.test`, tenant: tenantId },
  { host: `t${tenantId}-0f.certauth.test`, tenant: tenantId },
  { host: `t${tenantId}-0f.certauth.test.evil.test`, tenant: undefined },
  { host: `t${tenantId}-0fcertauth.test`, tenant: undefined },
  { host: `x.t${tenantId}.certauth.test`, tenant: undefined },
  { host: `t${tenantId.toUpperCase()}.certauth.test`, tenant: undefined },
  { host: `t${tenantId}-0g.certauth.test`, tenant: undefined },
  { host: 'certauth.test', tenant: undefined },
])
  test(`${host} names ${tenant ? 'its tenant' : 'no tenant'}`, () => assert.equal(wild.tenantIn(host), tenant));
