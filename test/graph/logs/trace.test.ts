import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';

interface Step {
  step: string;
  state: string;
  code: string | null;
  remedy: string | null;
  reference: string | null;
  evidence: Record<string, unknown> | null;
}

describe('the trace of an entry, and the entry under today’s policy', () => {
  let graph: GraphServer;
  let whole: string;
  let logOnly: string;
  before(async () => {
    graph = await GraphServer.start();
    await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'));
    await graph.server.signIn('ben@woodgrove.test', graph.server.card('ana'));
    whole = await graph.appToken('AuditLog.Read.All', 'Policy.Read.All', 'Policy.ReadWrite.AuthenticationMethod');
    logOnly = await graph.appToken('AuditLog.Read.All');
  });
  after(() => graph?.end());

  const entries = async (filter: string) => {
    const path = `/beta/auditLogs/signIns?$filter=${encodeURIComponent(filter)}`;
    return (await graph.call(whole, 'GET', path)).body.value as { id: string; status: { errorCode: number } }[];
  };
  const newest = async (filter: string) => (await entries(filter))[0]!.id;
  const traceOf = async (id: string, token = whole) =>
    (await graph.call(token, 'GET', `/auditLogs/signIns/${id}/trace`)).body;
  const grants = "userPrincipalName eq 'ana@woodgrove.test' and status/errorCode eq 0";
  const refusals = "userPrincipalName eq 'ben@woodgrove.test' and status/errorCode eq 50034";
  const reevaluation = async (id: string) => {
    const { status, body } = await graph.call(whole, 'POST', `/auditLogs/signIns/${id}/reevaluate`, {});
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };

  test('a grant passed every step, with evidence and rules; the card’s policy OIDs are in it', async () => {
    const { steps, verdict } = await traceOf(await newest(grants));
    assert.equal(verdict.outcome, 'granted');
    assert.deepEqual(
      (steps as Step[]).filter(({ state }) => state === 'passed').map(({ step }) => step),
      ['certificate', 'path', 'revocation', 'account', 'strength', 'user', 'access'],
    );
    const [certificate] = steps as Step[];
    assert.deepEqual(certificate!.evidence!.policyOids, ['1.2.3.4']);
    assert.match(String(certificate!.evidence!.authorityKeyIdentifier), /^[0-9A-F]+$/);
    assert.equal(certificate!.reference, 'RFC 5280 §4.1');
  });

  test('a refusal says code, text, rule and remedy, and leaves the later steps unreached', async () => {
    const { steps, verdict } = await traceOf(await newest(refusals));
    const index = (steps as Step[]).findIndex(({ state }) => state === 'refused');
    assert.equal(steps[index].code, 'bindingMismatch');
    assert.ok(steps[index].remedy && steps[index].text && steps[index].reference);
    assert.ok((steps as Step[]).slice(index + 1).every(({ state }) => state === 'notReached'));
    assert.deepEqual([verdict.outcome, verdict.code, verdict.errorCode], ['refused', 'bindingMismatch', 50034]);
  });

  test('what to do, and which policies there are, is for those who read policies', async () => {
    for (const filter of [grants, refusals]) {
      const { steps } = await traceOf(await newest(filter), logOnly);
      for (const { remedy, step, state, evidence } of steps as Step[]) {
        assert.equal(remedy, null);
        assert.ok(step !== 'access' || (state !== 'reported' && evidence === null), `${step} ${state}`);
      }
    }
  });

  test('`cardea explain` prints the same steps', async () => {
    const id = await newest(refusals);
    const { steps } = await traceOf(id);
    const { out } = await graph.server.cardea('explain', id);
    for (const { step, state } of steps as Step[])
      if (state !== 'notReached') assert.match(out, new RegExp(`^ {2}\\S ${step}`, 'm'));
  });

  test('an entry is evaluated again under today’s policy, and nothing changes', async () => {
    const id = await newest(grants);
    const count = async () => [
      (await entries('createdDateTime ge 2000-01-01T00:00:00Z')).length,
      (await graph.server.cardea('audit', 'list', '--json')).out.length,
    ];
    const before = await count();
    const firstAnswer = await reevaluation(id);
    assert.deepEqual([firstAnswer.before.outcome, firstAnswer.after.outcome], ['granted', 'granted']);
    assert.deepEqual(await count(), before);

    const path = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate?force=true';
    const change = async (state: string) => {
      const { status, body } = await graph.call(whole, 'PATCH', path, {
        '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
        state,
      });
      assert.equal(status, 204, JSON.stringify(body));
    };
    await change('disabled');
    const current = await reevaluation(id);
    await change('enabled');
    assert.deepEqual([current.before.outcome, current.after.outcome], ['granted', 'refused']);
    assert.ok(current.after.code && current.after.reasonText && current.trace.steps.length > 0);
    assert.equal((await reevaluation(id)).after.outcome, 'granted');
  });

  test('an entry without a certificate is evaluated by what it had proven; a wrong password by nothing', async () => {
    const session = await newest(
      "userPrincipalName eq 'ana@woodgrove.test' and signInEventTypes/any(t: t eq 'nonInteractiveUser')",
    ).catch(() => undefined);
    if (session !== undefined) assert.equal((await reevaluation(session)).after.outcome, 'granted');
    const question = await newest("userPrincipalName eq 'ana@woodgrove.test' and status/errorCode eq 50058");
    const { after, trace } = await reevaluation(question);
    assert.deepEqual([after.outcome, after.code, trace], ['undetermined', 'proofNotKept', null]);
  });

  test('an unknown entry is 404, a body with a member is 400, without Policy.Read.All it is 403', async () => {
    assert.equal((await graph.call(whole, 'POST', '/auditLogs/signIns/none/reevaluate')).status, 404);
    assert.equal((await graph.call(whole, 'GET', '/auditLogs/signIns/none/trace')).status, 404);
    const id = await newest(grants);
    assert.equal((await graph.call(whole, 'POST', `/auditLogs/signIns/${id}/reevaluate`, { a: 1 })).status, 400);
    assert.equal((await graph.call(logOnly, 'POST', `/auditLogs/signIns/${id}/reevaluate`, {})).status, 403);
  });
});

