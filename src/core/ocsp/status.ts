import { nameOfReason } from '../crl/distribution-points/reason-mask.ts';
import { hexOf } from '../hex.ts';
import { passed, type Ruling, refused, success } from '../trace/ruling.ts';
import { type AlgorithmPolicy, defaultAlgorithmPolicy } from '../x509/algorithms/algorithm-policy.ts';
import { checkSignature } from '../x509/algorithms/signature.ts';
import type { Certificate } from '../x509/certificate.ts';
import { nameToString, sameName } from '../x509/name.ts';
import { validatePath } from '../x509/path.ts';
import type { TrustStore } from '../x509/trust-store.ts';
import { isAbout, keyBits, sha1 } from './cert-id.ts';
import type { OcspResponse, SingleResponse } from './response.ts';

/** What a response is checked against. */
export interface OcspQuestion {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly isLeaf: boolean;
  readonly store: TrustStore;
  readonly at: Date;
  readonly algorithms?: AlgorithmPolicy | undefined;
  /** Set when the request carried one and the CA demands its echo. */
  readonly nonce?: Uint8Array | undefined;
}

/** Clocks of responders run a little ahead now and then. */
const skewMilliseconds = 5 * 60_000;
/** An answer without nextUpdate holds for so long from its thisUpdate and from its producedAt. */
const freshMilliseconds = 10 * 60_000;

/**
 * Does the responder say that the certificate is good (RFC 6960 §3.2)? The response must be about it, signed by its
 * issuer or by a responder that very issuer named, and current. Of several answers about it "revoked" wins, then
 * "unknown". Refuses with `certificateRevoked`, `authorityRevoked`,
 * `ocspStatusUnknown` or `ocspResponse…`.
 */
export function checkOcsp(response: OcspResponse, question: OcspQuestion): Ruling<SingleResponse> {
  const { certificate, issuer, nonce } = question;
  const { url } = response;
  const singles = response.responses.filter(({ certId }) => isAbout(certId, certificate, issuer));
  const [first] = singles;
  if (!first) return refused('ocspResponseForeign', { url, serialNumber: hexOf(certificate.serialNumber) });
  if (nonce && !echoes(response, nonce)) return refused('ocspNonceMissing', { url });
  const signer = acceptSigner(response, question);
  if (signer.outcome !== 'passed') return signer;
  const current = singles.filter((single) => acceptTime(single, response, question).outcome === 'passed');
  const time = current.length === 0 ? acceptTime(first, response, question) : success();
  return time.outcome === 'passed' ? rulingOf(worstOf(singles, current) ?? first, response, question) : time;
}

/**
 * Whether a response is about the certificate and signed by its issuer or a responder that the issuer named. What is not
 * is never kept: a forged one on the way would be served until the end that it gives itself.
 */
export const isAuthentic = (response: OcspResponse, question: OcspQuestion): boolean =>
  response.responses.some(({ certId }) => isAbout(certId, question.certificate, question.issuer)) &&
  acceptSigner(response, question).outcome === 'passed';

/** Beside a current answer also an older "revoked" counts: a responder that contradicts itself vouches for nothing. */
function worstOf(singles: readonly SingleResponse[], current: readonly SingleResponse[]): SingleResponse | undefined {
  return (
    singles.find(({ status }) => status === 'revoked') ?? current.find(({ status }) => status !== 'good') ?? current[0]
  );
}

function rulingOf(
  single: SingleResponse,
  { url }: OcspResponse,
  { certificate, isLeaf }: OcspQuestion,
): Ruling<SingleResponse> {
  const subject = nameToString(certificate.subject);
  const serialNumber = hexOf(certificate.serialNumber);
  if (single.status === 'good') return passed(single, 'ocspGood', { url, serialNumber });
  if (single.status === 'unknown') return refused('ocspStatusUnknown', { url, serialNumber });
  const evidence = {
    subject,
    issuer: nameToString(certificate.issuer),
    serialNumber,
    reason: nameOfReason(single.reason),
    revokedAt: single.revokedAt?.toISOString() ?? '',
    url,
  };
  return isLeaf ? refused('certificateRevoked', evidence) : refused('authorityRevoked', evidence);
}

