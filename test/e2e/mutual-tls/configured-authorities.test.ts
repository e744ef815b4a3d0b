import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Issued } from '#pki/build/issued.ts';
import { GraphServer } from '../../graph/graph-server.ts';
import { testCa } from '../../pki/test-ca.ts';
import { Connection, pair } from './connection.ts';

const host = 'svc.woodgrove.test';
const clientAuthentication = ['1.3.6.1.5.5.7.3.2'];
const base64 = ({ der }: { readonly der: Uint8Array }) => Buffer.from(der).toString('base64');
const uploaded = testCa('CN=Uploaded Root');
const configured = testCa('CN=Configured Root');
const issuing = configured.issueCa('CN=Configured Issuing');
const stranger = testCa('CN=Other Root');
const service = (ca: typeof uploaded, options: Parameters<typeof uploaded.issueUserCertificate>[0] = {}): Issued =>
  ca.issueUserCertificate({ subject: 'CN=service', dns: [host], extendedKeyUsage: clientAuthentication, ...options });

describe('the CAs of mutualTlsOauthConfigurations decide in the handshake (graph-api §8)', () => {
  let graph: GraphServer;
  let token: string;
  let appId: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken(
      'MutualTlsOauthConfiguration.ReadWrite.All',
      'AppCertTrustConfiguration.ReadWrite.All',
    );
    const file = join(graph.server.folder, 'uploaded.pem');
    writeFileSync(file, uploaded.pem);
    assert.equal((await graph.server.cardea('ca', 'add', file, '--force')).err.includes('error'), false);
    const { out } = await graph.server.cardea('app', 'add', 'Service', '--tls-client', `san_dns=${host}`, '--json');
    ({ appId } = JSON.parse(out) as { appId: string });
  });
  after(() => graph.server.remove());

  /** What the token endpoint answers to a TLS connection with this certificate: 200, or the number of the error. */
  async function handshake(certificate: Issued, application = appId): Promise<unknown> {
    const form = {
      grant_type: 'client_credentials',
      client_id: application,
      scope: 'https://graph.microsoft.com/.default',
    };
    const path = `/${graph.tenantId}/oauth2/v2.0/token`;
    const { status, body } = await new Connection(graph.server, pair(certificate)).post(path, form);
    return status === 200 ? 200 : (body.error_codes as number[])[0];
  }

  async function configure(kind: string, members: object): Promise<() => Promise<void>> {
    const path = `/beta/directory/certificateAuthorities/${kind}`;
    const { status, body } = await graph.call(token, 'POST', path, members);
    assert.equal(status, 201, JSON.stringify(body));
    return async () => {
      assert.equal((await graph.call(token, 'DELETE', `${path}/${body.id}`)).status, 204);
    };
  }

  const authorities = [
    { isRootAuthority: true, certificate: base64(configured) },
    { isRootAuthority: false, certificate: base64(issuing) },
  ];

  test('without a configuration the CAs of the tenant count', async () => {
    assert.equal(await handshake(service(uploaded)), 200);
    assert.equal(await handshake(service(configured)), 700027);
  });

  const certificates: readonly (readonly [name: string, certificate: () => Issued, result: number])[] = [
    ['from the root of the configuration', () => service(configured), 200],
    ['from its issuing CA', () => service(issuing), 200],
    ['from a CA of the tenant that the configuration does not name', () => service(uploaded), 700027],
    ['from a CA that is known nowhere', () => service(stranger), 700027],
    ['that is self-signed', () => testCa('CN=self', { dns: [host] }), 700027],
    ['of another name', () => service(issuing, { dns: ['other.woodgrove.test'] }), 700030],
    [
      'that has expired',
      () => service(issuing, { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }),
      700027,
    ],
    ['for servers', () => service(issuing, { extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] }), 700027],
  ];
  for (const [name, certificate, result] of certificates)
    test(`with one, a certificate ${name} is ${result === 200 ? 'taken' : `refused (AADSTS${result})`}`, async () => {
      const end = await configure('mutualTlsOauthConfigurations', {
        displayName: 'Services',
        certificateAuthorities: authorities,
        tlsClientAuthParameter: 'tls_client_auth_san_dns',
      });
      try {
        assert.equal(await handshake(certificate()), result);
      } finally {
        await end();
      }
    });

  test('where there is none, the CAs for applications count; both gone, those of the tenant count again', async () => {
    const end = await configure('certificateBasedApplicationConfigurations', {
      displayName: 'Applications',
      trustedCertificateAuthorities: [{ isRootAuthority: true, certificate: base64(stranger) }],
    });
    assert.deepEqual([await handshake(service(stranger)), await handshake(service(uploaded))], [200, 700027]);
    const endTls = await configure('mutualTlsOauthConfigurations', { certificateAuthorities: authorities });
    assert.deepEqual([await handshake(service(stranger)), await handshake(service(issuing))], [700027, 200]);
    await endTls();
    await end();
    assert.deepEqual([await handshake(service(stranger)), await handshake(service(uploaded))], [700027, 200]);
  });
});
