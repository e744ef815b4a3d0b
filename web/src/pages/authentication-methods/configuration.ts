import { labelOf } from '../../components/forms/choices.ts';

/** Base path of the configurations; options beyond Entra are in beta. */
export const configurations = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations';
export const x509Path = `/beta${configurations}/X509Certificate`;
export const x509Type = '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration';

export interface Target {
  readonly targetType: 'group' | 'user';
  readonly id: string;
}

/** A method as its policy has it. */
export interface MethodConfiguration {
  readonly '@odata.type'?: string;
  readonly '@odata.etag'?: string;
  readonly id: string;
  readonly state: 'enabled' | 'disabled';
  readonly includeTargets: readonly Target[];
  readonly excludeTargets: readonly Target[];
}

export type Affinity = 'low' | 'high';
export type Mode = 'x509CertificateSingleFactor' | 'x509CertificateMultiFactor';

export interface Binding {
  readonly x509CertificateField: string;
  readonly userProperty: string;
  readonly priority: number;
  readonly trustAffinityLevel?: Affinity;
}

export interface StrengthRule {
  readonly x509CertificateRuleType: 'issuerSubject' | 'policyOID' | 'issuerSubjectAndPolicyOID';
  readonly identifier?: string;
  readonly issuerSubjectIdentifier?: string | null;
  readonly policyOidIdentifier?: string | null;
  readonly x509CertificateAuthenticationMode: Mode;
  readonly x509CertificateRequiredAffinityLevel?: Affinity;
}

export interface AuthorityScope {
  readonly subjectKeyIdentifier: string;
  readonly publicKeyInfrastructureIdentifier: string;
  readonly includeTargets: readonly Target[];
}

/** The X509Certificate method. */
export interface CertificateConfiguration extends MethodConfiguration {
  readonly certificateUserBindings: readonly Binding[];
  readonly authenticationModeConfiguration: {
    readonly x509CertificateAuthenticationDefaultMode: Mode;
    readonly x509CertificateDefaultRequiredAffinityLevel: Affinity;
    readonly rules: readonly StrengthRule[];
  };
  readonly issuerHintsConfiguration: { readonly state: 'enabled' | 'disabled' };
  readonly crlValidationConfiguration: {
    readonly state: 'enabled' | 'disabled';
    readonly exemptedCertificateAuthoritiesSubjectKeyIdentifiers: readonly string[];
  };
  readonly certificateAuthorityScopes: readonly AuthorityScope[];
  /** What Entra does not have; absent options are off. */
  readonly beyondEntra: BeyondEntra;
}

export interface BeyondEntra {
  readonly certificateMayNameUser?: boolean | null;
  readonly plainSerialOrder?: boolean | null;
  readonly onPremisesNameSignsIn?: boolean | null;
  readonly certificateAuthorityScoping?: 'every' | 'any' | null;
  readonly policyOids?: 'listed' | 'validated' | null;
}

export const modes = [
  { id: 'x509CertificateSingleFactor', label: 'Single-factor authentication' },
  { id: 'x509CertificateMultiFactor', label: 'Multifactor authentication' },
] as const;
export const affinities = [
  { id: 'low', label: 'Low' },
  { id: 'high', label: 'High' },
] as const;
export const nameOfMode = (mode: Mode): string => labelOf(modes, mode) ?? mode;

/** The certificate fields that a binding may use, with the affinity that each has. */
export const fields = [
  { id: 'PrincipalName', label: 'PrincipalName', affinity: 'low' },
  { id: 'RFC822Name', label: 'RFC822Name', affinity: 'low' },
  { id: 'IssuerAndSubject', label: 'IssuerAndSubject', affinity: 'low' },
  { id: 'Subject', label: 'Subject', affinity: 'low' },
  { id: 'SubjectKeyIdentifier', label: 'SKI', affinity: 'high' },
  { id: 'SHA1PublicKey', label: 'SHA1PublicKey', affinity: 'high' },
  { id: 'IssuerAndSerialNumber', label: 'IssuerAndSerialNumber', affinity: 'high' },
] as const;
export const properties = [
  { id: 'userPrincipalName', label: 'userPrincipalName' },
  { id: 'onPremisesUserPrincipalName', label: 'onPremisesUserPrincipalName' },
  { id: 'certificateUserIds', label: 'certificateUserIds' },
] as const;

/** Fields that hold a name may be bound to any property; the others to certificateUserIds alone. */
export const propertiesOf = (field: string) =>
  field === 'PrincipalName' || field === 'RFC822Name'
    ? properties
    : properties.filter(({ id }) => id === 'certificateUserIds');

/** `X509:<PN>` and the like, as certificateUserIds have them. */
export const affinityOf = (field: string): Affinity => fields.find(({ id }) => id === field)?.affinity ?? 'low';
