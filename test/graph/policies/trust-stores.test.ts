import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Client } from '@microsoft/microsoft-graph-client';
import { bundleOf } from '../../pki/bundle.ts';
import { testCa } from '../../pki/test-ca.ts';
import { clientOf, refusedWith, trusting } from '../client.ts';
import { GraphServer } from '../graph-server.ts';

const fixedId = '29728ade-6ae4-4ee9-9103-412912537da5';
const containers = '/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations';
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const root = testCa('C=US,O=Fjord,CN=Fjord Root');
const issuing = root.issueCa('C=US,O=Fjord,CN=Fjord Issuing');
const third = root.issueCa('C=US,O=Fjord,CN=Fjord Third');

describe('the classic store by Graph (graph-api §4, §18 script 3)', () => {
  let graph: GraphServer;
  let distrust: () => void;
  let administrator: Client;
  let path: string;
  before(async () => {
    graph = await GraphServer.start();
    distrust = trusting(graph);
    administrator = clientOf(graph, await graph.personToken('ana', 'Organization.ReadWrite.All', 'AuditLog.Read.All'));
    path = `/organization/${graph.tenantId}/certificateBasedAuthConfiguration`;
  });
  after(async () => {
    distrust?.();
    await graph?.end();
  });
  const statement = (ca: { der: Uint8Array }, isRootAuthority: boolean, url?: string) => ({
    isRootAuthority,
    certificate: base64(ca.der),
    ...(url === undefined ? {} : { certificateRevocationListUrl: url }),
  });

  test('the whole list is rewritten, as the PowerShell cmdlets do: read, append, post; then take away, until none is left', async () => {
    assert.deepEqual((await administrator.api(path).get()).value, []);
    const first = await administrator.api(path).post({ certificateAuthorities: [statement(root, true)] });
    assert.equal(first.id, fixedId);
    assert.equal(
      first['@odata.context'],
      `${graph.server.origin}/v1.0/$metadata#organization('${graph.tenantId}')/certificateBasedAuthConfiguration/$entity`,
    );
    const [only] = first.certificateAuthorities;
    assert.equal(only.issuer, 'CN=Fjord Root, O=Fjord, C=US');
    assert.match(only.issuerSki, /^[0-9A-F]{40}$/);
    assert.equal(only.certificateRevocationListUrl, null);
    // New-EntraTrustedCertificateAuthority: what was read goes back with one more.
    const [read] = (await administrator.api(path).get()).value;
    const addition = [
      ...read.certificateAuthorities,
      statement(issuing, false, 'http://crl.fjord.example/issuing.crl'),
    ];
    await administrator.api(path).post({ certificateAuthorities: addition });
    const { value } = await administrator.api(path).get();
    assert.equal(value.length, 1, 'one item, whatever was posted');
    assert.equal(value[0].certificateAuthorities.length, 2);
    assert.equal((await administrator.api(`${path}/${fixedId}`).get()).certificateAuthorities.length, 2);
    // Remove-EntraTrustedCertificateAuthority, twice.
    await administrator.api(path).post({ certificateAuthorities: [value[0].certificateAuthorities[0]] });
    const left = (await administrator.api(path).get()).value[0].certificateAuthorities;
    assert.deepEqual(left, [only]);
    const emptied = await administrator.api(path).post({ certificateAuthorities: [] });
    assert.deepEqual(emptied.certificateAuthorities, []);
    assert.deepEqual((await administrator.api(path).get()).value, []);
    const { value: audits } = await administrator
      .api('/auditLogs/directoryAudits')
      .filter("category eq 'CertificateBasedAuthConfiguration'")
      .get();
    assert.equal(audits.length, 4);
    assert.equal(audits[0].activityDisplayName, 'Add CertificationBasedAuthConfiguration');
    assert.equal(audits[0].initiatedBy.user.userPrincipalName, 'ana@woodgrove.test');
  });

  test('PATCH and PUT are not offered, another id is not there, DELETE empties', async () => {
    await administrator.api(path).post({ certificateAuthorities: [statement(root, true)] });
    await assert.rejects(
      administrator.api(`${path}/${fixedId}`).patch({ certificateAuthorities: [] }),
      refusedWith(405, 'Request_BadRequest'),
    );
    const second = `${path}/${crypto.randomUUID()}`;
    await assert.rejects(administrator.api(second).get(), refusedWith(404, 'Request_ResourceNotFound'));
    await assert.rejects(
      administrator.api(path.replace(graph.tenantId, crypto.randomUUID())).get(),
      refusedWith(404, 'Request_ResourceNotFound'),
    );
    assert.equal((await administrator.api(path.replace(graph.tenantId, 'woodgrove.test')).get()).value.length, 1);
    assert.equal(await administrator.api(`${path}/${fixedId}`).delete(), undefined);
    await assert.rejects(
      administrator.api(`${path}/${fixedId}`).delete(),
      refusedWith(404, 'Request_ResourceNotFound'),
    );
  });

  const expiredItem = testCa('CN=Expired', { notAfter: new Date('2021-01-01T00:00:00Z') });
  const card = issuing.issueUserCertificate({ subject: 'CN=Somebody' });
  const wrong: readonly (readonly [string, readonly object[], RegExp])[] = [
    ['an expired CA (TS-3)', [statement(expiredItem, true)], /delete the expired CA first/],
    ['a certificate of a person', [statement(card, false)], /not a CA/],
    ['a root stated to be intermediate (TS-2)', [statement(root, false)], /specified as intermediate/],
    ['the same CA twice (TS-10)', [statement(root, true), statement(root, true)], /already in the trust store/],
    [
      'an address that cannot be a CRL address (TS-5)',
      [statement(root, true, 'file:///etc/passwd')],
      /^certificateAuthorities\/0\/certificateRevocationListUrl: .* cannot be a CRL address/,
    ],
    ['a property there is not', [{ ...statement(root, true), colour: 'red' }], /certificateAuthorities\/0\/colour/],
  ];
  for (const [name, certificateAuthorities, message] of wrong) {
    test(`a list with ${name} is refused whole`, async () => {
      await assert.rejects(
        administrator.api(path).post({ certificateAuthorities }),
        refusedWith(400, 'Request_BadRequest', message),
      );
      assert.deepEqual((await administrator.api(path).get()).value, []);
    });
  }

  test('only a Global Administrator writes it', async () => {
    await graph.role('Privileged Authentication Administrator', 'ben');
    const ben = clientOf(graph, await graph.personToken('ben', 'Organization.ReadWrite.All'));
    await assert.rejects(
      ben.api(path).post({ certificateAuthorities: [] }),
      refusedWith(403, 'Authorization_RequestDenied', /Global Administrator/),
    );
  });
});

