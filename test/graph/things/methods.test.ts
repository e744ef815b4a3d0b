import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Sitting } from '../../e2e/sitting.ts';
import { GraphServer } from '../graph-server.ts';

const configurations = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations';

describe('methods of a person, and the policy that lets them be used, by Graph', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken('UserAuthenticationMethod.ReadWrite.All', 'Policy.ReadWrite.AuthenticationMethod');
  });
  after(() => graph?.end());

  const issue = (body: object = {}) =>
    graph.call(token, 'POST', '/users/ben@woodgrove.test/authentication/temporaryAccessPassMethods', body);

  const withPass = async (person: Sitting, pass: string) => {
    await person.fill({ username: 'ben@woodgrove.test' });
    await person.follow('/methods');
    await person.follow('/factor/temporaryAccessPass');
    await person.fill({ pass });
  };

  test('a Temporary Access Pass is shown once, listed without it, signs in, and can be taken back', async () => {
    const result = await issue({ lifetimeInMinutes: 30, isUsableOnce: false });
    assert.equal(result.status, 201, JSON.stringify(result.body));
    assert.match(result.body.temporaryAccessPass, /^[A-Z2-9]{12}$/);
    const methods = '/users/ben@woodgrove.test/authentication/methods';
    const [listing] = (await graph.call(token, 'GET', methods)).body.value;
    assert.deepEqual(
      [listing['@odata.type'], listing.temporaryAccessPass, listing.isUsable],
      ['#microsoft.graph.temporaryAccessPassAuthenticationMethod', null, true],
    );
    const ben = new Sitting(graph.server);
    await ben.open();
    await withPass(ben, result.body.temporaryAccessPass);
    assert.ok(ben.isSignedIn);
    const item = `/users/ben@woodgrove.test/authentication/temporaryAccessPassMethods/${result.body.id}`;
    assert.equal((await graph.call(token, 'DELETE', item)).status, 204);
    assert.deepEqual((await graph.call(token, 'GET', methods)).body.value, []);
  });

  test('where the policy turns the method off, none is issued and one issued before is no good', async () => {
    const { body } = await issue();
    assert.equal(
      (await graph.call(token, 'PATCH', `${configurations}/temporaryAccessPass`, { state: 'disabled' })).status,
      204,
    );
    assert.equal((await issue()).status, 400);
    const ben = new Sitting(graph.server);
    await ben.open();
    await ben.fill({ username: 'ben@woodgrove.test' });
    const { url } = await ben.follow('/methods');
    await assert.rejects(async () => ben.follow('/factor/temporaryAccessPass'), /no link/);
    await ben.goTo(url.pathname.replace(/\/methods$/, '/factor/temporaryAccessPass'));
    await ben.fill({ pass: body.temporaryAccessPass });
    assert.deepEqual([ben.isSignedIn, ben.number], [false, 'AADSTS500121']);
    await graph.call(token, 'DELETE', `${configurations}/temporaryAccessPass`);
    assert.equal((await issue()).status, 201, 'the factory setting is back');
  });

  for (const [label, body] of [
    ['too short', { lifetimeInMinutes: 1 }],
    ['longer than thirty days', { lifetimeInMinutes: 50_000 }],
    ['with an unknown property', { colour: 'red' }],
  ] as const) {
    test(`a pass ${label} is refused`, async () => {
      assert.equal((await issue(body)).status, 400);
    });
  }

  test('a dry run of the policy tells whose next sign-in would end otherwise, and changes nothing', async () => {
    for (const name of ['ana', 'ben']) await graph.server.signIn(`${name}@woodgrove.test`, graph.server.card(name));
    const body = { authenticationModeConfiguration: { rules: [] } };
    const x509 = `${configurations}/x509Certificate`;
    const before = (await graph.call(token, 'GET', x509)).body;
    const { status, body: dryRun } = await graph.call(token, 'POST', `${x509}/dryRun`, body);
    assert.equal(status, 200, JSON.stringify(dryRun));
    assert.deepEqual(
      dryRun.changes.map(
        (change: { userPrincipalName: string; before: { method: string }; after: { method: string } }) => [
          change.userPrincipalName,
          change.before.method,
          change.after.method,
        ],
      ),
      [['ana@woodgrove.test', 'x509CertificateMultiFactor', 'x509CertificateSingleFactor']],
    );
    assert.deepEqual((await graph.call(token, 'GET', x509)).body, before);
  });

  test('a change that would lock out the only Global Administrator is refused unless forced', async () => {
    const x509 = `${configurations}/x509Certificate`;
    const off = await graph.call(token, 'PATCH', x509, { state: 'disabled' });
    assert.equal(off.status, 400, JSON.stringify(off.body));
    assert.match(off.body.error.message, /ana@woodgrove\.test|Global Administrator/);
    assert.equal((await graph.call(token, 'PATCH', `${x509}?force=true`, { state: 'disabled' })).status, 204);
  });

  test('SPA-1: what the system prefers is known to v1.0 and beta, names groups that are there, and is what the command line sees', async () => {
    const policy = '/policies/authenticationMethodsPolicy';
    const read = async (version: string) => (await graph.call(token, 'GET', `/${version}${policy}`)).body;
    assert.equal((await read('v1.0')).systemCredentialPreferences.state, 'enabled');
    assert.equal((await read('beta')).systemCredentialPreferences.state, 'enabled');
    const change = (version: string, systemCredentialPreferences: object) =>
      graph.call(token, 'PATCH', `/${version}${policy}`, { systemCredentialPreferences });
    assert.equal((await change('v1.0', { state: 'sometimes' })).status, 400);
    assert.equal((await change('v1.0', { state: 'default' })).status, 204);
    assert.equal((await change('beta', { state: 'sometimes' })).status, 400);
    const nobody = [{ targetType: 'group', id: '00000000-0000-4000-8000-000000000000' }];
    assert.equal((await change('beta', { state: 'default', excludeTargets: nobody })).status, 400);
    assert.equal((await change('beta', { state: 'default' })).status, 204);
    const { out } = await graph.server.cardea('policy', 'prefer', '--json');
    assert.equal(JSON.parse(out).state, 'default');
    assert.equal((await change('beta', { state: 'enabled' })).status, 204);
  });
});