const echoes = ({ nonce }: OcspResponse, expectedNonce: Uint8Array): boolean =>
  nonce !== undefined && Buffer.compare(nonce, expectedNonce) === 0;

/** RFC 6960 §4.2.2.2: the issuer itself, or a certificate it issued for signing responses. */
function acceptSigner(response: OcspResponse, question: OcspQuestion): Ruling<void> {
  const { url } = response;
  const { issuer, algorithms = defaultAlgorithmPolicy } = question;
  const candidates = [issuer, ...response.certificates].filter((item) => isNamed(item, response));
  let ruling: Ruling<void> = refused('ocspSignerRefused', {
    url,
    problem: 'the certificate of the responder that it names is not available',
  });
  for (const signer of candidates) {
    const signature = checkSignature(response, signer.subjectPublicKeyInfo, algorithms);
    ruling =
      signature.outcome === 'passed'
        ? acceptDelegate(signer, url, question)
        : refused('ocspSignerRefused', { url, problem: signature.because.code });
    if (ruling.outcome === 'passed') return ruling;
  }
  return ruling;
}

function isNamed({ subject, subjectPublicKeyInfo }: Certificate, { responder }: OcspResponse): boolean {
  if ('name' in responder) return sameName(subject, responder.name);
  return Buffer.compare(sha1(keyBits(subjectPublicKeyInfo)), responder.keyHash) === 0;
}

/** id-pkix-ocsp-nocheck (§4.2.2.2.1): the CA vouches for the responder until its certificate ends. */
const noCheck = '1.3.6.1.5.5.7.48.1.5';

function acceptDelegate(
  signer: Certificate,
  url: string,
  { issuer, store, at, algorithms }: OcspQuestion,
): Ruling<void> {
  if (signer.sha256Thumbprint === issuer.sha256Thumbprint) return success();
  const path = validatePath(signer, store, at, { purpose: 'ocspSigning', ...(algorithms ? { algorithms } : {}) });
  if (path.outcome !== 'passed') return refused('ocspSignerRefused', { url, problem: path.because.code });
  // A responder of another CA of the same store may not speak for this one.
  if (path.value.certificates[1]?.sha256Thumbprint !== issuer.sha256Thumbprint) {
    return refused('ocspSignerRefused', { url, problem: 'another CA issued the responder’s certificate' });
  }
  // Asking the CA's CRL whether its responder is revoked would need what the responder is there to replace.
  if (!signer.extensions.some(({ oid }) => oid === noCheck)) {
    return refused('ocspSignerRefused', { url, problem: 'the responder’s certificate lacks id-pkix-ocsp-nocheck' });
  }
  return success();
}

/**
 * RFC 6960 §3.2, points 5 and 6; §4.2.2.1: what begins, or was made, in the future is not fresh. Written so that a clock
 * that is not a number refuses.
 */
function acceptTime(
  { thisUpdate, nextUpdate }: SingleResponse,
  { url, producedAt }: OcspResponse,
  { at }: OcspQuestion,
): Ruling<void> {
  const now = at.getTime();
  const [from, made] = [thisUpdate.getTime(), producedAt.getTime()];
  const ends = nextUpdate?.getTime() ?? Math.min(from, made) + freshMilliseconds;
  if (now >= Math.max(from, made) - skewMilliseconds && now < ends) return success();
  return refused('ocspResponseStale', {
    url,
    now: Number.isNaN(now) ? 'no time' : at.toISOString(),
    producedAt: producedAt.toISOString(),
    thisUpdate: thisUpdate.toISOString(),
    nextUpdate: nextUpdate?.toISOString() ?? '',
  });
}