describe('the PKI-based store by Graph (graph-api §5, §18 script 9)', () => {
  let graph: GraphServer;
  let distrust: () => void;
  let privileged: Client;
  let files: Server;
  const bundle = bundleOf(root.der, issuing.der);
  let release: () => void = () => {};
  before(async () => {
    files = createServer((request, response) => {
      if (request.url !== '/slow.p7b') return void response.end(bundle);
      release = () => response.end(bundle);
    });
    await new Promise<void>((done) => files.listen(0, '127.0.0.1', done));
    graph = await GraphServer.start({
      CARDEA_UPLOAD_HOSTS: 'localhost',
      CARDEA_UPLOAD_PRIVATE_ADDRESSES: 'allow',
    });
    distrust = trusting(graph);
    await graph.role('Privileged Authentication Administrator', 'ben');
    await graph.role('Authentication Policy Administrator', 'cleo');
    privileged = clientOf(graph, await graph.personToken('ben', 'PublicKeyInfrastructure.ReadWrite.All'));
  });
  after(async () => {
    distrust?.();
    await graph?.end();
    files.closeAllConnections();
    files.close();
  });
  const fileUrl = (name: string) => `http://localhost:${(files.address() as AddressInfo).port}/${name}`;
  const hash = createHash('sha256').update(bundle).digest('hex');
  const untilEnded = async (path: string): Promise<{ status: string; statusDetails: string }> => {
    for (;;) {
      const container = await privileged.api(path).get();
      if (container.status !== 'running') return container;
      await new Promise((next) => setTimeout(next, 50));
    }
  };

  test('a container is made, filled manually and by upload, deleted, found and restored with its CAs', async () => {
    const result = await privileged.api(containers).post({ displayName: 'Fjord' });
    const containerPath = `${containers}/${result.id}`;
    assert.deepEqual([result.displayName, result.status, result.deletedDateTime], ['Fjord', null, null]);
    const ca = await privileged.api(`${containerPath}/certificateAuthorities`).post({
      '@odata.type': '#microsoft.graph.certificateAuthorityDetail',
      certificate: base64(third.der),
      certificateAuthorityType: 'intermediate',
      deltacertificateRevocationListUrl: 'http://crl.fjord.example/third-delta.crl',
      certificateRevocationListUrl: 'http://crl.fjord.example/third.crl',
    });
    assert.equal(ca.deltaCertificateRevocationListUrl, 'http://crl.fjord.example/third-delta.crl');
    assert.match(ca.thumbprint, /^[0-9A-F]{40}$/);
    assert.equal(ca.isIssuerHintEnabled, false);
    const item = `${containerPath}/certificateAuthorities/${ca.id}`;
    const change = await privileged.api(item).patch({ isIssuerHintEnabled: true });
    assert.deepEqual([change.id, change.isIssuerHintEnabled], [ca.id, true], '200 with the object');
    const lower = { certificate: base64(third.der), thumbprint: ca.thumbprint.toLowerCase() };
    await assert.rejects(
      privileged.api(`${containerPath}/certificateAuthorities`).post(lower),
      refusedWith(400, 'Request_BadRequest', /already/),
    );

    const slow = { uploadUrl: fileUrl('slow.p7b'), sha256FileHash: hash.toUpperCase() };
    assert.equal(await privileged.api(`${containerPath}/upload`).post(slow), undefined, '204');
    assert.equal((await privileged.api(containerPath).get()).status, 'running');
    await assert.rejects(
      privileged.api(`${containerPath}/upload`).post(slow),
      refusedWith(400, 'Request_BadRequest', /running since/),
    );
    release();
    assert.equal((await untilEnded(containerPath)).status, 'succeeded');
    const inside = await privileged.api(`${containerPath}/certificateAuthorities`).orderby('displayName').get();
    assert.equal(inside.value.length, 3);
    const roots = await privileged
      .api(`${containerPath}/certificateAuthorities`)
      .filter("certificateAuthorityType eq 'root'")
      .get();
    assert.deepEqual(roots.value.length, 1);

    await privileged.api(`${containerPath}/upload`).post({ uploadUrl: fileUrl('again.p7b'), sha256FileHash: hash });
    const again = await untilEnded(containerPath);
    assert.deepEqual([again.status, again.statusDetails], ['succeeded', '0 CAs added. 2 CAs already in the store.']);
    const before = await privileged.api(containerPath).get();
    for (const [uploadUrl, message] of [
      ['http://elsewhere.example/x', /not in the setting uploadHosts/],
      ['ftp://localhost/x', /neither http nor https/],
      ['http://169.254.169.254/x', /not in the setting uploadHosts/],
      ['not a URL', /not a URL/],
    ] as const) {
      const request = privileged.api(`${containerPath}/upload`).post({ uploadUrl, sha256FileHash: hash });
      await assert.rejects(request, refusedWith(400, 'Request_BadRequest', message));
    }
    assert.deepEqual(await privileged.api(containerPath).get(), before, 'a refused URL begins no upload');

    assert.equal(
      (await privileged.api(containerPath).patch({ displayName: 'Fjord cards' })).displayName,
      'Fjord cards',
    );
    assert.equal(await privileged.api(containerPath).delete(), undefined);
    await assert.rejects(privileged.api(containerPath).get(), refusedWith(404, 'Request_ResourceNotFound'));
    const deletion = await privileged.api('/directory/deletedItems/microsoft.graph.certificateBasedAuthPki').get();
    assert.equal(deletion.value[0].id, result.id);
    assert.ok(Date.parse(deletion.value[0].deletedDateTime) > 0);
    const removal = await privileged.api('/directory/deletedItems/microsoft.graph.certificateAuthorityDetail').get();
    assert.equal(removal.value.length, 3);
    const restoration = await privileged.api(`/directory/deletedItems/${result.id}/restore`).post({});
    assert.deepEqual([restoration.id, restoration.displayName], [result.id, 'Fjord cards']);
    assert.equal((await privileged.api(`${containerPath}/certificateAuthorities`).get()).value.length, 3);

    await privileged.api(item).delete();
    assert.equal(await privileged.api(`/directory/deletedItems/${ca.id}`).delete(), undefined, 'gone for good');
    await assert.rejects(
      privileged.api(`/directory/deletedItems/${ca.id}/restore`).post({}),
      refusedWith(404, 'Request_ResourceNotFound'),
    );
  });

  test('what a client states and the certificate contradicts is refused', async () => {
    const { id } = await privileged.api(containers).post({});
    const path = `${containers}/${id}/certificateAuthorities`;
    const second = testCa('CN=Another');
    for (const [more, message] of [
      [{ thumbprint: '00'.repeat(20) }, /thumbprint is specified as/],
      [{ certificateAuthorityType: 'intermediate' }, /specified as intermediate/],
      [{ expirationDateTime: '2001-01-01T00:00:00Z' }, /expirationDateTime is specified as/],
      [{ colour: 'red' }, /colour/],
    ] as const) {
      await assert.rejects(
        privileged.api(path).post({ certificate: base64(second.der), ...more }),
        refusedWith(400, 'Request_BadRequest', message),
      );
    }
  });

  test('a CRL is imported, its state read, and one that does not belong is refused (beyond Entra)', async () => {
    const { id } = await privileged.api(containers).post({ displayName: 'Lists' });
    const listsAuthority = testCa('CN=Lists Root');
    const ca = await privileged.api(`${containers}/${id}/certificateAuthorities`).post({
      certificate: base64(listsAuthority.der),
      certificateRevocationListUrl: 'http://crl.fjord.example/lists.crl',
    });
    const path = `${containers}/${id}/certificateAuthorities/${ca.id}`;
    const [nothing] = (await privileged.api(`${path}/crlState`).get()).value;
    assert.deepEqual([nothing.source, nothing.number], ['none', null]);
    const crl = base64(listsAuthority.crl({ number: 7n }));
    const [existing] = (await privileged.api(`${path}/importCrl`).post({ crl, isDelta: false })).value;
    assert.deepEqual(
      [existing.source, existing.number, existing.url],
      ['import', '7', 'http://crl.fjord.example/lists.crl'],
    );
    const refuse = (body: object, message: RegExp) =>
      assert.rejects(privileged.api(`${path}/importCrl`).post(body), refusedWith(400, 'Request_BadRequest', message));
    await refuse({ crl, isDelta: true }, /isDelta: the CRL is not a delta CRL/);
    await refuse({ crl: base64(root.crl()) }, /Fjord Root/);
    await refuse({ crl: 'AAAA' }, /./);
    const refresh = await privileged.api(`${path}/refreshCrl`).post({});
    assert.equal(refresh.value[0].number, '7', 'an imported CRL stays when the address does not answer');
    assert.ok(refresh.value[0].lastError.code);
    const reader = await graph.appToken('AuditLog.Read.All');
    const filter = "$filter=activityDisplayName%20eq%20'Import%20CRL'%20and%20result%20eq%20'success'";
    const [audited] = (await graph.call(reader, 'GET', `/auditLogs/directoryAudits?${filter}`)).body.value;
    assert.equal(audited.initiatedBy.user.userPrincipalName, 'ben@woodgrove.test');
    assert.match(JSON.stringify(audited.targetResources[0]), /lists\.crl.*7/);
  });

  test('an Authentication Policy Administrator reads and may not write', async () => {
    const { id } = await privileged.api(containers).post({ displayName: 'Read only' });
    const policy = clientOf(graph, await graph.personToken('cleo', 'PublicKeyInfrastructure.ReadWrite.All'));
    assert.equal((await policy.api(`${containers}/${id}`).get()).displayName, 'Read only');
    const denial = refusedWith(403, 'Authorization_RequestDenied');
    await assert.rejects(policy.api(containers).post({}), denial);
    await assert.rejects(policy.api(`${containers}/${id}`).patch({ displayName: 'Mine' }), denial);
    await assert.rejects(policy.api(`${containers}/${id}`).delete(), denial);
    await assert.rejects(policy.api(`${containers}/${id}/certificateAuthorities`).post({}), denial);
    await assert.rejects(policy.api(`${containers}/${id}/upload`).post({}), denial);
  });
});
