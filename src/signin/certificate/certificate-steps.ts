import type { Proof } from '#core/access/proof.ts';
import { proofOf, rateCertificate } from '#core/binding/authentication-binding/rate-certificate.ts';
import type { Rating } from '#core/binding/authentication-binding/rating.ts';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { User } from '#core/binding/user.ts';
import { type Bound, bindUser, questionsFor } from '#core/binding/username-binding/bind-user.ts';
import { accountNamed, findAccount } from '#core/binding/username-binding/find-account.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { TraceInProgress } from '#core/trace/trace.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { legacyStoreUseOf } from '#core/x509/legacy-store.ts';
import { type VerifiedPath, validatePath } from '#core/x509/path.ts';
import type { SignInContext } from '#ports/ports.ts';
import type { Learnt } from '../evaluation/evaluate.ts';
import { acceptInRealm } from '../user/realm.ts';
import { unrevokedPath } from './unrevoked-path.ts';

/** A certificate whose private key the sender holds, and the name it is shown for. */
export interface CertificatePresentation {
  readonly certificate: Certificate;
  readonly username: string;
  readonly policy: TenantPolicy;
  /** The method's configuration, with what this way of signing in changes in it. */
  readonly x509: X509CertificateConfiguration;
  /** Filled in with what the steps found, for a caller that shows more than the verdict. */
  readonly findings?: CertificateFindings | undefined;
}

/** What the steps found on the way to their answer; what was not reached is absent. */
export interface CertificateFindings {
  path?: VerifiedPath;
  account?: User;
  rating?: Rating;
  bound?: Bound;
}

/**
 * The steps from path to user of specification Appendix B, for every way in which a certificate is shown. Leaves by
 * {@link Stopped} at the step that does not pass.
 */
export async function certificateSteps(
  { certificate, username, policy, x509, findings = {} }: CertificatePresentation,
  { trace, learnt }: { readonly trace: TraceInProgress; readonly learnt: Learnt },
  { ports, at }: SignInContext,
): Promise<{ readonly user: User; readonly proof: Proof }> {
  const path = trace.require('path', validatePath(certificate, policy.trustStore, at));
  findings.path = path;
  const { trustStore, revocation } = policy;
  const ruling = await unrevokedPath(path, { trustStore, revocation, at }, ports);
  trace.report('path', ...legacyStoreUseOf(ruling.outcome === 'passed' ? ruling.value : path));
  const standing = trace.require('revocation', ruling);
  findings.path = standing;

  const answers = await ports.directory.answer(
    questionsFor(certificate, x509.certificateUserBindings, username, x509.beyondEntra),
  );
  const accountRuling = findAccount(answers, username, standing, x509);
  learnt.user = accountNamed(answers, username, standing, x509);
  const account = trace.require('account', accountRuling);
  findings.account = account;
  const foreign = await acceptInRealm(account, 'certificates', ports);
  if (foreign.outcome !== 'passed') trace.require('account', foreign);
  const rating = trace.require('strength', rateCertificate(standing, x509));
  findings.rating = rating;
  const bound = trace.require(
    'user',
    bindUser(
      certificate,
      { bindings: x509.certificateUserBindings, answers },
      { user: account, rating },
      x509.beyondEntra,
    ),
  );
  learnt.user = bound.user;
  findings.bound = bound;
  return { user: bound.user, proof: proofOf(standing, bound, rating, at) };
}
