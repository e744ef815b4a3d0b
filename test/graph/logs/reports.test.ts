import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';

const x509 = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate';

interface StaleRow {
  readonly userId: string;
  readonly userETag: string;
  readonly userPrincipalName: string;
  readonly staleValues: readonly { readonly why: string }[];
}

describe('counts, search and reports of the sign-in log by Graph', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken('AuditLog.Read.All', 'Policy.Read.All', 'User.Read.All', 'User.ReadWrite.All');
    await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'));
    await graph.server.signIn('ben@woodgrove.test', graph.server.card('ben'));
    await graph.server.signIn('ben@woodgrove.test', graph.server.card('ana'));
    await graph.server.signIn('unknown@woodgrove.test', graph.server.card('ana'));
  });
  after(() => graph?.end());

  const get = async (path: string, status = 200) => {
    const answer = await graph.call(token, 'GET', path);
    assert.equal(answer.status, status, `${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const withFilter = (path: string, filter: string) => `${path}?$filter=${encodeURIComponent(filter)}`;

  for (const filter of [
    'status/errorCode ne 0',
    'status/errorCode eq 0 and isInteractive eq true',
    "userPrincipalName eq 'BEN@woodgrove.test'",
    "signInEventTypes/any(t: t eq 'servicePrincipal' or t eq 'nonInteractiveUser')",
    'createdDateTime ge 2020-01-01T00:00:00Z and not(status/errorCode in (0, 50058))',
    "ipAddress eq '127.0.0.1'",
  ])
    for (const version of filter.includes('signInEventTypes') ? ['beta'] : ['v1.0', 'beta'])
      test(`$count, /$count and summary agree with the list: ${version}, ${filter}`, async () => {
        const base = `/${version}/auditLogs/signIns`;
        const all = await get(`${withFilter(base, filter)}&$count=true`);
        assert.ok(all.value.length > 0);
        assert.equal(all['@odata.count'], all.value.length);
        assert.equal(await get(withFilter(`${base}/$count`, filter)), String(all.value.length));
        const { value } = await get(withFilter(`${base}/summary(interval='PT1H')`, filter));
        const sum = value.reduce(
          (total: number, row: Record<string, number>) => total + row.granted! + row.interrupted! + row.refused!,
          0,
        );
        assert.equal(sum, all.value.length);
        assert.equal(value.length, 25);
      });

  test('what indexes cannot count is refused, never left out', async () => {
    for (const filter of ["startswith(userDisplayName,'A')", "userId eq 'a' or status/errorCode eq 0"]) {
      const { error } = await get(`${withFilter('/auditLogs/signIns', filter)}&$count=true`, 400);
      assert.match(error.message, /counted by/);
    }
    await get('/auditLogs/signIns?$search=ana&$count=true', 400);
  });

  test('the summary names error codes, and refuses other periods', async () => {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    const { value } = await get(`/auditLogs/signIns/summary(interval='PT15M',from=${from},to=${to})`);
    const codes = value.flatMap((row: { byErrorCode: { errorCode: number }[] }) =>
      row.byErrorCode.map(({ errorCode }) => errorCode),
    );
    assert.ok(codes.includes(50034) && !codes.includes(0));
    await get('/auditLogs/signIns/summary()');
    for (const parameters of [
      "interval='1H'",
      "interval='PT1M',from=2020-01-01T00:00:00Z",
      `from=${to},to=${from}`,
      "colour='red'",
      "interval='P0D'",
      'from=yesterday',
      "'PT1H'",
    ])
      await get(`/auditLogs/signIns/summary(${parameters})`, 400);
  });

  test('a bare word finds users, applications, addresses and thumbprints; tolower may stand around a property', async () => {
    const [entry] = (await get(withFilter('/beta/auditLogs/signIns', "userPrincipalName eq 'ana@woodgrove.test'")))
      .value;
    const search = async (word: string) =>
      (await get(`/v1.0/auditLogs/signIns?$search=${encodeURIComponent(word)}`)).value as Record<string, string>[];
    assert.ok((await search('ana')).some(({ userPrincipalName }) => userPrincipalName === 'ana@woodgrove.test'));
    assert.ok((await search('"ruiz"')).every(({ userDisplayName }) => userDisplayName === 'Ana Ruiz'));
    assert.ok(
      (await search('unknown@')).every(({ userPrincipalName }) => userPrincipalName === 'unknown@woodgrove.test'),
    );
    assert.ok((await search(entry.appDisplayName)).length > 0);
    assert.ok((await search('127.0.0')).length > 0);
    const thumbprint = entry.authenticationDetails[0]?.authenticationMethodDetail?.split('; ')[1];
    if (thumbprint) assert.ok((await search(thumbprint.toLowerCase())).length > 0, thumbprint);
    assert.deepEqual(await search('nobody-of-this-name'), []);
    const filter = "contains(tolower(userDisplayName),'ruiz')";
    const rows = (await get(withFilter('/auditLogs/signIns', filter))).value;
    assert.ok(rows.length > 0 && rows.every((row: Record<string, string>) => row.userDisplayName === 'Ana Ruiz'));
    await get('/users?$search=ana', 400);
    await get('/auditLogs/directoryAudits?$search=ana', 400);
  });

  test('users have signInActivity, which is selected and filtered by, and needs the log’s permission', async () => {
    const { signInActivity } = await get('/users/ben@woodgrove.test?$select=id,signInActivity');
    assert.ok(signInActivity.lastSignInDateTime > signInActivity.lastSuccessfulSignInDateTime);
    assert.equal(
      (await get(`/auditLogs/signIns/${signInActivity.lastSignInRequestId}`)).createdDateTime,
      signInActivity.lastSignInDateTime,
    );
    const list = await get('/users?$select=userPrincipalName,signInActivity&$top=999');
    const of = (name: string) =>
      list.value.find((user: Record<string, string>) => user.userPrincipalName === `${name}@woodgrove.test`);
    assert.equal(of('ben').signInActivity.lastSignInDateTime, signInActivity.lastSignInDateTime);
    assert.equal(of('eve').signInActivity, null);
    const since = 'signInActivity/lastSignInDateTime ge 2020-01-01T00:00:00Z';
    const names = (await get(`${withFilter('/users', since)}&$select=userPrincipalName`)).value.map(
      (user: Record<string, string>) => user.userPrincipalName,
    );
    assert.deepEqual(names.toSorted(), ['ana@woodgrove.test', 'ben@woodgrove.test']);
    const before = `signInActivity/lastSignInDateTime le 2020-01-01T00:00:00Z`;
    assert.deepEqual((await get(withFilter('/users', before))).value, []);
    const plain = await graph.appToken('User.Read.All');
    for (const path of [
      '/users?$select=signInActivity',
      withFilter('/users', since),
      '/users/ben@woodgrove.test?$select=signInActivity',
    ])
      assert.equal((await graph.call(plain, 'GET', path)).status, 403, path);
  });

  test('policy OIDs and issuers of real cards are counted, refused sign-ins too', async () => {
    const { value } = await get(`${x509}/observedPolicyOids`);
    const [oid] = value;
    assert.equal(oid.policyOid, '1.2.3.4');
    assert.ok(oid.count >= 3 && oid.users >= 1 && Date.parse(oid.lastSeen) > 0);
    const issuers = (await get(`${x509}/observedIssuers`)).value;
    assert.ok(issuers.length >= 1 && issuers.every(({ issuer }: { issuer: string }) => issuer.includes('CN=')));
  });

  test('the assurance report has a row a kind, with the id of the CA', async () => {
    const { value } = await get("/reports/certificateAssurance(interval='P1D')");
    const grantCount = await get(
      withFilter('/auditLogs/signIns/$count', 'status/errorCode eq 0 and isInteractive eq true'),
    );
    assert.equal(
      value.reduce((sum: number, { count }: { count: number }) => sum + count, 0),
      Number(grantCount),
    );
    const cas = JSON.parse((await graph.server.cardea('ca', 'list', '--json')).out) as { id: string }[];
    for (const row of value) {
      assert.equal(row.method, 'x509Certificate');
      assert.ok(cas.some(({ id }) => id === row.caId));
      assert.ok(['singleFactor', 'multiFactor'].includes(row.strength) && row.binding);
    }
  });

  test('a user on a low-affinity binding is listed with a value to approve; the command line reads the same list', async () => {
    const page = await get('/reports/lowAffinityUsers');
    const ana = page.value.find((row: Record<string, string>) => row.userPrincipalName === 'ana@woodgrove.test');
    assert.match(ana.proposed, /^X509:<(SKI|SHA1-PUKEY)>[0-9A-F]+$/);
    assert.equal(ana.binding, 'PrincipalName → userPrincipalName');
    const { out, err } = await graph.server.cardea('user', 'upgrade-bindings', '--json');
    assert.equal(err, '');
    const listItems = JSON.parse(out) as { userPrincipalName: string; proposed: string }[];
    assert.deepEqual(
      listItems.map(({ userPrincipalName, proposed }) => [userPrincipalName, proposed]).toSorted(),
      page.value.map((row: Record<string, string>) => [row.userPrincipalName, row.proposed]).toSorted(),
    );
    const body = { authorizationInfo: { certificateUserIds: [...ana.certificateUserIds, ana.proposed] } };
    const approve = (etag: string) => graph.call(token, 'PATCH', `/users/${ana.userId}`, body, { 'if-match': etag });
    assert.equal((await approve('W/"other"')).status, 412);
    assert.equal((await approve(ana.userETag)).status, 204);
    const rest = (await get('/reports/lowAffinityUsers')).value;
    assert.ok(!rest.some((row: Record<string, string>) => row.userId === ana.userId));
    const approval = await graph.server.cardea('user', 'upgrade-bindings', '--all', '--json');
    assert.equal(approval.err, '');
    assert.deepEqual((await get('/reports/lowAffinityUsers')).value, []);
    const { kind } = await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'));
    assert.equal(kind, 'signedIn');
  });

  test('values of blocked certificates are stale, and those of a valid one are not', async () => {
    const { value } = await get(
      `${withFilter('/users', "userPrincipalName eq 'ben@woodgrove.test'")}&$select=authorizationInfo`,
    );
    assert.equal(value[0].authorizationInfo.certificateUserIds.length, 1);
    const card = `${graph.server.folder}/demo/cards/ben.p12`;
    const blocking = await graph.server.cardea('block', 'add', card);
    assert.equal(blocking.err, '');
    const [row] = (await get('/reports/lowAffinityUsers')).value;
    assert.deepEqual(row.staleValues, [{ value: value[0].authorizationInfo.certificateUserIds[0], why: 'blocked' }]);
    assert.equal(row.proposed, null);
    const [stale, ...others] = (await get('/reports/staleCertificateUserIds')).value;
    assert.deepEqual(others, []);
    const { userId, userETag, certificateUserIds, staleValues } = row;
    assert.deepEqual(
      [stale.userId, stale.userETag, stale.certificateUserIds, stale.staleValues],
      [userId, userETag, certificateUserIds, staleValues],
    );
    const body = { authorizationInfo: { certificateUserIds: [] } };
    const removal = await graph.call(token, 'PATCH', `/users/${userId}`, body, { 'if-match': userETag });
    assert.equal(removal.status, 204);
    assert.deepEqual((await get('/reports/staleCertificateUserIds')).value, []);
  });

  for (const [name, why] of [
    ['finn', 'expired'],
    ['eve', 'revoked'],
    ['eli', 'revoked'],
  ] as const)
    test(`the value of the ${why} certificate of ${name} is stale, and leaves the list with it (UB-26)`, async () => {
      const user = `${name}@woodgrove.test`;
      const { err } = await graph.server.cardea(
        'user',
        'bind',
        user,
        '--card',
        `${graph.server.folder}/demo/cards/${name}.p12`,
      );
      assert.equal(err, '');
      assert.equal((await graph.server.signIn(user, graph.server.card(name))).kind, 'refused');
      const rows = (await get('/reports/staleCertificateUserIds')).value as readonly StaleRow[];
      assert.deepEqual(
        rows.map(({ userPrincipalName, staleValues }) => [userPrincipalName, staleValues.map((stale) => stale.why)]),
        [[user, [why]]],
      );
      const body = { authorizationInfo: { certificateUserIds: [] } };
      const removal = await graph.call(token, 'PATCH', `/users/${rows[0]!.userId}`, body, {
        'if-match': rows[0]!.userETag,
      });
      assert.equal(removal.status, 204);
      assert.deepEqual((await get('/reports/staleCertificateUserIds')).value, []);
    });

  test('registration: a user with a card is capable of multifactor; methods are counted', async () => {
    const { value } = await get('/reports/authenticationMethods/userRegistrationDetails');
    const ana = value.find((row: Record<string, string>) => row.userPrincipalName === 'ana@woodgrove.test');
    assert.deepEqual([ana.isAdmin, ana.isMfaCapable, ana.certificatesSeen], [true, true, 1]);
    const eve = await get(
      withFilter('/reports/authenticationMethods/userRegistrationDetails', "userPrincipalName eq 'eve@woodgrove.test'"),
    );
    assert.equal(eve.value[0].certificatesSeen, 0);
    const pages: string[] = [];
    let path: string | undefined = '/reports/authenticationMethods/userRegistrationDetails?$top=3';
    while (path) {
      const body: Record<string, never> & { value: { id: string }[] } = await get(path);
      pages.push(...body.value.map(({ id }) => id));
      path = (body['@odata.nextLink'] as string | undefined)?.slice(`${graph.server.origin}/v1.0`.length);
    }
    assert.deepEqual(
      pages,
      value.map(({ id }: { id: string }) => id),
    );
    const capable = await get(
      withFilter('/reports/authenticationMethods/userRegistrationDetails', 'isMfaCapable eq true'),
    );
    assert.ok(capable.value.length < value.length);
    const summary = await get('/reports/authenticationMethods/usersRegisteredByMethod');
    assert.equal(summary.totalUserCount, value.length);
    const certificates = summary.userRegistrationMethodCounts.find(
      ({ authenticationMethod }: Record<string, string>) => authenticationMethod === 'x509Certificate',
    );
    assert.equal(certificates.userCount, 2);
  });

  test('one request examines 2,500 uses of certificates, and its link continues behind them', async () => {
    await graph.server.stop(); // a server alone keeps the file to itself
    const file = new DatabaseSync(join(graph.server.folder, 'cardea.db'));
    const row = file.prepare('select * from seen_certificates where last_at is not null limit 1').get()!;
    const columns = Object.keys(row);
    const add = file.prepare(
      `insert into seen_certificates (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    );
    file.exec('begin immediate');
    for (let n = 0; n < 2501; n++) add.run(...Object.values({ ...row, user_id: `deleted-${n}`, last_at: 2501 - n }));
    file.exec('commit');
    file.close();
    await graph.server.run();
    const first = await get('/reports/staleCertificateUserIds');
    assert.deepEqual(first.value, []);
    assert.ok(first['@odata.nextLink'], 'the page ends before the list does');
    const second = await get(first['@odata.nextLink'].replace(/^.*\/(?:beta|v1\.0)/, ''));
    assert.deepEqual([second.value, second['@odata.nextLink']], [[], undefined]);
  });
});

