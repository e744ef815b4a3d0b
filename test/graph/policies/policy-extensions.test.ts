import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { x509ConfigurationBody } from '#schema/x509-configuration.ts';
import { claimsOf } from '../../e2e/server.ts';
import { Sitting } from '../../e2e/sitting.ts';
import { GraphServer } from '../graph-server.ts';

const x509 = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate';

describe('beyondEntra in Graph beta, each option with and without', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken(
      'Policy.ReadWrite.AuthenticationMethod',
      'Group.ReadWrite.All',
      'User.ReadWrite.All',
      'AuditLog.Read.All',
      'Policy.ReadWrite.ConditionalAccess',
      'Policy.Read.All',
    );
  });
  after(() => graph?.end());

  const patch = (body: object, version = 'beta') => graph.call(token, 'PATCH', `/${version}${x509}`, body);
  const set = async (body: object) => {
    const { status, body: answer } = await patch(body);
    assert.equal(status, 204, JSON.stringify(answer));
  };
  const signIn = async (username: string, card: string) => {
    const end = await graph.server.signIn(username, graph.server.card(card));
    return end.kind === 'signedIn' ? `signedIn ${claimsOf(end.tokens.id_token).amr}` : end.kind;
  };

  test('it is shown and taken in beta alone, option by option, and null turns it off', async () => {
    const options = async () => (await graph.call(token, 'GET', `/beta${x509}`)).body.beyondEntra;
    assert.deepEqual(await options(), {});
    assert.ok(!('beyondEntra' in (await graph.call(token, 'GET', `/v1.0${x509}`)).body));
    const refusal = await patch({ beyondEntra: { policyOids: 'validated' } }, 'v1.0');
    assert.deepEqual([refusal.status, refusal.body.error.details[0].target], [400, 'beyondEntra']);
    for (const wrong of [{ policyOids: 'every' }, { colour: 'red' }, { plainSerialOrder: 'yes' }])
      assert.equal((await patch({ beyondEntra: wrong })).status, 400, JSON.stringify(wrong));
    await set({ beyondEntra: { policyOids: 'validated', plainSerialOrder: true } });
    await set({ beyondEntra: { plainSerialOrder: null, certificateAuthorityScoping: 'any' } });
    assert.deepEqual(await options(), { policyOids: 'validated', certificateAuthorityScoping: 'any' });
    await set({ state: 'enabled' });
    assert.equal((await options()).policyOids, 'validated', 'an omitted property keeps its value');
    const every = {
      certificateMayNameUser: true,
      brainpoolCurves: true,
      plainSerialOrder: true,
      onPremisesNameSignsIn: true,
      certificateAuthorityScoping: 'any',
      policyOids: 'validated',
    };
    assert.deepEqual(Object.keys(every), Object.keys(x509ConfigurationBody.shape.beyondEntra.unwrap().unwrap().shape));
    await set({ beyondEntra: every });
    assert.deepEqual(await options(), every);
    await set({ beyondEntra: null });
    assert.deepEqual(await options(), {});
    assert.ok(!('beyondEntra' in JSON.parse((await graph.server.cardea('policy', 'get')).out).x509Certificate));
  });

  test('onPremisesNameSignsIn: gus may type his on-premises name', async () => {
    assert.equal(await signIn('gus@woodgrove.local', 'gus'), 'refused');
    await set({ beyondEntra: { onPremisesNameSignsIn: true } });
    assert.match(await signIn('gus@woodgrove.local', 'gus'), /^signedIn/);
    await set({ beyondEntra: null });
  });

  test('certificateMayNameUser: the user-name page offers the certificate, and no name is typed', async () => {
    const ben = new Sitting(graph.server, graph.server.card('ben'));
    await ben.open();
    assert.doesNotMatch(ben.page!.body, /use-certificate/);
    await set({ beyondEntra: { certificateMayNameUser: true } });
    const again = new Sitting(graph.server, graph.server.card('ben'));
    await again.open();
    await again.follow('/certificate');
    assert.ok(again.isSignedIn, again.page?.body);
    // A further factor is asked for under the name that the certificate gave.
    const file = `${graph.server.folder}/password`;
    writeFileSync(file, 'Correct-Horse-7');
    await graph.server.cardea('user', 'set', 'cleo@woodgrove.test', '--password-file', file);
    const { id } = (await graph.call(token, 'GET', '/users/cleo@woodgrove.test')).body;
    const policy = {
      displayName: 'Two factors of Cleo',
      state: 'enabled',
      conditions: {
        users: { includeUsers: [id] },
        applications: { includeApplications: ['All'] },
        clientAppTypes: ['all'],
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    };
    const newPolicy = await graph.call(token, 'POST', '/identity/conditionalAccess/policies', policy);
    assert.equal(newPolicy.status, 201, JSON.stringify(newPolicy.body));
    const cleo = new Sitting(graph.server, graph.server.card('cleo'));
    await cleo.open();
    await cleo.follow('/certificate');
    assert.match(cleo.page!.body, /cleo@woodgrove\.test/);
    await cleo.fill({ password: 'Correct-Horse-7' });
    assert.ok(cleo.isSignedIn, cleo.page?.body);
    const disabled = { ...policy, state: 'disabled' };
    await graph.call(token, 'PATCH', `/identity/conditionalAccess/policies/${newPolicy.body.id}`, disabled);
    const dan = new Sitting(graph.server, graph.server.card('dan'));
    await dan.open();
    await dan.follow('/certificate');
    assert.equal(dan.isSignedIn, false, 'a certificate that names no user signs no user in');
    await set({ beyondEntra: null });
  });

  test('plainSerialOrder: a serial number in plain order binds', async () => {
    const card = `${graph.server.folder}/demo/cards/dan.p12`;
    const bound = await graph.server.cardea(
      'user',
      'bind',
      'dan@woodgrove.test',
      '--card',
      card,
      '--dry-run',
      '--json',
    );
    const { value } = JSON.parse(bound.out) as { value: string };
    const plain = value.replace(/[0-9a-f]+$/, (serial) => (serial.match(/../g) ?? []).reverse().join(''));
    const ids = { authorizationInfo: { certificateUserIds: [plain] } };
    assert.equal((await graph.call(token, 'PATCH', '/users/dan@woodgrove.test', ids)).status, 204);
    const { certificateUserBindings } = (await graph.call(token, 'GET', `/beta${x509}`)).body;
    const binding = { x509CertificateField: 'IssuerAndSerialNumber', userProperty: 'certificateUserIds', priority: 9 };
    await set({ certificateUserBindings: [...certificateUserBindings, binding] });
    assert.equal(await signIn('dan@woodgrove.test', 'dan'), 'refused');
    await set({ beyondEntra: { plainSerialOrder: true } });
    assert.match(await signIn('dan@woodgrove.test', 'dan'), /^signedIn/);
    await set({ beyondEntra: null });
  });

  test('certificateAuthorityScoping: every scoped CA of the chain, or any, must allow the user', async () => {
    const { body: group } = await graph.call(token, 'POST', '/groups', {
      displayName: 'Ben alone',
      mailNickname: 'ben',
      mailEnabled: false,
      securityEnabled: true,
    });
    const { id } = (await graph.call(token, 'GET', '/users/ben@woodgrove.test')).body;
    await graph.call(token, 'POST', `/groups/${group.id}/members/$ref`, { '@odata.id': `https://x/v1.0/users/${id}` });
    const rows = JSON.parse((await graph.server.cardea('ca', 'list', '--json')).out) as Record<string, string>[];
    const document = JSON.parse((await graph.server.cardea('policy', 'get')).out);
    const pki = document.certificateAuthorities[0].container as string;
    const scope = (name: string, groupId: string) => ({
      subjectKeyIdentifier: rows.find((row) => JSON.stringify(row).includes(name) && row.displayName?.includes(name))!
        .issuerSki,
      publicKeyInfrastructureIdentifier: pki,
      includeTargets: [{ targetType: 'group', id: groupId }],
    });
    const cardPilot = '5b0c1f7e-0d5e-4f55-9a27-0e5d3a6c8f10';
    await set({
      certificateAuthorityScopes: [scope('Root', cardPilot), scope('Issuing CA 1', group.id)],
    });
    assert.equal(await signIn('ben@woodgrove.test', 'ben'), 'refused');
    await set({ beyondEntra: { certificateAuthorityScoping: 'any' } });
    assert.match(await signIn('ben@woodgrove.test', 'ben'), /^signedIn/);
    await set({ beyondEntra: null, certificateAuthorityScopes: [] });
  });

  test('policyOids: a policy that the path does not carry counts only where the list of the certificate does', async () => {
    assert.match(await signIn('ana@woodgrove.test', 'ana'), /mfa/);
    await set({ beyondEntra: { policyOids: 'validated' } });
    const amr = await signIn('ana@woodgrove.test', 'ana');
    assert.match(amr, /^signedIn/);
    assert.doesNotMatch(amr, /mfa/);
    await set({ beyondEntra: null });
  });

  test('policy apply of the same document in another order of keys changes nothing and leaves no audit row', async () => {
    await set({
      authenticationModeConfiguration: {
        rules: [
          {
            x509CertificateRuleType: 'issuerSubjectAndPolicyOID',
            issuerSubjectIdentifier: 'CN=Elsewhere,O=Fjord',
            policyOidIdentifier: '1.2.3.4',
            x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
          },
          {
            x509CertificateRuleType: 'policyOID',
            identifier: '1.2.3.4',
            x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
          },
        ],
      },
    });
    const [ca] = JSON.parse((await graph.server.cardea('ca', 'list', '--json')).out) as { id: string }[];
    const settings = ['--ocsp-url', 'http://ocsp.woodgrove.test/', '--ocsp-order', 'second', '--grace-seconds', '7200'];
    const setting = await graph.server.cardea('ca', 'set', ca!.id, ...settings);
    assert.equal(setting.code, 0, setting.err);
    const audits = async () =>
      (await graph.call(token, 'GET', '/auditLogs/directoryAudits?$top=500')).body.value.map(
        (row: { id: string }) => row.id,
      );
    const before = await audits();
    const file = `${graph.server.folder}/reversed.json`;
    const document = JSON.parse((await graph.server.cardea('policy', 'get')).out);
    writeFileSync(file, JSON.stringify(reversed(document)));
    const { code, out, err } = await graph.server.cardea('policy', 'apply', file);
    assert.deepEqual([code, out], [0, 'There are no differences.\n'], err);
    assert.match(err, /^warning: x509Certificate\/authenticationModeConfiguration\/rules\/0: .*CN=Elsewhere/);
    assert.deepEqual(await audits(), before);
    const dry = await graph.server.cardea('policy', 'apply', file, '--dry-run', '--json');
    assert.match(JSON.parse(dry.out).warnings[0], /CN=Elsewhere/);
    const output = await graph.server.cardea('policy', 'get');
    assert.match(output.err, /warning: .*CN=Elsewhere/);
    assert.deepEqual(JSON.parse(output.out), document, 'the warning is not in the document');
  });

  test('certificateUserIds/any(…) finds what authorizationInfo/certificateUserIds/any(…) finds, for those who may see it', async () => {
    const eventual = { consistencylevel: 'eventual' };
    const ids = { authorizationInfo: { certificateUserIds: ['X509:<PN>eve@mil'] } };
    assert.equal((await graph.call(token, 'PATCH', '/users/eve@woodgrove.test', ids)).status, 204);
    const find = async (condition: string) => {
      const query = `$count=true&$filter=${encodeURIComponent(condition)}`;
      const { status, body } = await graph.call(token, 'GET', `/users?${query}`, undefined, eventual);
      return [status, body.value?.map((user: { userPrincipalName: string }) => user.userPrincipalName)];
    };
    for (const path of ['certificateUserIds', 'authorizationInfo/certificateUserIds', 'CERTIFICATEUSERIDS']) {
      assert.deepEqual(await find(`${path}/any(x:x eq 'X509:<PN>eve@mil')`), [200, ['eve@woodgrove.test']], path);
      assert.deepEqual(await find(`${path}/any(x:startswith(x,'X509:<PN>eve'))`), [200, ['eve@woodgrove.test']], path);
      assert.deepEqual(await find(`not(${path}/any()) and startswith(displayName,'Finn')`), [
        200,
        ['finn@woodgrove.test'],
      ]);
    }
    const count = `/users/$count?$filter=${encodeURIComponent("certificateUserIds/any(x:x eq 'X509:<PN>eve@mil')")}`;
    assert.equal(String((await graph.call(token, 'GET', count, undefined, eventual)).body), '1');
    const reader = await graph.personToken('cleo', 'User.Read.All');
    const hidden = `/users?$count=true&$filter=${encodeURIComponent("certificateUserIds/any(x:startswith(x,'X509'))")}`;
    assert.equal((await graph.call(reader, 'GET', hidden, undefined, eventual)).status, 403);
  });
});

/** The same values, the members of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
