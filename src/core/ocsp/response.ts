import { DerError, DerReader } from '../asn1/der.ts';
import { contextConstructed, contextPrimitive, tags } from '../asn1/tags.ts';
import { passed, type Ruling, refused } from '../trace/ruling.ts';
import type { Signed } from '../x509/algorithms/signature.ts';
import { type Certificate, readAlgorithm, readCertificate } from '../x509/certificate.ts';
import { type Name, readName } from '../x509/name.ts';
import type { CertId } from './cert-id.ts';

/** What a responder said, not yet believed (RFC 6960 §4.2.1). */
export interface OcspResponse extends Signed {
  readonly url: string;
  readonly responder: { readonly name: Name } | { readonly keyHash: Uint8Array };
  readonly producedAt: Date;
  readonly responses: readonly SingleResponse[];
  readonly nonce: Uint8Array | undefined;
  /** Certificates sent along: one of them may be the responder's. */
  readonly certificates: readonly Certificate[];
}
export interface SingleResponse {
  readonly certId: CertId;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: Date | undefined;
  readonly reason: number | undefined;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
}

/** A response for one certificate with its responder's certificate has some 2 KB. */
export const largestOcspResponse = 64 * 1024;
const mostResponses = 100;
const mostCertificates = 10;

const basicResponse = '1.3.6.1.5.5.7.48.1.1';
const nonceExtension = '1.3.6.1.5.5.7.48.1.2';
/** RFC 6960 §4.2.1. */
const statuses: Readonly<Record<number, string>> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
};

/** Reads a response: `ocspResponseRead`, `ocspResponderRefused` with its status, or `ocspResponseUnreadable`. */
export function readOcspResponse(der: Uint8Array, url: string): Ruling<OcspResponse> {
  try {
    if (der.length > largestOcspResponse)
      throw new DerError(0, 'OCSP response', `more than ${largestOcspResponse} bytes`);
    const outer = new DerReader(der, 'OCSP response');
    const response = outer.enter(tags.sequence, 'OCSP response');
    outer.end();
    const status = response.smallInteger('responseStatus', tags.enumerated);
    if (status !== 0) return refused('ocspResponderRefused', { url, status: statuses[status] ?? `status ${status}` });
    const explicit = response.enter(contextConstructed(0), 'responseBytes').enter(tags.sequence, 'responseBytes');
    const type = explicit.oid('responseType');
    if (type !== basicResponse) throw explicit.error(`a response of type ${type}`);
    return passed(readBasic(explicit.octetString('response'), url), 'ocspResponseRead', { url });
  } catch (problem) {
    if (!(problem instanceof DerError)) throw problem;
    return refused('ocspResponseUnreadable', {
      url,
      reading: problem.reading,
      offset: problem.offset,
      problem: problem.problem,
    });
  }
}

function readBasic(der: Uint8Array, url: string): OcspResponse {
  const outer = new DerReader(der, 'BasicOCSPResponse');
  const basic = outer.enter(tags.sequence, 'BasicOCSPResponse');
  outer.end();
  const tbs = basic.element('tbsResponseData').whole;
  const signatureAlgorithm = readAlgorithm(basic, 'signatureAlgorithm');
  const signature = basic.bitString('signature').octets;
  const certificates = readCertificates(basic.enterOptional(contextConstructed(0), 'certs'));
  basic.end();
  return { url, tbs, signatureAlgorithm, signature, certificates, ...readData(tbs) };
}

/** One that cannot be read is passed over: another may be the responder's. */
function readCertificates(explicit: DerReader | undefined): readonly Certificate[] {
  const sequence = explicit?.enter(tags.sequence, 'certs');
  const certificates: Certificate[] = [];
  for (let count = 0; sequence && !sequence.atEnd; count++) {
    if (count >= mostCertificates) throw sequence.error(`more than ${mostCertificates} certificates`);
    const ruling = readCertificate(sequence.element('certs').whole);
    if (ruling.outcome === 'passed') certificates.push(ruling.value);
  }
  return certificates;
}

