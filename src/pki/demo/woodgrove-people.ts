import type { UserBinding } from '#core/binding/policy.ts';
import type { CertificateOptions } from '../build/issued.ts';

/** The policy in a certificate that the demo's rules count as multifactor. */
export const multifactorPolicy = '1.2.3.4';
/** A routable domain, and one that only the old on-premises names use. */
export const woodgroveDomains = ['woodgrove.test', 'woodgrove.local'] as const;

/** One card of the demo, and what happens when it is presented. */
export interface DemoPerson {
  /** Also the name of the files. */
  readonly name: string;
  readonly displayName: string;
  /** The account; undefined for a stranger, who has none. */
  readonly account: { readonly onPremisesUserPrincipalName: string } | undefined;
  readonly issuer: 'issuing-1' | 'issuing-2' | 'stranger';
  readonly card: Pick<CertificateOptions, 'upn' | 'email' | 'policies' | 'key'>;
  readonly revokedOn?: 'base' | 'delta';
  readonly expired?: true;
  readonly expect: 'multifactor' | 'singleFactor' | 'refused';
  readonly description: string;
}

export const demoPeople: readonly DemoPerson[] = [
  {
    name: 'ana',
    displayName: 'Ana Ruiz',
    account: { onPremisesUserPrincipalName: 'ana@woodgrove.test' },
    issuer: 'issuing-1',
    card: { upn: 'ana@woodgrove.test', policies: [multifactorPolicy] },
    expect: 'multifactor',
    description: `signs in with more than one factor: the certificate carries policy ${multifactorPolicy}; Global Administrator`,
  },
  {
    name: 'ben',
    displayName: 'Ben Okafor',
    account: { onPremisesUserPrincipalName: 'ben@woodgrove.test' },
    issuer: 'issuing-1',
    card: { upn: 'ben@woodgrove.test', key: 'RSA-2048' },
    expect: 'singleFactor',
    description: 'signs in with one factor: no rule names the certificate (RSA key)',
  },
  {
    name: 'cleo',
    displayName: 'Cleo Martin',
    account: { onPremisesUserPrincipalName: 'cleo@woodgrove.test' },
    issuer: 'issuing-2',
    card: { email: 'cleo@woodgrove.test' },
    expect: 'singleFactor',
    description: 'signs in with one factor: found by the e-mail address, the only name in the certificate',
  },
  {
    name: 'dan',
    displayName: 'Dan Petrov',
    account: { onPremisesUserPrincipalName: 'dan@woodgrove.test' },
    issuer: 'issuing-2',
    card: {},
    expect: 'refused',
    description:
      'is refused: no subject alternative name to bind by (until a SubjectKeyIdentifier binding to certificateUserIds is added)',
  },
  {
    name: 'eve',
    displayName: 'Eve Lindqvist',
    account: { onPremisesUserPrincipalName: 'eve@woodgrove.test' },
    issuer: 'issuing-1',
    card: { upn: 'eve@woodgrove.test', policies: [multifactorPolicy] },
    revokedOn: 'base',
    expect: 'refused',
    description: 'is refused: revoked on the complete CRL',
  },
  {
    name: 'eli',
    displayName: 'Eli Tanaka',
    account: { onPremisesUserPrincipalName: 'eli@woodgrove.test' },
    issuer: 'issuing-2',
    card: { upn: 'eli@woodgrove.test', policies: [multifactorPolicy] },
    revokedOn: 'delta',
    expect: 'refused',
    description: 'is refused: revoked since the complete CRL, on the delta CRL only',
  },
  {
    name: 'finn',
    displayName: 'Finn Costa',
    account: { onPremisesUserPrincipalName: 'finn@woodgrove.test' },
    issuer: 'issuing-1',
    card: { upn: 'finn@woodgrove.test' },
    expired: true,
    expect: 'refused',
    description: 'is refused: expired',
  },
  {
    name: 'gus',
    displayName: 'Gus Moreau',
    account: { onPremisesUserPrincipalName: 'gus@woodgrove.local' },
    issuer: 'issuing-1',
    card: { upn: 'gus@woodgrove.local' },
    expect: 'singleFactor',
    description: 'signs in with one factor: found by the on-premises name gus@woodgrove.local, which is not routable',
  },
  {
    name: 'stranger',
    displayName: 'A stranger',
    account: undefined,
    issuer: 'stranger',
    card: { upn: 'ana@woodgrove.test', policies: [multifactorPolicy] },
    expect: 'refused',
    description: 'is refused: has the name of Ana, but was issued by a CA that is not trusted',
  },
];

/** The bindings the descriptions above rely on (UB-1, UB-2 and one for names that are not routable). */
export const demoBindings: readonly UserBinding[] = [
  { x509CertificateField: 'PrincipalName', userProperty: 'userPrincipalName', priority: 1, trustAffinityLevel: 'low' },
  { x509CertificateField: 'RFC822Name', userProperty: 'userPrincipalName', priority: 2, trustAffinityLevel: 'low' },
  {
    x509CertificateField: 'PrincipalName',
    userProperty: 'onPremisesUserPrincipalName',
    priority: 3,
    trustAffinityLevel: 'low',
  },
];
