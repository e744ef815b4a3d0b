import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type GraphAnswer, GraphServer } from '../graph-server.ts';

describe('domains by Graph (graph-api §9)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken(
      'Domain.ReadWrite.All',
      'User.ReadWrite.All',
      'Application.ReadWrite.All',
      'AuditLog.Read.All',
    );
  });
  after(() => graph?.end());
  const call = (method: string, path: string, body?: unknown): Promise<GraphAnswer> =>
    graph.call(token, method, path, body);
  const graphMessageOf = ({ status, body }: GraphAnswer) => {
    assert.equal(status, 400, JSON.stringify(body));
    return body.error.message as string;
  };
  const person = (name: string) => ({
    userPrincipalName: name,
    displayName: name,
    mailNickname: name.split('@')[0],
    accountEnabled: true,
    passwordProfile: { password: 'Correct-Horse-7' },
  });

  test('a domain is asked for, not usable before it is verified, and then like any other', async () => {
    const result = await call('POST', '/domains', { id: 'Fjord.Example' });
    assert.deepEqual([result.status, result.body.id, result.body.isVerified], [201, 'fjord.example', false]);
    assert.deepEqual(
      (await call('POST', '/domains', { id: 'fjord.example' })).body.error.details[0].code,
      'ObjectConflict',
    );
    const [record] = (await call('GET', '/domains/fjord.example/verificationDnsRecords')).body.value;
    assert.deepEqual(
      [record['@odata.type'], record.recordType, record.label],
      ['#microsoft.graph.domainDnsTxtRecord', 'Txt', 'fjord.example'],
    );
    assert.match(record.text, /^MS=ms\d{12}$/);
    assert.equal((await call('POST', '/users', person('ida@fjord.example'))).status, 400);
    // .example is reserved: no name server has a record of it (RFC 2606 §3).
    const unproven = graphMessageOf(await call('POST', '/domains/fjord.example/verify'));
    assert.ok(unproven.includes(`no TXT record with the text "${record.text}"`), unproven);
    const verification = await call('POST', '/domains/fjord.example/verify?force=true');
    assert.deepEqual([verification.status, verification.body.isVerified], [200, true]);
    assert.equal((await call('POST', '/users', person('ida@fjord.example'))).status, 201);
    assert.match(graphMessageOf(await call('DELETE', '/domains/fjord.example')), /fjord\.example is in use by 1 user/);
    await call('DELETE', '/users/ida@fjord.example');
    const application = { displayName: 'Payroll', identifierUris: ['api://fjord.example/payroll'] };
    const { body } = await call('POST', '/applications', application);
    assert.match(graphMessageOf(await call('DELETE', '/domains/fjord.example')), /in use by the application Payroll/);
    await call('DELETE', `/applications/${body.id}`);
    assert.equal((await call('DELETE', '/domains/fjord.example')).status, 204);
    assert.equal((await call('GET', '/domains/fjord.example')).status, 404);
    const { value } = (await call('GET', "/auditLogs/directoryAudits?$filter=result%20eq%20'success'&$top=50")).body;
    const activities = value
      .filter((item: { targetResources: { id: string }[] }) => item.targetResources[0]!.id === 'fjord.example')
      .map((item: { activityDisplayName: string }) => item.activityDisplayName);
    assert.deepEqual(activities, ['Remove verified domain', 'Verify domain', 'Add unverified domain']);
  });

  test('the default domain changes by PATCH, and cannot be deleted while it is that', async () => {
    const first = async () =>
      (await call('GET', '/domains')).body.value.find((item: { isDefault: boolean }) => item.isDefault).id;
    assert.equal(await first(), 'woodgrove.test');
    assert.match(graphMessageOf(await call('DELETE', '/domains/woodgrove.test')), /default domain/);
    assert.equal((await call('PATCH', '/domains/woodgrove.local', { isDefault: true })).status, 204);
    assert.equal(await first(), 'woodgrove.local');
    assert.equal((await call('PATCH', '/domains/woodgrove.test', { isDefault: true })).status, 204);
    assert.match(graphMessageOf(await call('PATCH', '/domains/woodgrove.test', { colour: 'red' })), /colour/);
    assert.match(
      graphMessageOf(await call('PATCH', '/domains/woodgrove.test', { passwordValidityPeriodInDays: 90 })),
      /passwords do not expire here/,
    );
  });

  test('a federation makes the domain federated; without it the domain is managed again', async () => {
    const path = '/domains/woodgrove.local/federationConfiguration';
    assert.deepEqual((await call('GET', path)).body.value, []);
    const wrong = graphMessageOf(await call('PATCH', '/domains/woodgrove.local', { authenticationType: 'Federated' }));
    assert.match(wrong, /POST the federationConfiguration instead/);
    const provider = {
      '@odata.type': '#microsoft.graph.internalDomainFederation',
      displayName: 'AD FS',
      issuerUri: 'http://sts.woodgrove.local/adfs/services/trust',
      passiveSignInUri: 'https://sts.woodgrove.local/adfs/ls',
      preferredAuthenticationProtocol: 'wsFed',
      federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp',
    };
    const insecure = { ...provider, passiveSignInUri: 'http://sts.woodgrove.local/adfs/ls' };
    assert.match(graphMessageOf(await call('POST', path, insecure)), /passiveSignInUri .* https/);
    const result = await call('POST', path, provider);
    assert.equal(result.status, 201, JSON.stringify(result.body));
    assert.deepEqual(
      [result.body.displayName, result.body.federatedIdpMfaBehavior, result.body.signOutUri],
      ['AD FS', 'rejectMfaByFederatedIdp', null],
    );
    assert.equal((await call('GET', '/domains/woodgrove.local')).body.authenticationType, 'Federated');
    assert.equal((await call('POST', path, provider)).status, 400, 'there is one already');
    const domainPath = `${path}/${result.body.id}`;
    assert.equal((await call('PATCH', domainPath, { signOutUri: 'https://sts.woodgrove.local/out' })).status, 204);
    assert.equal((await call('PATCH', domainPath, { passiveSignInUri: 'http://x' })).status, 400);
    assert.equal((await call('GET', domainPath)).body.signOutUri, 'https://sts.woodgrove.local/out');
    assert.equal((await call('DELETE', domainPath)).status, 204);
    assert.equal((await call('GET', '/domains/woodgrove.local')).body.authenticationType, 'Managed');
    assert.equal((await call('POST', path, provider)).status, 201);
    assert.equal((await call('PATCH', '/domains/woodgrove.local', { authenticationType: 'Managed' })).status, 204);
    assert.deepEqual((await call('GET', path)).body.value, []);
  });

  test('a Hybrid Identity Administrator may, a user without a role may not', async () => {
    await graph.role('Hybrid Identity Administrator', 'ben');
    const ben = await graph.personToken('ben', 'Domain.ReadWrite.All');
    assert.equal((await graph.call(ben, 'PATCH', '/domains/woodgrove.test', { isDefault: true })).status, 204);
    const cleo = await graph.personToken('cleo', 'Domain.ReadWrite.All');
    const refusal = await graph.call(cleo, 'POST', '/domains', { id: 'mine.example' });
    assert.deepEqual([refusal.status, refusal.body.error.code], [403, 'Authorization_RequestDenied']);
  });

  test('where several tenants share an installation, a domain must be proved', async () => {
    assert.equal((await graph.server.cardea('tenant', 'add', 'other.test')).code, 0);
    assert.equal((await call('POST', '/domains', { id: 'other.test' })).status, 400, 'it is another’s');
    assert.equal((await call('POST', '/domains', { id: 'wanted.example' })).status, 201);
    assert.match(graphMessageOf(await call('POST', '/domains/wanted.example/verify?force=true')), /has 2 tenants/);
    assert.equal((await call('DELETE', '/domains/wanted.example')).status, 204);
    for (const id of ['no domain', 'under_score.test', 'x', '-a.test']) {
      const { body } = await call('POST', '/domains', { id });
      assert.match(body.error.message, /^id: ".*" is not a domain name/, id);
      assert.deepEqual([body.error.details[0].code, body.error.details[0].target], ['InvalidValue', 'id']);
    }
  });

  test('the operator of the installation gives a domain to a tenant without proof, and takes it away when no user has it', async () => {
    const { cardea } = graph.server;
    const run = (...words: string[]) => cardea.call(graph.server, 'domain', ...words, '--tenant', 'other.test');
    assert.match((await run('add', 'Branch.example')).out, /branch\.example +here/);
    assert.match((await run('add', 'branch.example')).err, /already belongs to a tenant/);
    assert.match((await run('add', 'no domain')).err, /is not a domain name/);
    assert.match((await run('remove', 'other.test')).err, /default domain/);
    assert.doesNotMatch((await run('remove', 'branch.example')).out, /branch/);
    assert.match((await run('remove', 'branch.example')).err, /branch\.example/);
  });
});
