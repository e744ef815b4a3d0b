import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { Issued } from '#pki/build/issued.ts';
import { domainOf } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { TestServer } from '#test/crls/test-server.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { openSignIns, type SignIns } from '#test/signin/open-sign-ins.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { type CertificateFindings, certificateSteps } from './certificate-steps.ts';

const root = testCa('Woodgrove Root');
const [ana, off, away] = [
  userOf('ana@woodgrove.test'),
  userOf('off@woodgrove.test', { accountEnabled: false }),
  userOf('away@fabrikam.test'),
];
const cardOf = ({ userPrincipalName }: { readonly userPrincipalName: string }, serial?: bigint) =>
  root.issueUserCertificate({ upn: userPrincipalName, ...(serial === undefined ? {} : { serial }) });
const card = cardOf(ana, 7n);
const lost = cardOf(ana, 8n);

describe('the steps from the path of a certificate to its user (Appendix B, steps 4 to 13)', () => {
  let server: TestServer;
  let woodgrove: SignIns;
  before(async () => {
    server = await TestServer.start();
    const crl = root.crl({ entries: [root.revoke(lost)] });
    server.answer = ({ url }, response) =>
      url === '/root.crl' ? response.writeHead(200).end(crl) : response.writeHead(404).end();
  });
  after(() => server.stop());
  beforeEach(async () => {
    woodgrove = await openSignIns([domainOf('woodgrove.test'), domainOf('fabrikam.test', 'Federated')]);
    for (const user of [ana, off, away]) await woodgrove.ports.users.add(user, 'test');
    await woodgrove.trust(root, server.url('/root.crl'));
    await woodgrove.enableCertificates();
  });
  afterEach(() => woodgrove.end());

  async function run(
    presented: Issued,
    { username = ana.userPrincipalName, x509 = {} as Partial<X509CertificateConfiguration> } = {},
  ) {
    const { ports } = woodgrove;
    const policy = await ports.policies.current();
    const findings: CertificateFindings = {};
    let outcome: Awaited<ReturnType<typeof certificateSteps>> | undefined;
    const presentation = {
      ...{ certificate: certificateOf(presented), username, policy, findings },
      x509: { ...policy.x509, ...x509 },
    };
    const verdict = await evaluate('c', { ports: {}, at: woodgrove.clock.at }, async (trace, learnt) => {
      outcome = await certificateSteps(presentation, { trace, learnt }, woodgrove.context());
      return { multiFactor: false };
    });
    const last = verdict.trace.findings.at(-1)!;
    const steps = verdict.trace.findings.filter((finding) => finding.outcome !== 'reported').map(({ step }) => step);
    return { outcome, findings, steps, user: verdict.user?.userPrincipalName, code: last.because.code };
  }

  test('a certificate of an uploaded CA, not revoked, that names the user proves that user', async () => {
    const { outcome, findings, steps, user } = await run(card);
    assert.deepEqual(steps, ['path', 'revocation', 'account', 'strength', 'user']);
    assert.equal(user, ana.userPrincipalName);
    const { proof } = outcome!;
    assert.deepEqual(
      [proof.userId, proof.method, proof.at],
      [ana.id, 'x509CertificateSingleFactor', woodgrove.clock.at.toISOString()],
    );
    assert.equal(proof.certificate?.sha256Thumbprint, certificateOf(card).sha256Thumbprint);
    assert.deepEqual(
      [findings.account?.id, findings.bound?.user.id, findings.rating?.mode, findings.path?.certificates.length],
      [ana.id, ana.id, 'x509CertificateSingleFactor', 2],
    );
  });

  const rows = [
    {
      ...{
        name: 'a CA that is not uploaded',
        presented: testCa('Other').issueUserCertificate({ upn: ana.userPrincipalName }),
      },
      ...{ step: 'path', code: 'issuerNotTrusted', user: undefined },
    },
    { name: 'a revoked certificate', presented: lost, step: 'revocation', code: 'certificateRevoked', user: undefined },
    {
      ...{ name: 'a name that no user has', presented: card, username: 'x@woodgrove.test' },
      ...{ step: 'account', code: 'accountUnknown', user: undefined },
    },
    {
      ...{ name: 'a disabled user', presented: cardOf(off), username: off.userPrincipalName },
      ...{ step: 'account', code: 'accountDisabled', user: off.userPrincipalName },
    },
    {
      ...{ name: 'a user of a federated domain (REALM-1)', presented: cardOf(away), username: away.userPrincipalName },
      ...{ step: 'account', code: 'realmFederated', user: away.userPrincipalName },
    },
    {
      ...{
        name: 'a user for whom certificates are not enabled (SCOPE-2)',
        presented: card,
        x509: { includeTargets: [] },
      },
      ...{ step: 'account', code: 'accountNotInScope', user: ana.userPrincipalName },
    },
    {
      ...{ name: 'a certificate of another user', presented: cardOf(off) },
      ...{ step: 'user', code: 'bindingMismatch', user: ana.userPrincipalName },
    },
  ];
  for (const { name, presented, step, code, user, ...options } of rows)
    test(`${name}: ${code}, at the step ${step}, and no later step runs`, async () => {
      const result = await run(presented, options);
      assert.deepEqual([result.steps.at(-1), result.code, result.user], [step, code, user]);
      assert.equal(result.outcome, undefined);
    });

  test('a CRL that cannot be downloaded refuses (CRL-1)', async () => {
    const secondOne = testCa('Second Root');
    await woodgrove.trust(secondOne, server.url('/missing.crl'));
    const { steps, code } = await run(secondOne.issueUserCertificate({ upn: ana.userPrincipalName }));
    assert.deepEqual([steps.at(-1), code], ['revocation', 'crlDownloadFailed']);
  });

  test('what was found before the step that refused stays with the findings, and nothing of later steps', async () => {
    const { findings } = await run(cardOf(off));
    assert.deepEqual(
      [findings.account?.id, findings.rating?.mode, findings.bound],
      [ana.id, 'x509CertificateSingleFactor', undefined],
    );
    assert.deepEqual(Object.keys((await run(lost)).findings), ['path']);
  });

  test('the strength decides which bindings count: a high affinity leaves the name of the certificate out (UB-6)', async () => {
    const authenticationModeConfiguration = {
      x509CertificateAuthenticationDefaultMode: 'x509CertificateMultiFactor',
      x509CertificateDefaultRequiredAffinityLevel: 'high',
      rules: [],
    } as const;
    const { steps, code, findings } = await run(card, { x509: { authenticationModeConfiguration } });
    assert.deepEqual([steps.at(-1), code, findings.rating?.requiredAffinity], ['user', 'bindingsTooWeak', 'high']);
  });
});
