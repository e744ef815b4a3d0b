import type { Proof } from '#core/access/proof.ts';
import { bindUser, questionsFor } from '#core/binding/bind-user.ts';
import { accountNamed, findAccount } from '#core/binding/find-account.ts';
import { proofOf, rateCertificate } from '#core/binding/rate-certificate.ts';
import { refused } from '#core/trace/ruling.ts';
import type { Verdict } from '#core/verdict.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { legacyStoreUseOf } from '#core/x509/legacy-store.ts';
import { validatePath } from '#core/x509/path.ts';
import type { Ports } from '#ports/ports.ts';
import { askPolicy } from './ask-policy.ts';
import { judge } from './evaluate.ts';
import { refusalOfRealm } from './realm.ts';
import type { SignInRequest } from './request.ts';
import { unrevokedPath } from './unrevoked-path.ts';

/** The certificate a browser or a card presented in the TLS handshake, as DER; `undefined` when none came. */
export interface CertificateSignIn extends SignInRequest {
  readonly presented: { readonly leaf: Uint8Array } | undefined;
  /** The host the handshake was on. */
  readonly host: string;
  /** What this visit has proven before. */
  readonly proofs: readonly Proof[];
}

/**
 * May this person, with this certificate, use this application now, and why? The order is that of specification
 * Appendix B. Changes nothing but the CRL cache: asking "what if" is the same call.
 */
export function signInWithCertificate(certificateSignIn: CertificateSignIn, ports: Ports, at: Date): Promise<Verdict> {
  return judge(certificateSignIn.correlationId, at, async (trace, learnt) => {
    const policy = await ports.policies.current();
    trace.decidedBy(policy.version);
    const { x509 } = policy;

    const card = trace.require(
      'certificate',
      certificateSignIn.presented
        ? readCertificate(certificateSignIn.presented.leaf)
        : refused('certificateMissing', { host: certificateSignIn.host }),
    );
    const path = trace.require('path', validatePath(card, policy.trustStore, at));
    const { trustStore, revocation } = policy;
    const ruling = await unrevokedPath(path, { trustStore, revocation, at }, ports);
    trace.report('path', ...legacyStoreUseOf(ruling.outcome === 'passed' ? ruling.value : path));
    const standing = trace.require('revocation', ruling);

    const answers = await ports.directory.answer(
      questionsFor(card, x509.certificateUserBindings, certificateSignIn.username, x509.beyondEntra),
    );
    const accountRuling = findAccount(answers, certificateSignIn.username, standing, x509);
    learnt.user = accountNamed(answers, certificateSignIn.username, standing, x509);
    const account = trace.require('account', accountRuling);
    const foreign = await refusalOfRealm(account, 'certificates', ports);
    if (foreign) trace.require('account', foreign);
    const rating = trace.require('strength', rateCertificate(standing, x509));
    const bound = trace.require(
      'user',
      bindUser(card, x509.certificateUserBindings, answers, { user: account, rating }, x509.beyondEntra),
    );
    learnt.user = bound.user;

    learnt.proofs = [...certificateSignIn.proofs, proofOf(standing, bound, rating, at)];
    return askPolicy(trace, { visit: certificateSignIn, user: bound.user, proofs: learnt.proofs, policy }, ports, at);
  });
}
