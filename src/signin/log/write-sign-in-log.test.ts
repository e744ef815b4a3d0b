import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { because } from '#core/trace/reasons.ts';
import { passed } from '#core/trace/ruling.ts';
import { TraceInProgress } from '#core/trace/trace.ts';
import type { Verdict } from '#core/verdict.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import { userOf } from '#test/contract/user-of.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { openSignIns, type SignIns, signInRequest } from '#test/signin/open-sign-ins.ts';
import { askPolicy } from '../evaluation/ask-policy.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import type { SignInRequest } from '../request.ts';
import { writeSignInLog } from './write-sign-in-log.ts';

const ana = userOf('ana@woodgrove.test', { displayName: 'Ana', onPremisesUserPrincipalName: 'ana@ad.test' });
const card = testCa('Root').issueUserCertificate({ upn: ana.userPrincipalName });
const wrong = because('passwordWrong', { userPrincipalName: ana.userPrincipalName });

describe('no grant without its entry in the sign-in log', () => {
  let woodgrove: SignIns;
  let isOpen: boolean;
  beforeEach(async () => {
    woodgrove = await openSignIns();
    isOpen = true;
    await woodgrove.ports.users.add(ana, 'test');
  });
  afterEach(() => (isOpen ? woodgrove.end() : undefined));
  const traceOf = () => new TraceInProgress(crypto.randomUUID(), woodgrove.clock.at);
  const proof = (): Proof => ({ method: 'password', userId: ana.id, at: woodgrove.clock.at.toISOString() });
  function granted(): Verdict {
    const trace = traceOf();
    trace.require('access', passed(true, 'sessionAccepted', { methods: ['password'] }));
    return { kind: 'granted', user: ana, proofs: [proof()], access: { multiFactor: false }, trace: trace.close() };
  }
  function refusal(user?: User): Verdict {
    const trace = traceOf();
    trace.note('account', 'refused', wrong);
    return { kind: 'refused', because: wrong, user, trace: trace.close() };
  }
  /** The entry that an attempt leaves, and the certificate with it. */
  async function written(
    verdict: Verdict,
    change: Partial<SignInRequest> = {},
    options?: Parameters<typeof writeSignInLog>[3],
  ) {
    const request = signInRequest({ username: ana.userPrincipalName, ...change });
    assert.equal(await writeSignInLog(request, verdict, woodgrove.context(), options), verdict);
    const [entry] = await woodgrove.ports.signInLog.list({ top: 2, correlationId: request.correlationId });
    return { entry: entry!, presented: await woodgrove.ports.signInLog.presented(entry!.id) };
  }

  test('a grant is a success with the proofs, the last finding as its reason, and the name of the user', async () => {
    const { entry } = await written(granted());
    assert.deepEqual(
      [entry.status, entry.because.code, entry.proofs, entry.userId, entry.userDisplayName, entry.isInteractive],
      ['success', 'sessionAccepted', [proof()], ana.id, 'Ana', true],
    );
  });

  test('an interruption keeps what was proven; a refusal keeps no proof', async () => {
    const { trace } = granted();
    const ask = { kind: 'certificate' } as const;
    const interrupted = { kind: 'interrupted', ask, user: ana, proofs: [proof()], because: wrong, trace } as const;
    const { entry } = await written(interrupted);
    assert.deepEqual([entry.status, entry.proofs], ['interrupted', [proof()]]);
    assert.deepEqual((await written(refusal(ana))).entry.proofs, []);
  });

  test('a failure names the user who has the typed name, so that the log of a user has failures; else what was typed', async () => {
    const { entry } = await written(refusal(), { username: 'ANA@woodgrove.test' });
    assert.deepEqual([entry.userId, entry.userPrincipalName], [ana.id, ana.userPrincipalName]);
    const { entry: unknown } = await written(refusal(), { username: 'x@woodgrove.test' });
    assert.deepEqual([unknown.userId, unknown.userPrincipalName], [undefined, 'x@woodgrove.test']);
    const { entry: onPremises } = await written(refusal(), { username: 'ANA@ad.test' });
    assert.deepEqual([onPremises.userId, onPremises.userPrincipalName], [ana.id, ana.userPrincipalName]);
    const options = { isInteractive: true, userId: ana.id };
    const { entry: nameless } = await written(refusal(), { username: '' }, options);
    assert.deepEqual([nameless.userId, nameless.userPrincipalName], [ana.id, ana.userPrincipalName]);
  });

  test('where the log cannot be written, a grant becomes a refusal, with the fault for the operator', async () => {
    const context = woodgrove.context();
    await woodgrove.end(); // the database is closed under a sign-in
    isOpen = false;
    const verdict = granted();
    const answer = await writeSignInLog(signInRequest(), verdict, context);
    assert.ok(answer.kind === 'refused' && answer.fault instanceof Error);
    assert.deepEqual(answer.because, because('signInLogUnavailable', { outcome: 'granted' }));
    assert.deepEqual(answer.trace.findings.at(-1), {
      ...{ step: 'access', outcome: 'refused', because: answer.because },
    });
    assert.equal(answer.trace.findings.length, verdict.trace.findings.length + 1);
  });

  test('a certificate that was presented is kept with its entry; other input, and what is larger than any certificate, is not', async () => {
    const stored = async (presented: Uint8Array) =>
      (await written(refusal(), {}, { isInteractive: true, presented })).presented;
    assert.deepEqual(await stored(card.der), card.der);
    assert.equal(await stored(Uint8Array.of(1, 2, 3)), undefined);
    const large = testCa('Root').issueUserCertificate({ upn: `${'x'.repeat(9000)}@woodgrove.test` });
    assert.equal(await stored(large.der), undefined);
  });

  test('the session of the browser continues for its own user alone', async () => {
    const sessionOf = async (userId: string) =>
      (await written(granted(), { sessionId: 'new', browserSession: { userId, sessionId: 'old' } })).entry.sessionId;
    assert.deepEqual([await sessionOf(ana.id), await sessionOf('ben')], ['old', 'new']);
  });

  test('an access token is named where one was made, so never by a refusal', async () => {
    const tokenOf = async (verdict: Verdict) =>
      (await written(verdict, { uniqueTokenIdentifier: 'uti' })).entry.uniqueTokenIdentifier;
    assert.deepEqual([await tokenOf(granted()), await tokenOf(refusal(ana))], ['uti', undefined]);
  });

  test('what every policy came to is in the entry, and a name of a browser is cut after 512 characters', async () => {
    const { ports, clock } = woodgrove;
    await ports.policy.changeAccess('test', () => ({ policies: [accessDocuments.policy] }));
    const policy = await ports.policies.current();
    const verdict = await evaluate('c', { ports: {}, at: clock.at }, (trace, learnt) => {
      learnt.user = ana;
      const question = { signInRequest: signInRequest(), user: ana, proofs: [proof()], policy };
      return askPolicy(trace, question, woodgrove.context());
    });
    const { entry } = await written(verdict, { userAgent: 'x'.repeat(600) });
    assert.deepEqual(
      entry.appliedConditionalAccessPolicies?.map(({ displayName, result }) => [displayName, result]),
      [[accessDocuments.policy.displayName, 'failure']],
    );
    assert.equal(entry.userAgent.length, 512);
    const { entry: withoutPolicy } = await written(refusal(ana));
    assert.equal(withoutPolicy.appliedConditionalAccessPolicies, undefined, 'policy was not reached');
  });

  test('an entry says whether the user was at a page', async () =>
    assert.equal((await written(refusal(ana), {}, { isInteractive: false })).entry.isInteractive, false));
});
