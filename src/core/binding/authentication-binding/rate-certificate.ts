import type { CertificateFacts, Proof } from '../../access/proof.ts';
import { hexOf } from '../../hex.ts';
import { passed, type Ruling } from '../../trace/ruling.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { serialNumberHex } from '../identifiers/certificate-fields.ts';
import { windowsName } from '../identifiers/distinguished-name.ts';
import type { AffinityLevel, AuthenticationRule, X509CertificateConfiguration } from '../policy.ts';
import type { Bound } from '../username-binding/bind-user.ts';
import type { RatedPath, Rating, Tier } from './rating.ts';
import { issuerKey, issuerTextOf, oidTextOf, pairKey, type RuleIndex, ruleIndexOf } from './rule-index.ts';

/** OIDs of one certificate that are looked at; RFC 5280 sets no limit, certificates carry a handful. */
const policyOids = 1000;

/**
 * Single-factor or multifactor (§6.3): the first tier with any matching rule decides; several matching rules mean the
 * weaker mode (AB-12, AB-15) and the higher affinity (AB-20). No match means the tenant's default (AB-10, D-10).
 */
export function rateCertificate(path: RatedPath, configuration: X509CertificateConfiguration): Ruling<Rating> {
  const { authenticationModeConfiguration: modes } = configuration;
  const rating = byFirstTier(path, configuration) ?? {
    mode: modes.x509CertificateAuthenticationDefaultMode,
    requiredAffinity: modes.x509CertificateDefaultRequiredAffinityLevel,
    decidedBy: 'default',
    identifiers: [],
  };
  return passed(rating, 'certificateRated', { ...rating });
}

function byFirstTier(path: RatedPath, configuration: X509CertificateConfiguration): Rating | undefined {
  const { authenticationModeConfiguration: modes } = configuration;
  const otherwise = modes.x509CertificateDefaultRequiredAffinityLevel;
  const matchingRules = matches(ruleIndexOf(modes), path, configuration);
  for (const tier of ['issuerSubjectAndPolicyOID', 'policyOID', 'issuerSubject'] as const) {
    const rules = matchingRules[tier]();
    if (rules.length > 0) return decision(tier, rules, otherwise);
  }
  return undefined;
}

/** AB-7…AB-9. The issuer is the CA that directly issued the leaf (AB-4); OIDs compare exactly (AB-3). */
function matches(index: RuleIndex, path: RatedPath, configuration: X509CertificateConfiguration) {
  const [leaf] = path.certificates;
  const issuer = leaf ? issuerKey(leaf.issuer) : '';
  const oids = oidsOf(path, configuration);
  return {
    issuerSubjectAndPolicyOID: () =>
      oids.flatMap((oid) => index.issuerSubjectAndPolicyOID.get(pairKey(issuer, oid)) ?? []),
    policyOID: () => oids.flatMap((oid) => index.policyOID.get(oid) ?? []),
    issuerSubject: () => index.issuerSubject.get(issuer) ?? [],
  };
}

/** The leaf's own list as in Entra, or as an option the set RFC 5280 §6.1.5 (g) leaves for the path. */
function oidsOf(
  { certificates, validPolicies }: RatedPath,
  { beyondEntra }: X509CertificateConfiguration,
): readonly string[] {
  const certificateOids = certificates[0]?.certificatePolicies.map(({ policyIdentifier }) => policyIdentifier) ?? [];
  const oids = beyondEntra?.policyOids === 'validated' ? (validPolicies ?? []) : certificateOids;
  return [...new Set(oids)].slice(0, policyOids);
}

function decision(tier: Tier, rules: readonly AuthenticationRule[], otherwise: AffinityLevel): Rating {
  const modes = rules.map((rule) => rule.x509CertificateAuthenticationMode);
  const affinities = rules.map((rule) => rule.x509CertificateRequiredAffinityLevel ?? otherwise); // AB-19
  return {
    mode: modes.every((mode) => mode === 'x509CertificateMultiFactor')
      ? 'x509CertificateMultiFactor'
      : 'x509CertificateSingleFactor',
    requiredAffinity: affinities.includes('high') ? 'high' : 'low',
    decidedBy: tier,
    identifiers: [...new Set(rules.map(identifierOf))],
  };
}

function identifierOf(rule: AuthenticationRule): string {
  return [issuerTextOf(rule), oidTextOf(rule)].filter((text) => text !== '').join(' and ');
}

/** The factor this sign-in has shown, for the session and the log (Appendix B, step 13). `at` is when it was shown. */
export function proofOf(path: RatedPath, bound: Bound, rating: Rating, at: Date): Proof {
  const [leaf] = path.certificates;
  const proof = { method: rating.mode, userId: bound.user.id, at: at.toISOString() };
  return leaf ? { ...proof, certificate: factsOf(leaf) } : proof;
}

/** The issuer is identified by the AKI of the leaf, as strengths compare it (CAP-13). */
function factsOf(leaf: Certificate): CertificateFacts {
  return {
    subject: windowsName(leaf.subject) ?? '',
    issuer: windowsName(leaf.issuer) ?? '',
    serialNumber: serialNumberHex(leaf),
    sha1Thumbprint: leaf.sha1Thumbprint,
    sha256Thumbprint: leaf.sha256Thumbprint,
    tbsSha256: leaf.tbsSha256,
    issuerSubjectKeyIdentifier: leaf.authorityKeyIdentifier && hexOf(leaf.authorityKeyIdentifier),
    policyOids: leaf.certificatePolicies.map(({ policyIdentifier }) => policyIdentifier),
    notAfter: leaf.notAfter.toISOString(),
  };
}
