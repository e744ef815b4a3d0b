import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bundleOf } from '../../pki/bundle.ts';
import { testCa } from '../../pki/test-ca.ts';
import { GraphServer } from '../graph-server.ts';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const root = testCa('C=US,O=Fjord,CN=Fjord Root');
const issuing = root.issueCa('C=US,O=Fjord,CN=Fjord Issuing');
const lonely = testCa('C=US,O=Fjord,CN=Elsewhere Root').issueCa('C=US,O=Fjord,CN=Lonely');

describe('the trust stores for the admin center', () => {
  let server: GraphServer;
  let token = '';
  const graph = async (method: string, path: string, body?: unknown, status?: number) => {
    const answer = await server.call(token, method, path, body);
    if (status !== undefined) assert.equal(answer.status, status, `${method} ${path} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const pkis = '/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations';
  const newPki = async () => `${pkis}/${(await graph('POST', pkis, { displayName: 'PKI' }, 201)).body.id}`;
  before(async () => {
    server = await GraphServer.start();
    token = await server.appToken(
      'PublicKeyInfrastructure.ReadWrite.All',
      'PublicKeyInfrastructure.Read.All',
      'Organization.ReadWrite.All',
      'Policy.Read.All',
      'Policy.ReadWrite.AuthenticationMethod',
      'Policy.ReadWrite.ConditionalAccess',
    );
  });
  after(() => server?.end());

  for (const [url, isUnusual] of [
    ['http://crl.fjord.example/ca.crl', false],
    ['http://crl.fjord.example/lists/ca.crl', false],
    ['http://crl.fjord.example:8080/ca.crl', false],
    ['http://localhost:8480/ca.crl', false],
    ['http://intranet/ca.crl', true],
    ['http://crl.fjord.example/', true],
    ['http://crl.fjord.example/list', true],
    ['https://crl.fjord.example/ca.crl', true],
    ['ldap://ldap.fjord.example/CN=ca', true],
  ] as const) {
    test(`the CRL address ${url} ${isUnusual ? 'is taken with a warning' : 'is taken'} (TS-9)`, async () => {
      const path = `${await newPki()}/certificateAuthorities`;
      const body = { certificate: base64(root.der), certificateRevocationListUrl: url };
      const { body: ca } = await graph('POST', path, body, 201);
      const target = 'certificateRevocationListUrl';
      const codes = (ca['@cardea.warnings'] ?? []).map((item: { code: string; target: string }) => [
        item.code,
        item.target,
      ]);
      assert.deepEqual(codes, isUnusual ? [['crlAddressUnusual', target]] : []);
      const change = (await graph('PATCH', `${path}/${ca.id}`, { displayName: 'CA' }, 200)).body;
      assert.equal('@cardea.warnings' in change, isUnusual);
      await graph('DELETE', `${path}/${ca.id}`, undefined, 204);
      const list = { certificateAuthorities: [{ ...body, isRootAuthority: true }] };
      const classic = `/organization/${server.tenantId}/certificateBasedAuthConfiguration`;
      const { body: store } = await graph('POST', classic, list, 201);
      assert.deepEqual(
        (store['@cardea.warnings'] ?? []).map((item: { target: string }) => item.target),
        isUnusual ? [`certificateAuthorities/0/${target}`] : [],
      );
      await graph('POST', classic, { certificateAuthorities: [] }, 201);
    });
  }

  test('settings of revocation that Entra does not have are read and written in both stores', async () => {
    const settings = { furtherUrls: ['http://b.example/ca.crl'], graceSeconds: 3600, ocspUrl: 'http://ocsp.example/' };
    const body = {
      certificate: base64(root.der),
      certificateRevocationListUrl: 'http://a.example/ca.crl',
      '@cardea.revocation': settings,
    };
    const allSettings = { ...settings, ocspOrder: 'first', ocspNonce: false };
    const path = `${await newPki()}/certificateAuthorities`;
    const { body: ca } = await graph('POST', path, body, 201);
    const read = async () => (await graph('GET', `${path}/${ca.id}`, undefined, 200)).body['@cardea.revocation'];
    assert.deepEqual([ca['@cardea.revocation'], await read()], [allSettings, allSettings]);
    await graph('PATCH', `${path}/${ca.id}`, { '@cardea.revocation': { graceSeconds: 60, ocspOrder: 'second' } }, 200);
    assert.deepEqual(await read(), { ...allSettings, graceSeconds: 60, ocspOrder: 'second' });
    await graph('PATCH', `${path}/${ca.id}`, { displayName: 'CA' }, 200);
    assert.deepEqual(await read(), { ...allSettings, graceSeconds: 60, ocspOrder: 'second' });
    await graph('PATCH', `${path}/${ca.id}`, { '@cardea.revocation': { ocspUrl: null, furtherUrls: [] } }, 200);
    assert.deepEqual((await read()).ocspUrl, null);
    await graph('PATCH', `${path}/${ca.id}`, { '@cardea.revocation': { colour: 'red' } }, 400);
    await graph('PATCH', `${path}/${ca.id}`, { '@cardea.revocation': { graceSeconds: -1 } }, 400);
    await graph('DELETE', `${path}/${ca.id}`, undefined, 204);
    const classic = `/organization/${server.tenantId}/certificateBasedAuthConfiguration`;
    const list = { certificateAuthorities: [{ ...body, isRootAuthority: true }] };
    assert.deepEqual(
      (await graph('POST', classic, list, 201)).body.certificateAuthorities[0]['@cardea.revocation'],
      allSettings,
    );
    const [store] = (await graph('GET', classic, undefined, 200)).body.value;
    await graph('POST', classic, { certificateAuthorities: store.certificateAuthorities }, 201);
    const again = (await graph('GET', classic, undefined, 200)).body.value[0];
    assert.deepEqual(again, store, 'what was read may be written back');
    await graph('POST', classic, { certificateAuthorities: [] }, 201);
  });

  test('a CA without an address has no CRLs', async () => {
    const path = `${await newPki()}/certificateAuthorities`;
    const { id } = (await graph('POST', path, { certificate: base64(root.der) }, 201)).body;
    assert.deepEqual((await graph('GET', `${path}/${id}/crlState`, undefined, 200)).body.value, []);
    await graph('POST', `${path}/${id}/refreshCrl`, {}, 404);
    await graph('DELETE', `${path}/${id}`, undefined, 204);
  });

  test('a bundle is uploaded as a file: all of its CAs, or none', async () => {
    const pki = await newPki();
    const file = bundleOf(root.der, issuing.der);
    const sha256FileHash = createHash('sha256').update(file).digest('hex');
    const { body } = await graph('POST', `${pki}/uploadFile`, { file: base64(file), sha256FileHash }, 202);
    assert.equal(body.status, 'succeeded');
    const list = async () => (await graph('GET', `${pki}/certificateAuthorities`, undefined, 200)).body.value;
    assert.equal((await list()).length, 2);
    const leaf = root.issueUserCertificate({});
    const mixed = bundleOf(lonely.der, leaf.der);
    const mixedHash = createHash('sha256').update(mixed).digest('hex');
    await graph('POST', `${pki}/uploadFile`, { file: base64(mixed), sha256FileHash: mixedHash }, 400);
    const wrong = await graph('POST', `${pki}/uploadFile`, { file: base64(mixed), sha256FileHash }, 400);
    assert.match(wrong.body.error.message, /hash/i);
    assert.equal((await list()).length, 2);
    await graph('DELETE', pki, undefined, 204);
  });

  test('a certificate is blocked with a reason, listed, and unblocked', async () => {
    const path = '/directory/publicKeyInfrastructure/blockedCertificates';
    const { der } = root.issueUserCertificate({});
    const { body: entry } = await graph('POST', path, { certificate: base64(der), reason: 'Lost' }, 201);
    assert.equal(entry.id, createHash('sha256').update(der).digest('hex').toUpperCase());
    assert.equal(entry.reason, 'Lost');
    assert.match(entry.issuer, /Fjord Root/);
    assert.match(entry.serialNumber, /^[0-9A-F]+$/);
    assert.ok(entry.subject && entry.createdBy && Date.parse(entry.createdDateTime));
    const { '@odata.context': _, ...item } = entry;
    assert.deepEqual((await graph('GET', path, undefined, 200)).body.value, [item]);
    await graph('GET', `${path}/${entry.id}`, undefined, 200);
    const { out } = await server.server.cardea('policy', 'get', '--json');
    assert.match(out, /"note": "Lost"/);
    await graph('POST', path, { certificate: 'AAAA' }, 400);
    await graph('DELETE', `${path}/${entry.id}`, undefined, 204);
    await graph('DELETE', `${path}/${entry.id}`, undefined, 404);
    assert.deepEqual((await graph('GET', path, undefined, 200)).body.value, []);
  });

  test('the health of both stores names what needs attention, the earliest first', async () => {
    const path = `${await newPki()}/certificateAuthorities`;
    const { id } = (await graph('POST', path, { certificate: base64(lonely.der) }, 201)).body;
    const health = '/directory/publicKeyInfrastructure/health';
    const { body } = await graph('GET', health, undefined, 200);
    const items = body.value as { authorityId: string; state: string; warnings: { code: string }[]; crls: object[] }[];
    const match = items.find(({ authorityId }) => authorityId === id)!;
    assert.deepEqual([match.state, match.crls], ['warning', []]);
    assert.deepEqual(match.warnings.map(({ code }) => code).sort(), ['crlAddressMissing', 'issuerNotInTrustStore']);
    const times = (body.value as { nextDueDateTime: string }[]).map(({ nextDueDateTime }) => nextDueDateTime);
    assert.deepEqual(times, times.toSorted());
    const fresh = items.filter(({ crls }) => crls.length > 0);
    assert.deepEqual(
      fresh.filter(({ state }) => state === 'critical'),
      [],
      'CRLs that no sign-in has needed yet',
    );
    const page = (await graph('GET', `${health}?$top=1&$orderby=notAfter%20desc`, undefined, 200)).body;
    assert.equal(page.value.length, 1);
    assert.ok(page['@odata.nextLink']);
    const { out, code } = await server.server.cardea('doctor', '--offline', '--json');
    assert.ok(
      (JSON.parse(out) as { authorityId: string }[]).some(({ authorityId }) => authorityId === id),
      out,
    );
    assert.ok([0, 1].includes(code));
    const online = await server.server.cardea('doctor', '--json');
    const demo = (
      JSON.parse(online.out) as { crlMilliseconds: number | null; crls: { authorityKeyIdentifier?: string }[] }[]
    ).filter(({ crls }) => crls.length > 0);
    assert.ok(demo.length > 0);
    for (const { crlMilliseconds, crls } of demo) {
      assert.equal(typeof crlMilliseconds, 'number');
      assert.match(String(crls[0]!.authorityKeyIdentifier), /^[0-9A-F]{40}$/);
    }
    await graph('DELETE', `${path}/${id}`, undefined, 204);
  });

  test('a CRL that has expired is due first, and its CA is critical', async () => {
    const path = `${await newPki()}/certificateAuthorities`;
    const body = { certificate: base64(root.der), certificateRevocationListUrl: 'http://crl.fjord.example/ca.crl' };
    const { id } = (await graph('POST', path, body, 201)).body;
    const [thisUpdate, nextUpdate] = [new Date('2024-01-01T00:00:00Z'), new Date('2024-02-01T00:00:00Z')];
    const file = join(server.server.folder, 'expired.crl');
    writeFileSync(file, root.crl({ thisUpdate, nextUpdate }));
    assert.equal((await server.server.cardea('crl', 'import', file, '--ca', id)).err, '');
    const [first] = (await graph('GET', '/directory/publicKeyInfrastructure/health', undefined, 200)).body.value;
    assert.deepEqual([first.authorityId, first.state], [id, 'critical']);
    assert.equal(Date.parse(first.nextDueDateTime), nextUpdate.getTime());
    await graph('DELETE', `${path}/${id}`, undefined, 204);
  });

  test('a certificate that the command line blocks says what it is, since when and by which account', async () => {
    const path = '/directory/publicKeyInfrastructure/blockedCertificates';
    const file = join(server.server.folder, 'lost.cer');
    writeFileSync(file, root.issueUserCertificate({ subject: 'CN=Lost card' }).der);
    assert.equal((await server.server.cardea('block', 'add', file, '--note', 'Lost')).code, 0);
    const [entry] = (await graph('GET', path, undefined, 200)).body.value;
    assert.match(entry.subject, /Lost card/);
    assert.match(entry.issuer, /Fjord Root/);
    assert.match(entry.createdBy, /^cli:/);
    assert.ok(Date.parse(entry.createdDateTime));
    await graph('DELETE', `${path}/${entry.id}`, undefined, 204);
  });

  test('an issuer that a strength allows and nothing trusts is warned of', async () => {
    const strengths = '/policies/authenticationStrengthPolicies';
    const strength = { displayName: 'Cards', allowedCombinations: ['x509CertificateMultiFactor'] };
    const { id } = (await graph('POST', strengths, strength, 201)).body;
    const ski = 'AB'.repeat(20);
    const body = {
      '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
      appliesToCombinations: ['x509CertificateMultiFactor'],
      allowedIssuerSkis: [ski],
    };
    const { body: configuration } = await graph('POST', `${strengths}/${id}/combinationConfigurations`, body, 201);
    const [warning] = configuration['@cardea.warnings'];
    assert.deepEqual([warning.code, warning.target], ['issuerNotInTrustStore', 'allowedIssuerSkis/0']);
    assert.match(warning.text, new RegExp(ski));
  });

  test('options that Entra does not have are read and written in both versions', async () => {
    const path = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/X509Certificate';
    const read = async (version: string) => (await graph('GET', `/${version}${path}`, undefined, 200)).body;
    assert.deepEqual((await read('v1.0'))['@cardea.options'], {});
    for (const version of ['v1.0', 'beta']) {
      const value = { '@cardea.options': { policyOids: 'validated', plainSerialOrder: true } };
      await graph('PATCH', `/${version}${path}`, value, 204);
      assert.deepEqual((await read('v1.0'))['@cardea.options'], value['@cardea.options']);
      assert.deepEqual((await read('beta')).beyondEntra, value['@cardea.options']);
      await graph('PATCH', `/${version}${path}`, { '@cardea.options': null }, 204);
      assert.deepEqual((await read(version))['@cardea.options'], {});
    }
    await graph('PATCH', path, { '@cardea.options': { colour: 'red' } }, 400);
  });

  test('the method Password is shown like the others, and cannot be changed', async () => {
    const path = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/Password';
    const { body } = await graph('GET', path, undefined, 200);
    assert.deepEqual([body.id, body.state, body.includeTargets[0].id], ['Password', 'enabled', 'all_users']);
    await graph('PATCH', path, { state: 'disabled' }, 400);
  });
});
