import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import { recordAt } from '#test/contract/record-at.ts';
import { userOf } from '#test/contract/user-of.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { openSignIns, type SignIns, signInRequest } from '#test/signin/open-sign-ins.ts';
import { writeSignInLog } from './log/write-sign-in-log.ts';
import { reevaluate } from './reevaluate.ts';
import { signInWithCertificate } from './with-certificate.ts';

const root = testCa('Woodgrove Root');
const ana = userOf('ana@woodgrove.test');
const card = root.issueUserCertificate({ upn: ana.userPrincipalName });

describe('how the sign-in of an entry would end now', () => {
  let woodgrove: SignIns;
  beforeEach(async () => {
    woodgrove = await openSignIns();
    await woodgrove.ports.users.add(ana, 'test');
    await woodgrove.trust(root);
    await woodgrove.enableCertificates();
  });
  afterEach(() => woodgrove.end());
  const proofOf = (method: Proof['method'], minutes = 0): Proof => {
    const at = new Date(woodgrove.clock.at.getTime() + minutes * 60_000).toISOString();
    return { method, userId: ana.id, at };
  };
  const recordOf = (change: Partial<SignInRecord>) =>
    recordAt(woodgrove.clock.at.getTime(), { userId: ana.id, userPrincipalName: ana.userPrincipalName, ...change });
  /** The entry of a sign-in with the certificate of Ana. */
  async function signedIn(proofs: readonly Proof[] = []): Promise<SignInRecord> {
    const request = signInRequest({ username: ana.userPrincipalName });
    const presented = { leaf: card.der };
    const verdict = await signInWithCertificate({ ...request, presented, host: '', proofs }, woodgrove.context());
    await writeSignInLog(request, verdict, woodgrove.context(), { isInteractive: true, presented: card.der });
    return (await woodgrove.ports.signInLog.list({ top: 1, correlationId: request.correlationId }))[0]!;
  }
  async function outcomeOf(record: SignInRecord) {
    const ruling = await reevaluate(record, woodgrove.context());
    if (ruling.outcome !== 'passed') return ruling.because.code;
    const { verdict } = ruling.value;
    return verdict.kind === 'granted' ? 'granted' : verdict.because.code;
  }
  const requireMultiFactor = () =>
    woodgrove.ports.policy.changeAccess('test', () => ({ policies: [accessDocuments.policy] }));

  test('a sign-in with a certificate is evaluated again from the certificate, under the policy of today', async () => {
    const record = await signedIn();
    assert.equal(await outcomeOf(record), 'granted');
    await woodgrove.enableCertificates({ state: 'disabled' });
    assert.equal(await outcomeOf(record), 'certificateMethodDisabled');
  });

  test('the user is the one of today: renamed, the certificate no longer names them', async () => {
    const record = await signedIn();
    await woodgrove.ports.users.update({ ...ana, userPrincipalName: 'anna@woodgrove.test' }, 'test');
    assert.equal(await outcomeOf(record), 'bindingMismatch');
  });

  test('what was proven before the certificate counts, and the certificate itself not twice', async () => {
    await requireMultiFactor();
    const record = await signedIn([proofOf('password')]);
    assert.equal(record.proofs.length, 2);
    assert.equal(await outcomeOf(record), 'granted');
    const ruling = await reevaluate(record, woodgrove.context());
    assert.ok(ruling.outcome === 'passed' && ruling.value.verdict.kind === 'granted');
    assert.equal(ruling.value.verdict.proofs.length, 2);
  });

  test('without a certificate, policy is asked about what was proven', async () => {
    const record = recordOf({ proofs: [proofOf('password')] });
    assert.equal(await outcomeOf(record), 'granted');
    await requireMultiFactor();
    assert.notEqual(await outcomeOf(record), 'granted');
    assert.equal(await outcomeOf(recordOf({ proofs: [proofOf('password'), proofOf('softwareOath')] })), 'granted');
  });

  const rows = [
    {
      ...{ name: 'the user is disabled', code: 'accountDisabled' },
      change: () => woodgrove.ports.users.update({ ...ana, accountEnabled: false }, 'test'),
    },
    {
      ...{ name: 'the user is deleted', code: 'accountUnknown' },
      change: () => woodgrove.ports.users.remove(ana.id, 'test'),
    },
    {
      ...{ name: 'sessions were revoked since (REV-2)', code: 'sessionRevoked' },
      change: () =>
        woodgrove.ports.users.update({ ...ana, signInSessionsValidFromDateTime: proofOf('password', 1).at }, 'test'),
    },
  ];
  for (const { name, code, change } of rows)
    test(`what was proven is refused after ${name}: ${code}`, async () => {
      await change();
      assert.equal(await outcomeOf(recordOf({ proofs: [proofOf('password')] })), code);
    });

  test('an entry without a certificate and a proof cannot be evaluated: passwords and codes are not kept', async () =>
    assert.equal(await outcomeOf(recordOf({})), 'proofNotKept'));

  test('nothing is written', async () => {
    const record = await signedIn();
    await outcomeOf(record);
    assert.deepEqual(await woodgrove.ports.signInLog.list({ top: 9 }), [record]);
  });
});
