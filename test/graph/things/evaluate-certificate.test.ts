import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readCardFile } from '#pki/card-file/card-file.ts';
import { demoPassword } from '#pki/demo/woodgrove.ts';
import { type GraphAnswer, GraphServer } from '../graph-server.ts';
import { PersonWithRoles } from './as-role.ts';

const path = '/policies/authenticationMethodsPolicy/evaluateCertificate';

describe('a certificate is evaluated as a sign-in would be (row 12)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken('Policy.Read.All', 'User.Read.All');
  });
  after(() => graph?.end());

  const evaluate = (body: unknown): Promise<GraphAnswer> => graph.call(token, 'POST', path, body);
  const file = (name: string) => readFileSync(join(graph.server.folder, 'demo', 'cards', `${name}.p12`));
  const card = (name: string) => readCardFile(file(name), demoPassword);
  const certificate = (name: string) => Buffer.from(card(name).der).toString('base64');
  const userId = (name: string) => `${name}@woodgrove.test`;
  const evaluation = async (body: object) => {
    const answer = await evaluate(body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const stepsOf = (body: GraphAnswer['body']) =>
    body.trace.steps
      .filter((step: { state: string }) => step.state !== 'reported')
      .map((step: { step: string; state: string }) => `${step.step} ${step.state}`);

  test('a card that signs in: chain with CRLs, extensions, bindings, rule, strength, claims and trace', async () => {
    const body = await evaluation({ certificate: certificate('ana'), userId: userId('ana') });
    assert.equal(body.outcome, 'granted', JSON.stringify(body.trace));
    assert.deepEqual(
      body.chain.map(({ role }: { role: string }) => role),
      ['leaf', 'intermediate', 'root'],
    );
    assert.match(body.chain[1].ski, /^[0-9A-F]{40}$/);
    assert.match(body.chain[1].crl.url, /^http/);
    const names = body.extensions.map(({ name }: { name: string }) => name);
    for (const name of ['subjectAltName', 'extendedKeyUsage', 'keyUsage']) assert.ok(names.includes(name), name);
    const matches = body.bindings.filter((item: { matched: boolean; tried: boolean }) => item.matched && item.tried);
    assert.ok(matches.length >= 1, JSON.stringify(body.bindings));
    assert.ok(['x509CertificateMultiFactor', 'x509CertificateSingleFactor'].includes(body.strength));
    assert.ok(['low', 'high'].includes(body.affinity));
    assert.ok(body.rule.decidedBy);
    assert.equal(body.claims.preferred_username, userId('ana'));
    assert.ok(body.claims.amr.includes('rsa'));
    assert.deepEqual(stepsOf(body).at(-1), 'access passed');
  });

  test('the answer is that of the sign-in with the same certificate', async () => {
    let pairs = 0;
    for (const name of ['ana', 'ben', 'cleo', 'dan', 'eve', 'finn', 'gus']) {
      const body = await evaluation({ certificate: certificate(name), userId: userId(name) });
      const correlationId = crypto.randomUUID();
      await graph.server.signIn(userId(name), graph.server.card(name), { correlationId });
      const entry = (await graph.server.entries(correlationId)).find(({ trace }) =>
        trace.findings.some(({ step, because }) => step === 'certificate' && because.code === 'certificateRead'),
      );
      if (!entry) continue; // the sign-in did not come to a certificate
      const codes = entry.trace.findings.filter(({ step }) => step !== 'access').map(({ because }) => because.code);
      const steps = body.trace.steps
        .filter((step: { step: string; code: string | null }) => step.step !== 'access' && step.code !== null)
        .map(({ code }: { code: string }) => code);
      assert.deepEqual(steps, codes, name);
      pairs += 1;
    }
    assert.ok(pairs >= 4, `${pairs}`);
  });

  test('another user’s card is refused at the step where a sign-in is, with every binding that was tried', async () => {
    const body = await evaluation({ certificate: certificate('ana'), userId: userId('ben') });
    assert.deepEqual([body.outcome, body.claims], ['refused', null]);
    assert.ok(stepsOf(body).includes('user refused'), JSON.stringify(stepsOf(body)));
    assert.ok(body.bindings.every((item: { matched: boolean }) => !item.matched));
    assert.ok(body.bindings.some((item: { tried: boolean }) => item.tried));
  });

  test('a certificate of a CA that is not uploaded shows the certificates that the client sent as not uploaded', async () => {
    const serverCertificate = graph.server.trust;
    const body = await evaluation({
      certificate: Buffer.from(serverCertificate).toString('base64'),
      chain: [Buffer.from(serverCertificate).toString('base64'), certificate('ben')],
      userId: userId('ana'),
    });
    assert.equal(body.outcome, 'refused');
    assert.deepEqual(
      body.chain.map(({ role }: { role: string }) => role),
      ['leaf', 'notUploaded'],
    );
    assert.deepEqual([body.rule, body.strength, body.claims], [null, null, null]);
  });

  test('a private key is refused, whatever holds it, and none of it is returned', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const base64 = (octets: string | Uint8Array) => Buffer.from(octets).toString('base64');
    const bodies: readonly (readonly [string, object])[] = [
      ['a card file', { certificate: base64(file('ana')) }],
      ['PEM in base64', { certificate: base64(pem) }],
      ['PEM as it is', { certificate: pem }],
      ['PKCS #8', { certificate: base64(privateKey.export({ type: 'pkcs8', format: 'der' })) }],
      ['the chain', { certificate: certificate('ana'), chain: [certificate('ben'), base64(pem)] }],
    ];
    for (const [name, body] of bodies) {
      const answer = await evaluate({ ...body, userId: userId('ana') });
      assert.equal(answer.status, 400, name);
      assert.match(answer.body.error.message, /contains a private key/, name);
      assert.ok(!JSON.stringify(answer.body).includes('MIG'), name);
    }
  });

  test('an entry of the sign-in log stands for its certificate, for those who read the log', async () => {
    await graph.server.signIn(userId('ana'), graph.server.card('ana'), {});
    const reader = await graph.appToken('Policy.Read.All', 'User.Read.All', 'AuditLog.Read.All');
    const path = "/auditLogs/signIns?$filter=userPrincipalName%20eq%20'ana@woodgrove.test'&$top=20";
    const { body: entries } = await graph.call(reader, 'GET', path);
    const answers = [];
    for (const { id } of entries.value) {
      const answer = await graph.call(reader, 'POST', '/policies/authenticationMethodsPolicy/evaluateCertificate', {
        signInId: id,
      });
      if (answer.status === 200) answers.push({ id, ...answer.body });
    }
    assert.ok(answers.length > 0);
    assert.deepEqual([answers[0].outcome, answers[0].user.userPrincipalName], ['granted', userId('ana')]);
    assert.equal((await evaluate({ signInId: answers[0].id })).status, 403, 'the log needs its permission');
    assert.equal((await evaluate({})).status, 400);
    const both = { signInId: answers[0].id, certificate: certificate('ana') };
    assert.equal((await evaluate(both)).status, 400);
  });

  const wrong: readonly (readonly [name: string, more: object, target: string])[] = [
    ['no certificate at all', { certificate: 'AAAA' }, 'certificate'],
    ['a wrong certificate in the chain', { chain: ['MAA='] }, 'chain/0'],
    ['an unknown user', { userId: 'who@woodgrove.test' }, 'userId'],
    ['an unknown application', { appId: '00000000-0000-0000-0000-000000000001' }, 'appId'],
    ['no address', { ipAddress: 'here' }, 'ipAddress'],
  ];
  for (const [name, more, target] of wrong) {
    test(`${name} is a mistake of the request`, async () => {
      const answer = await evaluate({ certificate: certificate('ana'), ...more });
      assert.deepEqual([answer.status, answer.body.error.details?.[0]?.target], [400, target]);
    });
  }

  test('both permissions and a role are needed', async () => {
    const body = { certificate: certificate('ana'), userId: userId('ana') };
    for (const scopes of [['Policy.Read.All'], ['User.Read.All'], ['Policy.Read.All', 'User.ReadBasic.All']]) {
      const { status } = await graph.call(await graph.appToken(...scopes), 'POST', path, body);
      assert.equal(status, 403, scopes.join());
    }
    const ben = await PersonWithRoles.of(graph, 'ben', 'Policy.Read.All', 'User.Read.All');
    const may = ['Authentication Policy Administrator', 'Global Reader', 'Global Administrator'];
    await ben.check({ method: 'POST', path, body, may, mayNot: ['(no role)', 'User Administrator', 'Reports Reader'] });
  });
});
