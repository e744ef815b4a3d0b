import { hasTlsClientName } from '#core/binding/identifiers/tls-client-name.ts';
import { isOnBlockList } from '#core/crl/blocked.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { messageOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import { Stopped, type Trace, TraceInProgress } from '#core/trace/trace.ts';
import { defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { checkKey } from '#core/x509/algorithms/public-key.ts';
import { type ApplicationAuthority, applicationTrustStore } from '#core/x509/application-authorities.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import { validatePath } from '#core/x509/path.ts';
import type { Application } from '#model/application.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { unrevokedPath } from '../certificate/unrevoked-path.ts';

/** An application shows a certificate in the TLS handshake, whose key it has proven to hold. */
export interface ApplicationCertificateRequest {
  readonly correlationId: string;
  readonly application: Application;
  /** DER. */
  readonly leaf: Uint8Array;
  /** The CAs named for certificates of applications; those of the tenant's PKI where there are none. */
  readonly authorities?: readonly ApplicationAuthority[];
}

/** Whether the certificate proves the application; `because` is what the application receives. */
export interface ApplicationCertificateVerdict {
  readonly isProven: boolean;
  readonly because: Because;
  readonly trace: Trace;
}

type CertificatePorts = Pick<Ports, 'policies' | 'crls' | 'ocsp'>;

/**
 * Does this certificate prove the application (RFC 8705 §2)? One of its own keyCredentials does by itself. Any other one has
 * to come from a CA for applications, not be revoked, and have the name that is registered. Changes nothing but the CRL cache.
 */
export async function evaluateApplicationCertificate(
  request: ApplicationCertificateRequest,
  context: SignInContext<CertificatePorts>,
): Promise<ApplicationCertificateVerdict> {
  const { ports, at } = context;
  const trace = new TraceInProgress(request.correlationId, at);
  try {
    const policy = await ports.policies.current();
    trace.decidedBy(policy.version);
    const certificate = trace.require('certificate', readCertificate(request.leaf));
    const registration = checkRegistration(certificate, request.application, policy, at);
    const ruling = registration ?? (await checkName(certificate, request, { policy, trace }, context));
    trace.require('account', ruling);
    return { isProven: true, because: ruling.because, trace: trace.close() };
  } catch (thrown) {
    if (!(thrown instanceof Stopped)) throw thrown;
    const reason = publicReason(thrown.ruling.because, request.application);
    if (reason !== thrown.ruling.because) trace.note('account', 'refused', reason);
    return { isProven: false, because: reason, trace: trace.close() };
  }
}

/** Refusals of the steps that users' certificates go through become the reasons of applications. */
function publicReason(reason: Because, { appId }: Application): Because {
  if (reason.code.startsWith('applicationCertificate')) return reason;
  return refused('applicationCertificateRefused', { appId, problem: messageOf(reason) }).because;
}

/** The certificate itself is registered (RFC 8705 §2.2); undefined where it is not. The key policy of certificates of users holds. */
function checkRegistration(
  certificate: Certificate,
  { appId, displayName, keyCredentials = [] }: Application,
  { revocation }: TenantPolicy,
  at: Date,
): Ruling<true> | undefined {
  const der = Buffer.from(certificate.der).toString('base64');
  const credential = keyCredentials.find((item) => item.certificate === der);
  if (!credential) return undefined;
  const key = checkKey(certificate.subjectPublicKeyInfo, defaultAlgorithmPolicy);
  if (key.outcome !== 'passed') return key;
  const start = new Date(Math.max(Date.parse(credential.startDateTime), certificate.notBefore.getTime()));
  const end = new Date(Math.min(Date.parse(credential.endDateTime), certificate.notAfter.getTime()));
  if (at < start || at > end) {
    const period = { start: start.toISOString(), end: end.toISOString() };
    return refused('applicationCertificateExpired', { appId, ...period });
  }
  if (isOnBlockList(certificate, revocation.blocked ?? []))
    return refused('applicationCertificateRefused', { appId, problem: 'it is on the block list' });
  const evidence = { application: displayName, keyId: credential.keyId };
  return passed(true, 'applicationCertificateRegistered', evidence);
}

/** A CA vouches for the name in the certificate (RFC 8705 §2.1). @throws Stopped at path and revocation */
async function checkName(
  certificate: Certificate,
  { application, authorities }: ApplicationCertificateRequest,
  { policy, trace }: { readonly policy: TenantPolicy; readonly trace: TraceInProgress },
  { ports, at }: SignInContext<CertificatePorts>,
): Promise<Ruling<true>> {
  const { appId, displayName, tlsClientName } = application;
  const subject = nameToString(certificate.subject);
  if (!tlsClientName) {
    const { sha256Thumbprint } = certificate;
    return refused('applicationCertificateUnknown', { appId, subject, sha256Thumbprint });
  }
  const trustStore = applicationTrustStore(policy.trustStore, authorities);
  const path = trace.require('path', validatePath(certificate, trustStore, at));
  trace.require('revocation', await unrevokedPath(path, { trustStore, revocation: policy.revocation, at }, ports));
  return hasTlsClientName(certificate, tlsClientName)
    ? passed(true, 'applicationCertificateNamed', { application: displayName, ...tlsClientName })
    : refused('applicationCertificateMisnamed', { appId, ...tlsClientName, subject });
}
