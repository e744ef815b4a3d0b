import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from './graph-server.ts';

describe('a sign-in, its entry in the log, and its end (acceptance scripts 6 and 7)', () => {
  let graph: GraphServer;
  let reader: string;
  let helpdesk: string;
  before(async () => {
    graph = await GraphServer.start();
    await graph.role('Reports Reader', 'cleo');
    await graph.role('Helpdesk Administrator', 'gus');
    reader = await graph.personToken('cleo', 'AuditLog.Read.All');
    helpdesk = await graph.personToken('gus', 'User.RevokeSessions.All');
  });
  after(() => graph?.end());

  const refresh = (clientId: string, refreshToken: unknown) =>
    graph.send(
      'POST',
      `/${graph.tenantId}/oauth2/v2.0/token`,
      `${new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: String(refreshToken), scope: 'User.ReadWrite.All' })}`,
      { 'content-type': 'application/x-www-form-urlencoded' },
    );
  const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

  test('the entry says by what and how strongly, in beta alone; a revocation ends refresh tokens and access to Graph', async () => {
    const end = await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'), {
      clientId: azureCli,
      scope: 'User.Read offline_access',
    });
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    const { tokens } = end as Extract<typeof end, { kind: 'signedIn' }>;
    const filter = "$filter=userPrincipalName%20eq%20'ana@woodgrove.test'%20and%20status/errorCode%20eq%200";
    const beta = await graph.call(reader, 'GET', `/beta/auditLogs/signIns?${filter}`);
    assert.equal(beta.status, 200, JSON.stringify(beta.body));
    const [entry] = beta.body.value;
    assert.deepEqual([entry.appId, entry.isInteractive, entry.status.errorCode], [azureCli, true, 0]);
    assert.equal(entry.clientAppUsed, 'Mobile Apps and Desktop clients');
    assert.equal(entry.authenticationDetails[0].authenticationMethod, 'X.509 Certificate');
    const details = new Map(
      entry.authenticationProcessingDetails.map(({ key, value }: Record<string, string>) => [key, value]),
    );
    assert.match(String(details.get('User certificate binding')), /Principal Name.*userPrincipalName/);
    assert.equal(details.get('User certificate authentication level'), 'multiFactorAuthentication');
    const v1 = await graph.call(reader, 'GET', `/auditLogs/signIns/${entry.id}`);
    assert.deepEqual([v1.status, 'authenticationDetails' in v1.body], [200, false]);

    const renewal = await refresh(azureCli, tokens.refresh_token);
    assert.equal(renewal.status, 200, JSON.stringify(renewal.body));
    assert.equal(
      (await graph.call(renewal.body.access_token, 'GET', '/me')).body.userPrincipalName,
      'ana@woodgrove.test',
    );

    // Helpdesk may not sign out who holds more than they do; Ana may sign herself out.
    const above = await graph.call(helpdesk, 'POST', '/users/ana@woodgrove.test/revokeSignInSessions');
    assert.deepEqual([above.status, above.body.error.code], [403, 'Authorization_RequestDenied']);
    await new Promise((done) => setTimeout(done, 1100)); // tokens count in whole seconds
    const revocation = await graph.call(renewal.body.access_token, 'POST', '/me/revokeSignInSessions');
    assert.deepEqual([revocation.status, revocation.body.value], [200, true], JSON.stringify(revocation.body));
    const late = await refresh(azureCli, renewal.body.refresh_token);
    assert.deepEqual([late.status, late.body.error], [400, 'invalid_grant'], JSON.stringify(late.body));
    const removal = await graph.call(renewal.body.access_token, 'GET', '/me');
    assert.deepEqual([removal.status, removal.body.error.code], [401, 'InvalidAuthenticationToken']);
    const audits = await graph.call(
      reader,
      'GET',
      "/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Update%20StsRefreshTokenValidFrom%20Timestamp'",
    );
    assert.equal(audits.body.value[0].initiatedBy.user.userPrincipalName, 'ana@woodgrove.test');
  });
});
