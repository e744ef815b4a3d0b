import { type AppliedPolicy, appliedPolicies } from '#core/access/applied-policies.ts';
import type { Rating } from '#core/binding/authentication-binding/rating.ts';
import { certificateFields } from '#core/binding/identifiers/certificate-fields.ts';
import type { AffinityLevel, UserBinding } from '#core/binding/policy.ts';
import type { User } from '#core/binding/user.ts';
import { candidatesOf, usableBindings, userHas } from '#core/binding/username-binding/candidates.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { type Ruling, refusedFor, success } from '#core/trace/ruling.ts';
import type { Verdict } from '#core/verdict.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { type DescribedExtension, describeExtensions } from '#core/x509/extensions/describe-extensions.ts';
import type { TrustedAuthority } from '#core/x509/trust-store.ts';
import type { Application } from '#model/application.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import type { CertificateFindings } from '#signin/certificate/certificate-steps.ts';
import { claimsPreview } from '#signin/tokens/preview.ts';
import { signInWithCertificate } from '#signin/with-certificate.ts';

/** A sign-in with a certificate that is not made: without its key, and without an entry in the log. */
export interface CertificateQuestion {
  readonly certificate: Uint8Array;
  /** Certificates that came with it. They are shown, and are never a source of trust. */
  readonly chain: readonly Certificate[];
  /** Undefined where the certificate is to name its user. */
  readonly user: User | undefined;
  readonly application: Application;
  readonly ipAddress: string;
  readonly correlationId: string;
}

/** A certificate of the chain, from the leaf up. */
export interface ChainMember {
  readonly certificate: Certificate;
  readonly role: 'leaf' | 'intermediate' | 'root' | 'notUploaded';
  /** The CA of the trust store that it is; undefined for the leaf and for certificates that the client sent with it. */
  readonly authority: TrustedAuthority | undefined;
}

/** A username binding and what it came to. */
export interface BindingTried {
  readonly binding: UserBinding;
  readonly affinity: AffinityLevel;
  /** What the certificate says in the field. */
  readonly values: readonly string[];
  /** Whether the sign-in came to this binding; a stronger affinity that is required leaves weaker ones out. */
  readonly isTried: boolean;
  readonly isMatched: boolean;
}

/** How a sign-in with the certificate would end now, and everything that leads there. */
export interface CertificateEvaluation {
  readonly verdict: Verdict;
  readonly chain: readonly ChainMember[];
  readonly extensions: readonly DescribedExtension[];
  readonly bindings: readonly BindingTried[];
  readonly rating: Rating | undefined;
  readonly conditionalAccess: readonly AppliedPolicy[];
  /** What an id_token would carry; undefined where there would be none. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Evaluates the certificate as a sign-in would (`signInWithCertificate`), and gathers what the steps found. Changes nothing but
 * the CRL cache. Refuses with certificateUnreadable.
 */
export async function evaluateCertificate(
  question: CertificateQuestion,
  { ports, at }: SignInContext<Ports & { readonly tenant: Tenant }>,
): Promise<Ruling<CertificateEvaluation>> {
  const ruling = readCertificate(question.certificate);
  if (ruling.outcome !== 'passed') return refusedFor(ruling.because);
  const { application, user, ipAddress, correlationId } = question;
  const policy = await ports.policies.current();
  const findings: CertificateFindings = {};
  const certificateSignIn = {
    correlationId,
    application,
    resourceId: application.appId,
    ipAddress,
    userAgent: '',
    username: user?.userPrincipalName ?? '',
    presented: { leaf: question.certificate },
    host: '',
    proofs: [],
    findings,
  };
  const verdict = await signInWithCertificate(certificateSignIn, {
    ports: { ...ports, policies: { current: async () => policy } },
    at,
  });
  return success({
    verdict,
    chain: chainOf(ruling.value, question.chain, findings, policy),
    extensions: describeExtensions(ruling.value),
    bindings: bindingsOf(ruling.value, findings, policy),
    rating: findings.rating,
    conditionalAccess: appliedPolicies(verdict.trace),
    claims: verdict.kind === 'granted' ? claimsPreview(verdict, application, ports.tenant.id) : undefined,
  });
}

/** The path that was evaluated; where there is none, the leaf and the certificates that the client sent with it. */
function chainOf(
  leaf: Certificate,
  companions: readonly Certificate[],
  { path }: CertificateFindings,
  { trustStore }: TenantPolicy,
): readonly ChainMember[] {
  const certificates = path?.certificates ?? [leaf, ...companions.filter((item) => item.tbsSha256 !== leaf.tbsSha256)];
  return certificates.map((certificate, index) => {
    if (index === 0) return { certificate, role: 'leaf', authority: undefined };
    const authority = trustStore.authorities.find((item) => item.certificate.tbsSha256 === certificate.tbsSha256);
    return { certificate, role: authority?.authorityType ?? 'notUploaded', authority };
  });
}

/** Every binding of the tenant in its order, by the functions that bind a user (UB-4 … UB-8). */
function bindingsOf(
  leaf: Certificate,
  { account, rating, bound }: CertificateFindings,
  { x509: { certificateUserBindings, beyondEntra } }: TenantPolicy,
): readonly BindingTried[] {
  const usable = rating ? usableBindings(certificateUserBindings, rating.requiredAffinity) : [];
  return certificateUserBindings
    .toSorted((item, second) => item.priority - second.priority)
    .map((binding) => {
      const candidates = candidatesOf(leaf, [binding], beyondEntra);
      const isBefore = bound === undefined || binding.priority <= bound.rank;
      return {
        binding,
        affinity: certificateFields[binding.x509CertificateField].affinity,
        values: candidates.map(({ value }) => value),
        isTried: usable.includes(binding) && isBefore,
        isMatched: candidates.some(({ questions }) => account && questions.some((item) => userHas(account, item))),
      };
    });
}
