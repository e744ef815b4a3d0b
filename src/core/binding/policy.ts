/** The X509Certificate method configuration of a tenant (specification Appendix A), spelled as Graph spells it. */
export type X509CertificateField =
  | 'PrincipalName'
  | 'RFC822Name'
  | 'IssuerAndSubject'
  | 'Subject'
  | 'SubjectKeyIdentifier'
  | 'SHA1PublicKey'
  | 'IssuerAndSerialNumber';
export type UserProperty = 'userPrincipalName' | 'onPremisesUserPrincipalName' | 'certificateUserIds';
export type AffinityLevel = 'low' | 'high';
export type AuthenticationMode = 'x509CertificateSingleFactor' | 'x509CertificateMultiFactor';

export interface UserBinding {
  readonly x509CertificateField: X509CertificateField;
  readonly userProperty: UserProperty;
  /** Unique, not negative; the lowest number is asked first (UB-1). */
  readonly priority: number;
  readonly trustAffinityLevel: AffinityLevel;
}
export interface AuthenticationRule {
  readonly x509CertificateRuleType: 'issuerSubject' | 'policyOID' | 'issuerSubjectAndPolicyOID';
  readonly identifier: string;
  readonly issuerSubjectIdentifier?: string;
  readonly policyOidIdentifier?: string;
  readonly x509CertificateAuthenticationMode: AuthenticationMode;
  readonly x509CertificateRequiredAffinityLevel?: AffinityLevel;
}
export interface AuthenticationModeConfiguration {
  readonly x509CertificateAuthenticationDefaultMode: AuthenticationMode;
  readonly x509CertificateDefaultRequiredAffinityLevel: AffinityLevel;
  readonly rules: readonly AuthenticationRule[];
}
export interface MethodTarget {
  readonly targetType: 'group';
  readonly id: string;
}
export interface X509CertificateConfiguration {
  readonly state: 'enabled' | 'disabled';
  readonly includeTargets: readonly MethodTarget[];
  readonly excludeTargets: readonly MethodTarget[];
  readonly certificateUserBindings: readonly UserBinding[];
  readonly authenticationModeConfiguration: AuthenticationModeConfiguration;
  readonly issuerHintsConfiguration: { readonly state: 'enabled' | 'disabled' };
  readonly crlValidationConfiguration: {
    readonly state: 'enabled' | 'disabled';
    readonly exemptedCertificateAuthoritiesSubjectKeyIdentifiers: readonly string[];
  };
  readonly certificateAuthorityScopes: readonly CertificateAuthorityScope[];
  /** What Entra does not offer; absent means as Entra does. */
  readonly beyondEntra?: BeyondEntra;
}
/** Options an Entra tenant does not have. Each is off until an administrator turns it on. */
export interface BeyondEntra {
  /** The certificate may name the person when no user name was given; only when it names exactly one. */
  readonly certificateMayNameUser?: boolean;
  /** Accept keys on brainpoolP256r1, brainpoolP384r1 and brainpoolP512r1 (RFC 5639): certificates of users, CAs, CRL and OCSP signers. */
  readonly brainpoolCurves?: boolean;
  /** Accept `<SR>` serial numbers in plain order too (UB-31). */
  readonly plainSerialOrder?: boolean;
  /** A typed name that no user has as userPrincipalName may be an onPremisesUserPrincipalName (UB-33). */
  readonly onPremisesNameSignsIn?: boolean;
  /** D-11: of several scoped CAs on one chain, `every` one must allow the user (strict, default), or `any`. */
  readonly certificateAuthorityScoping?: 'every' | 'any';
  /** Rate by the policies RFC 5280 §6.1 found valid for the whole path, not by the leaf's own list. */
  readonly policyOids?: 'listed' | 'validated';
}
export interface CertificateAuthorityScope {
  readonly subjectKeyIdentifier: string;
  readonly publicKeyInfrastructureIdentifier: string;
  readonly includeTargets: readonly MethodTarget[];
}

/** Factory settings (UB-2 as documented, SCOPE-1, §6.1). */
export const defaultX509CertificateConfiguration: X509CertificateConfiguration = {
  state: 'disabled',
  includeTargets: [],
  excludeTargets: [],
  certificateUserBindings: [
    {
      x509CertificateField: 'PrincipalName',
      userProperty: 'userPrincipalName',
      priority: 1,
      trustAffinityLevel: 'low',
    },
    { x509CertificateField: 'RFC822Name', userProperty: 'userPrincipalName', priority: 2, trustAffinityLevel: 'low' },
  ],
  authenticationModeConfiguration: {
    x509CertificateAuthenticationDefaultMode: 'x509CertificateSingleFactor',
    x509CertificateDefaultRequiredAffinityLevel: 'low',
    rules: [],
  },
  issuerHintsConfiguration: { state: 'disabled' },
  crlValidationConfiguration: { state: 'disabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] },
  certificateAuthorityScopes: [],
};
