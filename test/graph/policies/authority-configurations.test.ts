import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import { handshakeAuthorities, namedAuthorities } from '#admin/applications/credentials/named-authorities.ts';
import { addDirectoryApplication, changeDirectoryApplication } from '#admin/applications/directory-applications.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import { openPasswords } from '#keys/passwords.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { emptyFolder, openAt, TestClock } from '../../contract/databases.ts';
import { type GraphNode, serveGraph } from '../../contract/graph-node.ts';
import { testCa } from '../../pki/test-ca.ts';

const actor = 'test';
const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64');
const root = testCa('Application Root');
const issuing = root.issueCa('Application Issuing');
const stranger = testCa('Other Root');
const leafOf = (ca: typeof root, name: string) => base64(ca.issueUserCertificate({ subject: `CN=${name}` }).der);

describe('from which CAs certificates of applications may come', () => {
  const clock = new TestClock();
  const tenantId = crypto.randomUUID();
  const addresses = { privateAddresses: true } as never;
  let storage: Storage;
  let tenant: TenantStorage;
  let graph: GraphNode;

  before(async () => {
    storage = await openAt({ kind: 'sqlite', folder: emptyFolder() }, clock);
    const domain = { id: 'ca.test', authenticationType: 'Managed', isVerified: true } as const;
    await storage.tenants.add({ id: tenantId, displayName: 'CA', domains: [domain] });
    tenant = storage.forTenant(tenantId);
    const permissions = [
      'AppCertTrustConfiguration.ReadWrite.All',
      'MutualTlsOauthConfiguration.ReadWrite.All',
      'Application.ReadWrite.All',
    ];
    const ports = { ...tenant, addresses };
    const { application } = orThrow(
      await addApplication(
        { displayName: 'Manager', redirectUris: [], isPublicClient: false, roles: permissions },
        { actor, ports },
      ),
    );
    const { appId } = application;
    const bearer = { tenantId, kind: 'application', id: appId, appId, permissions } as const;
    const passwords = openPasswords();
    const portsOfCall = async () =>
      ({
        ...ports,
        passwords,
        tenant: (await storage.tenants.find(tenantId))!,
        clock,
        crlAdmin: {},
      }) as unknown as GraphPorts;
    graph = await serveGraph(clock, () => ({ ...bearer, issuedAt: clock.at }), portsOfCall);
  });
  after(async () => {
    graph?.close();
    await storage?.close();
  });

  const path = '/directory/certificateAuthorities/certificateBasedApplicationConfigurations';
  const tlsPath = '/directory/certificateAuthorities/mutualTlsOauthConfigurations';
  const authorities = [
    { isRootAuthority: true, certificate: base64(root.der) },
    { isRootAuthority: false, certificate: base64(issuing.der) },
  ];
  const keyOf = (certificate: string) => ({ keyCredentials: [{ certificate }] });
  const register = (certificate: string) =>
    addDirectoryApplication(
      { displayName: 'App', ...keyOf(certificate) },
      { at: clock.at, actor, ports: { ...tenant, addresses } },
    ).then(orThrow);
  const codeOf = async (work: Promise<unknown>) =>
    work.then(
      () => 'taken',
      (problem: { because?: { code: string } }) => problem.because?.code,
    );

  test('without a configuration any certificate is registered', async () => {
    assert.deepEqual(await namedAuthorities('certificateBasedApplicationConfigurations', tenant), []);
    assert.equal(await codeOf(register(leafOf(stranger, 'free'))), 'taken');
  });

  test('the list of CAs of the other kind is refused, where it was ignored', async () => {
    for (const [address, name] of [
      [path, 'certificateAuthorities'],
      [tlsPath, 'trustedCertificateAuthorities'],
    ] as const) {
      const { status, body } = await graph.answer('POST', address, { displayName: 'X', [name]: authorities });
      assert.deepEqual([status, body.error.details[0].target], [400, name], JSON.stringify(body));
    }
  });

  test('a configuration is made, read with its CAs, changed and removed', async () => {
    const created = await graph.answer('POST', path, {
      displayName: 'Apps',
      trustedCertificateAuthorities: authorities,
    });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    const { id } = created.body;
    const { body: plain } = await graph.answer('GET', `${path}/${id}`);
    assert.deepEqual([plain.displayName, plain.trustedCertificateAuthorities], ['Apps', undefined]);
    const { body: expanded } = await graph.answer('GET', `${path}/${id}?$expand=trustedCertificateAuthorities`);
    assert.deepEqual(
      expanded.trustedCertificateAuthorities.map((authority: { issuer: string }) => authority.issuer),
      ['CN=Application Root', 'CN=Application Root'],
    );
    const { body: inside } = await graph.answer('GET', `${path}/${id}/trustedCertificateAuthorities`);
    assert.equal(inside.value.length, 2);
    assert.equal((await graph.call('PATCH', `${path}/${id}`, { displayName: 'Applications' })).status, 204);
    const { body: list } = await graph.answer('GET', path);
    assert.deepEqual(
      list.value.map((item: { displayName: string }) => item.displayName),
      ['Applications'],
    );
    const insidePath = `${path}/${id}/trustedCertificateAuthorities`;
    const { body: newAuthority } = await graph.answer('POST', insidePath, {
      isRootAuthority: true,
      certificate: base64(stranger.der),
    });
    assert.equal((await graph.call('DELETE', `${insidePath}/${newAuthority.id}`)).status, 204);
    assert.equal((await graph.call('DELETE', `${path}/${id}`)).status, 204);
    assert.equal((await graph.call('GET', `${path}/${id}`)).code, 'Request_ResourceNotFound');
  });

  const refusedBodies: readonly (readonly [name: string, list: readonly object[], problem: RegExp])[] = [
    ['no CA', [], /at least one CA/],
    ['no root', [authorities[1]!], /at least one CA is a root/],
    ['a certificate of no CA', [{ isRootAuthority: true, certificate: leafOf(root, 'leaf') }], /not a CA certificate/],
    ['a CA twice', [authorities[0]!, authorities[0]!], /named twice/],
    ['octets that cannot be read', [{ isRootAuthority: true, certificate: 'AAAA' }], /certificate/],
  ];
  for (const [name, list, problem] of refusedBodies)
    test(`a configuration with ${name} is refused`, async () => {
      const { status, body } = await graph.answer('POST', path, { trustedCertificateAuthorities: list });
      assert.equal(status, 400);
      assert.match(body.error.message, problem);
    });

  test('with a configuration new certificates come from its CAs, and registered ones stay', async () => {
    const before = await register(leafOf(stranger, 'before'));
    const { body } = await graph.answer('POST', path, { trustedCertificateAuthorities: authorities });
    const good = leafOf(issuing, 'good');
    assert.equal(await codeOf(register(good)), 'taken');
    assert.equal(await codeOf(register(leafOf(root, 'from the root'))), 'taken');
    assert.equal(await codeOf(register(leafOf(stranger, 'other'))), 'applicationKeyFromOtherAuthority');
    const ports = { ...tenant, addresses };
    const { certificate } = before.keyCredentials![0]!;
    const change = (list: readonly string[]) =>
      changeDirectoryApplication(
        before.appId,
        { keyCredentials: list.map((item) => ({ certificate: item })) },
        { actor, ports },
      ).then(orThrow);
    assert.equal(await codeOf(change([certificate, good])), 'taken');
    assert.equal(await codeOf(change([certificate, leafOf(stranger, 'new')])), 'applicationKeyFromOtherAuthority');
    const ruling = readCertificate(Buffer.from(leafOf(stranger, 'cli'), 'base64'));
    assert.ok(ruling.outcome === 'passed');
    const request = { displayName: 'CLI', redirectUris: [], isPublicClient: false, certificates: [ruling.value] };
    assert.equal(
      await codeOf(addApplication(request, { actor, ports }).then(orThrow)),
      'applicationKeyFromOtherAuthority',
    );
    const { status, body: answer } = await graph.answer('POST', '/applications', {
      displayName: 'By Graph',
      keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: leafOf(stranger, 'graph') }],
    });
    assert.equal(status, 400);
    assert.match(answer.error.message, /not issued by a CA that is configured for certificates of applications/);
    await graph.call('DELETE', `${path}/${body.id}`);
  });

  test('CAs for mutual TLS are those for the handshake, before those for applications', async () => {
    const { body } = await graph.answer('POST', path, { trustedCertificateAuthorities: authorities });
    assert.equal((await handshakeAuthorities(tenant)).length, 2);
    const created = await graph.answer('POST', tlsPath, {
      displayName: 'Devices',
      tlsClientAuthParameter: 'tls_client_auth_san_uri',
      certificateAuthorities: [{ isRootAuthority: true, certificate: base64(stranger.der) }],
    });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    const [authority, ...rest] = await handshakeAuthorities(tenant);
    assert.deepEqual(
      [rest.length, authority!.authorityType, base64(authority!.certificate.der)],
      [0, 'root', base64(stranger.der)],
    );
    assert.equal(created.body.tlsClientAuthParameter, 'tls_client_auth_san_uri');
    for (const address of [`${tlsPath}/${created.body.id}`, `${path}/${body.id}`])
      assert.equal((await graph.call('DELETE', address)).status, 204);
  });
});
