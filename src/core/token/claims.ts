import { createHash } from 'node:crypto';
import type { AccessGrant, AuthenticationMethod, CertificateFacts, Proof } from '../access/proof.ts';
import type { User } from '../binding/user.ts';

/** For whom the claims are made, and what they ask for beyond the usual. */
export interface TokenRequest {
  readonly tenantId: string;
  readonly clientId: string;
  readonly version: '1.0' | '2.0';
  /** `pairwise`, as in Entra: another `sub` for each application. `public`: the object id everywhere. */
  readonly subject: 'pairwise' | 'public';
  /** TOK-7: a private claim with facts of the certificate; Entra has none. */
  readonly certificateClaim?: boolean;
}
export interface Granted {
  readonly user: Pick<User, 'id' | 'userPrincipalName' | 'displayName'>;
  readonly proofs: readonly Proof[];
  readonly access: AccessGrant;
}
export interface TokenClaims {
  readonly sub: string;
  readonly oid: string;
  readonly tid: string;
  readonly ver: '1.0' | '2.0';
  readonly name: string;
  readonly preferred_username: string;
  readonly upn: string;
  readonly amr: readonly string[];
  /** v1.0 only: `1` for a multifactor sign-in, else `0` (TOK-1). */
  readonly acr?: '0' | '1';
  readonly acrs?: readonly string[];
  /** Seconds since 1970 of the newest proof: when the person last authenticated (OpenID Connect Core §2). */
  readonly auth_time?: number;
  readonly cardea_certificate?: CertificateClaim;
}
export interface CertificateClaim {
  readonly 'x5t#S256': string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly issuerSubjectKeyIdentifier: string | null;
  readonly policyOids: readonly string[];
  readonly multiFactor: boolean;
}

/** What a token says of the person and of how they signed in (§8.5). */
export function claimsFor({ user, proofs, access }: Granted, request: TokenRequest): TokenClaims {
  const ownItems = proofs.filter((proof) => proof.userId === user.id);
  return {
    sub: request.subject === 'public' ? user.id : pairwiseSubject(user.id, request),
    oid: user.id,
    tid: request.tenantId,
    ver: request.version,
    name: user.displayName,
    preferred_username: user.userPrincipalName,
    upn: user.userPrincipalName,
    amr: amrOf(ownItems, access.multiFactor),
    ...(request.version === '1.0' ? { acr: access.multiFactor ? '1' : '0' } : {}),
    ...(access.authenticationContexts?.length ? { acrs: access.authenticationContexts } : {}),
    ...authenticationTime(ownItems),
    ...(request.certificateClaim ? certificateClaim(ownItems) : {}),
  };
}

/** OpenID Connect Core §8.1: stable for a user and an application, and of no use to find the user elsewhere. */
export function pairwiseSubject(
  userId: string,
  { tenantId, clientId }: Pick<TokenRequest, 'tenantId' | 'clientId'>,
): string {
  return createHash('sha256')
    .update(JSON.stringify(['sub', tenantId, clientId, userId]))
    .digest('base64url');
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
  const view = new Set(proofs.map((proof) => amrValues[proof.method]));
  const methods = amrOrder.filter((value) => view.has(value));
  return multiFactor ? [...methods, 'mfa'] : methods;
}

function authenticationTime(proofs: readonly Proof[]): { readonly auth_time?: number } {
  const times = proofs.map((proof) => Date.parse(proof.at)).filter(Number.isFinite);
  return times.length > 0 ? { auth_time: Math.floor(Math.max(...times) / 1000) } : {};
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