describe('sessions and certificates of users by Graph', () => {
  let graph: GraphServer;
  let cleo: string;
  let helper: string;
  before(async () => {
    graph = await GraphServer.start();
    await graph.role('Authentication Administrator', 'ben');
    await graph.role('Reports Reader', 'gus');
    helper = await graph.personToken(
      'ben',
      'AuditLog.Read.All',
      'User.RevokeSessions.All',
      'UserAuthenticationMethod.Read.All',
    );
    cleo = await graph.personToken('cleo', 'User.Read');
  });
  after(() => graph?.end());

  test('a user sees their own sessions and which one it is; others’ need the role', async () => {
    const { status, body } = await graph.call(cleo, 'GET', '/me/sessions');
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.value.length, 1);
    const [session] = body.value;
    assert.deepEqual([session.isThisOne, session.ipAddress], [true, '127.0.0.1']);
    assert.match(session.certificate.sha1Thumbprint, /^[0-9A-F]{40}$/);
    assert.equal(session.applications.length, 1);
    const others = await graph.call(helper, 'GET', '/users/cleo@woodgrove.test/sessions');
    assert.equal(others.status, 200, JSON.stringify(others.body));
    assert.deepEqual([others.body.value[0].id, others.body.value[0].isThisOne], [session.id, false]);
    assert.equal((await graph.call(cleo, 'GET', '/users/ana@woodgrove.test/sessions')).status, 403);
    const reader = await graph.personToken('gus', 'AuditLog.Read.All');
    assert.equal((await graph.call(reader, 'GET', '/users/cleo@woodgrove.test/sessions')).status, 403);
  });

  test('a Reports Reader sees whose binding is of low affinity, and not what the user is bound by', async () => {
    const reader = await graph.personToken('gus', 'AuditLog.Read.All', 'User.Read.All');
    const { status, body } = await graph.call(reader, 'GET', '/reports/lowAffinityUsers');
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body.value.length > 0);
    for (const row of body.value) assert.equal(row.certificateUserIds, null);
    const app = await graph.appToken('AuditLog.Read.All', 'User.Read.All');
    const whole = (await graph.call(app, 'GET', '/reports/lowAffinityUsers')).body.value;
    assert.ok(whole.every((row: { certificateUserIds: unknown }) => Array.isArray(row.certificateUserIds)));
  });

  test('the certificates that a user signed in with, and what would bind them better', async () => {
    const { status, body } = await graph.call(cleo, 'GET', '/me/certificates');
    assert.equal(status, 200, JSON.stringify(body));
    const [certificate] = body.value;
    assert.deepEqual(certificate.binding.affinity, 'low');
    assert.deepEqual([certificate.isBlocked, certificate.count >= 1], [false, true]);
    assert.match(certificate.proposedCertificateUserIds[0], /^X509:<SKI>/);
    const others = await graph.call(helper, 'GET', '/users/cleo@woodgrove.test/certificates');
    assert.equal(others.body.value[0].sha1Thumbprint, certificate.sha1Thumbprint);
    assert.equal((await graph.call(cleo, 'GET', '/users/ben@woodgrove.test/certificates')).status, 403);
  });

  test('a session is ended by who may, and never an administrator’s by who manages ordinary users', async () => {
    const [session] = (await graph.call(cleo, 'GET', '/me/sessions')).body.value;
    const path = `/users/cleo@woodgrove.test/sessions/${session.id}/end`;
    assert.equal((await graph.call(cleo, 'POST', `/users/ben@woodgrove.test/sessions/${session.id}/end`)).status, 403);
    assert.equal((await graph.call(helper, 'POST', '/users/ana@woodgrove.test/sessions/x/end')).status, 403);
    assert.equal((await graph.call(helper, 'POST', '/users/cleo@woodgrove.test/sessions/none/end')).status, 404);
    assert.equal((await graph.call(helper, 'POST', path)).status, 204);
    assert.deepEqual((await graph.call(cleo, 'GET', '/me/sessions')).body.value, []);
    assert.equal((await graph.call(helper, 'POST', path)).status, 404);
    const app = await graph.appToken('AuditLog.Read.All');
    const filter = encodeURIComponent("activityDisplayName eq 'End session' and result eq 'success'");
    assert.equal((await graph.call(app, 'GET', `/auditLogs/directoryAudits?$filter=${filter}`)).body.value.length, 1);
  });
});