describe('one’s own sign-ins by Graph', () => {
  let graph: GraphServer;
  let cleo: string;
  before(async () => {
    graph = await GraphServer.start();
    await graph.server.signIn('dan@woodgrove.test', graph.server.card('dan'));
    cleo = await graph.personToken('cleo', 'User.Read');
  });
  after(() => graph?.end());

  test('a user without a role sees their own entries and no other’s, without policies', async () => {
    const { status, body } = await graph.call(cleo, 'GET', '/beta/me/signIns?$top=5');
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body.value.length > 0);
    for (const entry of body.value) {
      assert.equal(entry.userPrincipalName, 'cleo@woodgrove.test');
      assert.deepEqual(entry.appliedConditionalAccessPolicies, []);
    }
    assert.equal((await graph.call(cleo, 'GET', `/me/signIns/${body.value[0].id}`)).body.id, body.value[0].id);
    assert.equal((await graph.call(cleo, 'GET', '/auditLogs/signIns')).status, 403);
    const app = await graph.appToken('AuditLog.Read.All', 'User.Read.All');
    assert.equal((await graph.call(app, 'GET', '/me/signIns')).status, 400);
  });

  test('another user’s entry is not found, and cannot be reported', async () => {
    const app = await graph.appToken('AuditLog.Read.All');
    const filter = encodeURIComponent("userPrincipalName eq 'dan@woodgrove.test'");
    const { body } = await graph.call(app, 'GET', `/auditLogs/signIns?$filter=${filter}`);
    const id = body.value[0].id;
    assert.equal((await graph.call(cleo, 'GET', `/me/signIns/${id}`)).status, 404);
    assert.equal((await graph.call(cleo, 'POST', `/me/signIns/${id}/reportNotMe`)).status, 404);
  });

  test('“not me” ends every session, revokes the tokens before it, and is audited', async () => {
    const [entry] = (await graph.call(cleo, 'GET', '/me/signIns')).body.value;
    await new Promise((resolve) => setTimeout(resolve, 1100)); // a token’s time is in whole seconds
    const { status, body } = await graph.call(cleo, 'POST', `/me/signIns/${entry.id}/reportNotMe`, {});
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body.endedSessions >= 1, JSON.stringify(body));
    assert.equal((await graph.call(cleo, 'GET', '/me/signIns')).status, 401);
    const app = await graph.appToken('AuditLog.Read.All');
    const filter = encodeURIComponent(
      "activityDisplayName eq 'User reported suspicious sign-in' and result eq 'success'",
    );
    const audit = (await graph.call(app, 'GET', `/auditLogs/directoryAudits?$filter=${filter}`)).body.value;
    assert.equal(audit.length, 1);
    assert.equal(audit[0].initiatedBy.user.userPrincipalName, 'cleo@woodgrove.test');
    const properties = audit[0].targetResources[0].modifiedProperties as { displayName: string; newValue: string }[];
    assert.equal(properties.find(({ displayName }) => displayName === 'signInId')!.newValue, JSON.stringify(entry.id));
  });
});
