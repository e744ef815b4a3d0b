import type { Proof } from '#core/access/proof.ts';
import { refused } from '#core/trace/ruling.ts';
import type { Verdict } from '#core/verdict.ts';
import type { SignInContext } from '#ports/ports.ts';
import { type CertificateFindings, certificateSteps } from './certificate/certificate-steps.ts';
import { readPresented } from './certificate/read-presented.ts';
import { askPolicy } from './evaluation/ask-policy.ts';
import { evaluate } from './evaluation/evaluate.ts';
import type { SignInRequest } from './request.ts';

/** The certificate a browser or a card presented in the TLS handshake, as DER; `undefined` when none came. */
export interface CertificateSignIn extends SignInRequest {
  readonly presented: { readonly leaf: Uint8Array } | undefined;
  /** The host the handshake was on. */
  readonly host: string;
  /** What this sign-in has proven before. */
  readonly proofs: readonly Proof[];
  /** Filled in with what the steps found. */
  readonly findings?: CertificateFindings;
}

/**
 * May this person, with this certificate, use this application now, and why? The order is that of specification
 * Appendix B. Changes nothing but the CRL cache: asking "what if" is the same call.
 */
export function signInWithCertificate(certificateSignIn: CertificateSignIn, context: SignInContext): Promise<Verdict> {
  const { ports, at } = context;
  return evaluate(certificateSignIn.correlationId, { ports, at }, async (trace, learnt) => {
    const policy = await ports.policies.current();
    trace.decidedBy(policy.version);
    const certificate = trace.require(
      'certificate',
      certificateSignIn.presented
        ? readPresented(certificateSignIn.presented.leaf)
        : refused('certificateMissing', { host: certificateSignIn.host }),
    );
    const { username, findings } = certificateSignIn;
    const presentation = { certificate, username, policy, x509: policy.x509, findings };
    const { user, proof } = await certificateSteps(presentation, { trace, learnt }, context);
    learnt.proofs = [...certificateSignIn.proofs, proof];
    return askPolicy(trace, { signInRequest: certificateSignIn, user, proofs: learnt.proofs, policy }, context);
  });
}