function readData(tbs: Uint8Array): Pick<OcspResponse, 'responder' | 'producedAt' | 'responses' | 'nonce'> {
  const data = new DerReader(tbs, 'ResponseData').enter(tags.sequence, 'ResponseData');
  const version = data.enterOptional(contextConstructed(0), 'version');
  if (version) throw version.error('a version other than 1');
  const responder = readResponder(data);
  const producedAt = data.time('producedAt');
  const list = data.enter(tags.sequence, 'responses');
  const responses: SingleResponse[] = [];
  while (!list.atEnd) {
    responses.push(readSingle(list.enter(tags.sequence, 'SingleResponse')));
    if (responses.length > mostResponses) throw list.error(`more than ${mostResponses} responses`);
  }
  const extensions = readExtensions(data.enterOptional(contextConstructed(1), 'responseExtensions'));
  data.end();
  return { responder, producedAt, responses, nonce: nonceIn(extensions.get(nonceExtension)) };
}

/** RFC 9654 §2.1: an OCTET STRING inside of the extension. */
function nonceIn(value: Uint8Array | undefined): Uint8Array | undefined {
  if (value === undefined) return undefined;
  const reader = new DerReader(value, 'nonce');
  const nonce = reader.octetString('nonce');
  reader.end();
  return nonce;
}

function readResponder(data: DerReader): OcspResponse['responder'] {
  const byName = data.enterOptional(contextConstructed(1), 'responderID');
  if (byName) return { name: readName(byName, 'responderID') };
  return { keyHash: data.enter(contextConstructed(2), 'responderID').octetString('responderID') };
}

function readSingle(single: DerReader): SingleResponse {
  const certId = readCertId(single.enter(tags.sequence, 'certID'));
  const { status, revokedAt, reason } = readStatus(single);
  const thisUpdate = single.time('thisUpdate');
  const nextUpdate = single.enterOptional(contextConstructed(0), 'nextUpdate')?.time('nextUpdate');
  readExtensions(single.enterOptional(contextConstructed(1), 'singleExtensions'));
  single.end();
  return { certId, status, revokedAt, reason, thisUpdate, nextUpdate };
}

function readCertId(reader: DerReader): CertId {
  const hashAlgorithm = new DerReader(readAlgorithm(reader, 'hashAlgorithm'), 'hashAlgorithm')
    .enter(tags.sequence, 'hashAlgorithm')
    .oid('hashAlgorithm');
  return {
    hashAlgorithm,
    issuerNameHash: reader.octetString('issuerNameHash'),
    issuerKeyHash: reader.octetString('issuerKeyHash'),
    serialNumber: reader.integer('serialNumber'),
  };
}

function readStatus(single: DerReader): Pick<SingleResponse, 'status' | 'revokedAt' | 'reason'> {
  const nothing = { revokedAt: undefined, reason: undefined };
  if (single.tag === contextPrimitive(0)) {
    single.contents(contextPrimitive(0), 'certStatus');
    return { status: 'good', ...nothing };
  }
  if (single.tag === contextPrimitive(2)) {
    single.contents(contextPrimitive(2), 'certStatus');
    return { status: 'unknown', ...nothing };
  }
  const revocation = single.enter(contextConstructed(1), 'certStatus');
  const revokedAt = revocation.time('revocationTime');
  const reason = revocation
    .enterOptional(contextConstructed(0), 'revocationReason')
    ?.smallInteger('revocationReason', tags.enumerated);
  revocation.end();
  return { status: 'revoked', revokedAt, reason };
}

/** Extensions by OID. A critical one that is not the nonce is an order we do not understand: the response is refused. */
function readExtensions(explicit: DerReader | undefined): Map<string, Uint8Array> {
  const extensionValues = new Map<string, Uint8Array>();
  const sequence = explicit?.enter(tags.sequence, 'extensions');
  while (sequence && !sequence.atEnd) {
    const extension = sequence.enter(tags.sequence, 'extension');
    const oid = extension.oid('extension');
    const critical = extension.tag === tags.boolean ? extension.boolean('extension') : false;
    if (critical && oid !== nonceExtension) throw extension.error(`the critical extension ${oid}`);
    extensionValues.set(oid, extension.octetString('extension'));
    if (extensionValues.size > 32) throw sequence.error('more than 32 extensions');
  }
  return extensionValues;
}
