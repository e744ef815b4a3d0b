import { hash } from 'node:crypto';
import type { AuthenticationMethod, CertificateFacts, Proof } from '../access/proof.ts';
import type { User } from '../binding/user.ts';

/** TOK-7: a private claim with facts of the certificate; Entra has none. */
export interface CertificateClaim {
  readonly 'x5t#S256': string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly issuerSubjectKeyIdentifier: string | null;
  readonly policyOids: readonly string[];
  readonly multiFactor: boolean;
}

/** OpenID Connect Core §8.1: stable for a user and an application, and of no use to find the user elsewhere. */
export function pairwiseSubject(
  userId: string,
  { tenantId, clientId }: { readonly tenantId: string; readonly clientId: string },
): string {
  return hash('sha256', JSON.stringify(['sub', tenantId, clientId, userId]), 'base64url');
}

/**
 * TOK-2: the documented word for each method; where there is none, that of RFC 8176, and `fido` as Entra has it. No
 * `x509` is documented: `rsa` is a proof with a key (TOK-3).
 */
const amrValues: Readonly<Record<AuthenticationMethod, string>> = {
  password: 'pwd',
  voice: 'tel',
  hardwareOath: 'otp',
  softwareOath: 'otp',
  sms: 'sms',
  fido2: 'fido',
  windowsHelloForBusiness: 'rsa',
  microsoftAuthenticatorPush: 'mca',
  deviceBasedPush: 'rsa',
  temporaryAccessPassOneTime: 'otp',
  temporaryAccessPassMultiUse: 'otp',
  email: 'otp',
  x509CertificateSingleFactor: 'rsa',
  x509CertificateMultiFactor: 'rsa',
  federatedSingleFactor: 'fed',
  federatedMultiFactor: 'fed',
  qrCodePin: 'pwd',
};
const amrOrder = ['pwd', 'rsa', 'fido', 'otp', 'mca', 'sms', 'tel', 'fed'];

/** TOK-3: `["rsa"]`, `["rsa","mfa"]`, `["pwd"]`, `["pwd","rsa","mfa"]`: the methods, then whether together they are two. */
export function amrOf(proofs: readonly Proof[], multiFactor: boolean): readonly string[] {
  const amrSet = new Set(proofs.map((proof) => amrValues[proof.method]));
  const methods = amrOrder.filter((value) => amrSet.has(value));
  return multiFactor ? [...methods, 'mfa'] : methods;
}

/** Claims of an id_token and of userinfo; the provider picks those of the scopes that were granted. */
export function personClaims(user: User, tenantId: string): Record<string, unknown> & { sub: string } {
  return {
    sub: user.id, // the provider makes it pairwise
    oid: user.id,
    tid: tenantId,
    ver: '2.0',
    name: user.displayName,
    preferred_username: user.userPrincipalName,
    upn: user.userPrincipalName,
    ...(user.mail === undefined ? {} : { email: user.mail }),
  };
}

/** TOK-7: facts of the newest certificate among the proofs; nothing where there is none. */
export function certificateClaim(proofs: readonly Proof[]): { readonly cardea_certificate?: CertificateClaim } {
  const proof = proofs.findLast(({ certificate }) => certificate !== undefined);
  return proof?.certificate ? { cardea_certificate: factsClaimed(proof.certificate, proof.method) } : {};
}

/** The thumbprint as RFC 8705 §3.1 spells it. */
function factsClaimed(facts: CertificateFacts, method: AuthenticationMethod): CertificateClaim {
  const { subject, issuer, serialNumber, sha256Thumbprint, issuerSubjectKeyIdentifier, policyOids } = facts;
  return {
    'x5t#S256': Buffer.from(sha256Thumbprint, 'hex').toString('base64url'),
    subject,
    issuer,
    serialNumber,
    issuerSubjectKeyIdentifier: issuerSubjectKeyIdentifier ?? null,
    policyOids,
    multiFactor: method === 'x509CertificateMultiFactor',
  };
}
