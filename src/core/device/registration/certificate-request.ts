import { DerError, DerReader } from '../../asn1/der.ts';
import { contextConstructed, tags } from '../../asn1/tags.ts';
import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { AlgorithmPolicy } from '../../x509/algorithms/algorithm-policy.ts';
import { checkSignature } from '../../x509/algorithms/signature.ts';
import { decodeBase64 } from '../jose/base64.ts';
import { octetStringContent } from './certificate-extensions.ts';

/** Of a certification request (RFC 2986) the service uses the key and a nonce; the device authority decides the rest. */
export interface DeviceCertificateRequest {
  /** DER of SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Of the extension 1.2.840.113556.1.5.284.2.1; absent in most requests (windows-sign-in §2.2). */
  readonly nonce?: string;
}

/** Octets of a request. One with an RSA key of 4096 bits and a nonce has less than 2 KiB. */
export const largestCertificateRequest = 8 * 1024;

/** What a device key may be: RSA of 2048 bits and more, or P-256 of the api-version 3.0 (windows-sign-in §2.3). */
const deviceKeys: AlgorithmPolicy = {
  minimumRsaBits: 2048,
  maximumRsaBits: 4096,
  curves: ['prime256v1'],
  hashes: ['sha256', 'sha384', 'sha512'],
  keyTypes: ['rsa', 'ec'],
};

const extensionRequest = '1.2.840.113549.1.9.14';
const nonceExtension = '1.2.840.113556.1.5.284.2.1';
const mostAttributes = 32;

/**
 * Reads the base64 of a PKCS #10 request and checks its signature, which proves possession of the device key. The subject
 * is not read: Windows sends a fixed name, some clients with a NUL behind it (windows-sign-in §0.4). The size is checked
 * before the text is decoded. Refuses with `certificateRequestUnreadable`, or with the reasons of `checkSignature`.
 */
export function readCertificateRequest(base64: string): Ruling<DeviceCertificateRequest> {
  const unreadable = (problem: string) => refused('certificateRequestUnreadable', { problem });
  if (base64.length > (largestCertificateRequest * 4) / 3 + 4)
    return unreadable(`it has more than ${largestCertificateRequest} octets`);
  const der = decodeBase64(base64.replace(/\s/g, ''));
  if (!der || der.length === 0) return unreadable('it is not base64');
  try {
    const parsed = new ParsedRequest(der);
    const ruling = checkSignature(parsed, parsed.publicKey, deviceKeys);
    if (ruling.outcome !== 'passed') return ruling;
    const { publicKey, nonce } = parsed;
    return passed({ publicKey, ...(nonce === undefined ? {} : { nonce }) }, 'certificateRequestRead', {});
  } catch (problem) {
    if (!(problem instanceof DerError)) throw problem;
    return unreadable(problem.message);
  }
}

class ParsedRequest {
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly nonce: string | undefined;

  constructor(der: Uint8Array) {
    const outer = new DerReader(der, 'certificationRequest');
    const request = outer.enter(tags.sequence, 'certificationRequest');
    outer.end();
    this.tbs = request.element('certificationRequestInfo').whole;
    const algorithm = request.element('signatureAlgorithm');
    if (algorithm.tag !== tags.sequence) throw request.error('no algorithm identifier');
    this.signatureAlgorithm = algorithm.whole;
    const { unused, octets } = request.bitString('signature');
    if (unused !== 0) throw request.error('a signature that is not whole octets');
    this.signature = octets;
    request.end();
    const info = new DerReader(this.tbs, 'certificationRequestInfo').enter(tags.sequence, 'certificationRequestInfo');
    info.integer('version');
    info.contents(tags.sequence, 'subject');
    const key = info.element('subjectPublicKeyInfo');
    if (key.tag !== tags.sequence) throw info.error('no public key');
    this.publicKey = key.whole;
    const attributes = info.enterOptional(contextConstructed(0), 'attributes');
    info.end();
    this.nonce = attributes && nonceIn(attributes);
  }
}

function nonceIn(attributes: DerReader): string | undefined {
  for (let count = 0; !attributes.atEnd; count++) {
    if (count === mostAttributes) throw attributes.error(`more than ${mostAttributes} attributes`);
    const attribute = attributes.enter(tags.sequence, 'attribute');
    const isExtensions = attribute.oid('attribute') === extensionRequest;
    const values = attribute.enter(tags.set, 'attribute');
    attribute.end();
    const nonce = isExtensions ? nonceOfExtensions(values.enter(tags.sequence, 'extensions')) : undefined;
    if (nonce !== undefined) return nonce;
  }
  return undefined;
}

function nonceOfExtensions(extensions: DerReader): string | undefined {
  for (let count = 0; !extensions.atEnd; count++) {
    if (count === mostAttributes) throw extensions.error(`more than ${mostAttributes} extensions`);
    const extension = extensions.enter(tags.sequence, 'extension');
    const oid = extension.oid('extension');
    if (extension.tag === tags.boolean) extension.boolean('extension');
    const value = extension.octetString('extension');
    extension.end();
    if (oid === nonceExtension) return textIn(value);
  }
  return undefined;
}

const stringTags: readonly number[] = [tags.utf8String, tags.printableString, tags.ia5String];

/** The nonce as text. The type that it is wrapped in is not public: none, an OCTET STRING or a string type. */
function textIn(value: Uint8Array): string {
  const isString = stringTags.includes(value[0] ?? 0) && value.length === 2 + (value[1] ?? 0);
  const content = isString ? value.subarray(2) : (octetStringContent(value) ?? value);
  return Buffer.from(content).toString('latin1');
}
