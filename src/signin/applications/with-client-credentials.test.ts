import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import { TraceInProgress } from '#core/trace/trace.ts';
import { openSignIns, type SignIns, signInRequest } from '#test/signin/open-sign-ins.ts';
import { noteCertificateRefused, noteClientCredentials } from './with-client-credentials.ts';

const registered = because('applicationCertificateRegistered', { application: 'App', keyId: 'key' });
const reported = because('legacyStoreUsed', { authorities: [] });

describe('an application that signs in as itself gets no token without an entry (RFC 6749 §4.4)', () => {
  let woodgrove: SignIns;
  beforeEach(async () => {
    woodgrove = await openSignIns();
  });
  afterEach(() => woodgrove.end());
  const newest = async () => (await woodgrove.ports.signInLog.list({ top: 1 }))[0]!;
  const certificateTrace = (code: typeof registered) => {
    const trace = new TraceInProgress('c', woodgrove.clock.at);
    trace.decidedBy('v7');
    trace.report('path', reported);
    trace.note('account', code === registered ? 'passed' : 'refused', code);
    return trace.close();
  };

  test('the entry is a success of the application, of no user, with the credential it proved itself by', async () => {
    const request = { ...signInRequest({ uniqueTokenIdentifier: 'uti' }), credential: 'clientSecret' } as const;
    await noteClientCredentials(request, woodgrove.context());
    const entry = await newest();
    assert.deepEqual(entry.because.evidence, { application: 'App', credential: 'clientSecret' });
    assert.deepEqual(
      [entry.status, entry.because.code, entry.appId, entry.userId, entry.userPrincipalName, entry.isInteractive],
      ['success', 'clientCredentialsAccepted', 'a', undefined, '', false],
    );
    assert.equal(entry.uniqueTokenIdentifier, 'uti');
  });

  test('after a certificate, the entry has the steps of the certificate and the policy that decided them', async () => {
    await noteClientCredentials(
      { ...signInRequest(), credential: 'certificate', certificateTrace: certificateTrace(registered) },
      woodgrove.context(),
    );
    const { trace } = await newest();
    assert.equal(trace.policyVersion, 'v7');
    assert.deepEqual(
      trace.findings.map(({ step, outcome, because: { code } }) => `${step} ${outcome} ${code}`),
      [
        'path reported legacyStoreUsed',
        'account passed applicationCertificateRegistered',
        'account passed clientCredentialsAccepted',
      ],
    );
  });

  test('a certificate that was refused leaves a failure, whose trace ends with the reason', async () => {
    const reason = because('applicationCertificateRefused', { appId: 'a', problem: 'it is on the block list' });
    const trace = certificateTrace(reason as never);
    await noteCertificateRefused({ ...signInRequest(), certificateTrace: trace }, reason, woodgrove.context());
    const entry = await newest();
    assert.deepEqual([entry.status, entry.because, entry.trace], ['failure', reason, trace]);
    assert.equal(entry.uniqueTokenIdentifier, undefined);
  });

  test('it rejects where the log cannot be written', async () => {
    const context = woodgrove.context();
    await woodgrove.storage.close();
    await assert.rejects(noteClientCredentials(signInRequest(), context));
  });
});
