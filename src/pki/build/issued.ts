import { type KeyObject, randomBytes } from 'node:crypto';
import type { KeyUsage } from '#core/x509/extensions/extensions.ts';
import { buildCertificate, pem } from './certificate-builder.ts';
import * as x from './fields/extensions.ts';
import { dnsName, type GeneralNameDer, principalName, rfc822Name } from './fields/general-names.ts';
import { generateKey, type KeyKind, keyIdentifierOf, type SchemeName } from './fields/keys.ts';
import type { NameInput } from './fields/names.ts';

/** When certificates and CRLs are valid unless said otherwise. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * What a certificate shall say; what is not said gets its usual value, `null` leaves the extension out, so that a test
 * states only what it is about.
 */
export interface CertificateOptions {
  readonly subject?: NameInput;
  /** A kind to generate, or a private key to use again. */
  readonly key?: KeyKind | KeyObject;
  /** DER SubjectPublicKeyInfo that stands in the certificate instead of the key's own. */
  readonly publicKeyInfo?: Uint8Array;
  /** Default: sixteen random octets. */
  readonly serial?: bigint | Uint8Array;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly version?: 1 | 2 | 3;
  readonly basicConstraints?: x.BasicConstraintsInput | null;
  readonly keyUsage?: readonly KeyUsage[] | null;
  /** Dotted OIDs. */
  readonly extendedKeyUsage?: readonly string[] | null;
  /** Microsoft principal name in the subject alternative name. */
  readonly upn?: string;
  readonly email?: string;
  readonly dns?: readonly string[];
  /** Further subject alternative names. */
  readonly names?: readonly GeneralNameDer[];
  readonly policies?: readonly x.PolicyInput[];
  readonly policyMappings?: readonly (readonly [string, string])[];
  readonly policyConstraints?: x.PolicyConstraintsInput;
  readonly inhibitAnyPolicy?: number;
  readonly nameConstraints?: x.NameConstraintsInput;
  readonly subjectKeyIdentifier?: Uint8Array | null;
  readonly authorityKeyIdentifier?: x.AuthorityKeyIdentifierInput | null;
  readonly crlDistributionPoints?: readonly x.DistributionPoint[] | null;
  readonly freshestCrl?: readonly x.DistributionPoint[];
  readonly authorityInformationAccess?: x.AuthorityInformationInput;
  /** As they stand, after all others. */
  readonly extensions?: readonly x.ExtensionInput[];
  /** Another issuer name than the signer's subject. */
  readonly issuer?: NameInput;
  /** Another key than the issuer's. */
  readonly signWith?: KeyObject;
  readonly scheme?: SchemeName;
  /** Another algorithm outside than inside. */
  readonly outerScheme?: SchemeName;
  readonly brokenSignature?: boolean;
}

/** A certificate with its private key. */
export interface Issued {
  /** DER of the certificate. */
  readonly der: Uint8Array;
  readonly pem: string;
  readonly privateKey: KeyObject;
  /** PKCS #8 PEM. */
  readonly privateKeyPem: string;
  /** Positive; of the content octets when those were given. */
  readonly serial: bigint;
  /** The certificates above it, nearest first. */
  readonly chain: readonly Issued[];
}

/** What certificates take from the authority that issues them. */
export interface AuthorityFacts {
  readonly subject: Uint8Array;
  readonly subjectKeyIdentifier: Uint8Array;
  readonly crlUrl: string | undefined;
  readonly deltaCrlUrl: string | undefined;
  readonly validity: Validity;
}
export interface Signer extends AuthorityFacts {
  readonly privateKey: KeyObject;
  /** What a certificate issued here has above it. */
  readonly chain: readonly Issued[];
}

export function issue(signer: Signer, options: CertificateOptions): Issued {
  const key = keyFrom(options.key);
  const serial = options.serial ?? randomSerial();
  const der = buildCertificate({
    subject: options.subject ?? '',
    issuer: options.issuer ?? signer.subject,
    serial,
    notBefore: options.notBefore ?? signer.validity.notBefore,
    notAfter: options.notAfter ?? signer.validity.notAfter,
    publicKey: options.publicKeyInfo ?? key,
    extensions: options.version === 1 ? [] : extensionsOf(signer, options, key),
    ...(options.version === undefined ? {} : { version: options.version }),
    signature: {
      key: options.signWith ?? signer.privateKey,
      scheme: options.scheme,
      outer: options.outerScheme,
      broken: options.brokenSignature,
    },
  });
  return asIssued(der, key, typeof serial === 'bigint' ? serial : numberOf(serial), signer.chain);
}

/** In the order certificates usually have them. */
function extensionsOf(signer: Signer, options: CertificateOptions, key: KeyObject): x.ExtensionInput[] {
  const ski = options.subjectKeyIdentifier === undefined ? keyIdentifierOf(key) : options.subjectKeyIdentifier;
  const aki = orUsual(options.authorityKeyIdentifier, { keyIdentifier: signer.subjectKeyIdentifier });
  const standard = [
    when(options.basicConstraints, x.basicConstraints),
    when(options.keyUsage, x.keyUsage),
    when(options.extendedKeyUsage, x.extendedKeyUsage),
    when(ski, x.subjectKeyIdentifier),
    when(aki, x.authorityKeyIdentifier),
    when(alternativeNames(options), (names) => x.subjectAltName(names, options.subject === '')),
    when(options.policies, x.certificatePolicies),
    when(options.policyMappings, x.policyMappings),
    when(options.policyConstraints, x.policyConstraints),
    when(options.inhibitAnyPolicy, x.inhibitAnyPolicy),
    when(options.nameConstraints, x.nameConstraints),
    when(orUsual(options.crlDistributionPoints, points(signer.crlUrl)), x.crlDistributionPoints),
    when(options.freshestCrl ?? points(signer.deltaCrlUrl), x.freshestCrl),
    when(options.authorityInformationAccess, x.authorityInformationAccess),
  ];
  return [...standard.flat(), ...(options.extensions ?? [])];
}

function alternativeNames({ upn, email, dns = [], names = [] }: CertificateOptions): GeneralNameDer[] | undefined {
  const accessDescriptions = [
    ...(upn === undefined ? [] : [principalName(upn)]),
    ...(email === undefined ? [] : [rfc822Name(email)]),
    ...dns.map(dnsName),
    ...names,
  ];
  return accessDescriptions.length === 0 ? undefined : accessDescriptions;
}

const points = (url: string | undefined): string[] | undefined => (url === undefined ? undefined : [url]);

/** `undefined` takes the usual value, `null` takes none. */
function orUsual<T>(value: T | null | undefined, usual: T | undefined): T | null | undefined {
  return value === undefined ? usual : value;
}
function when<T>(value: T | null | undefined, build: (value: T) => x.ExtensionInput): x.ExtensionInput[] {
  return value === undefined || value === null ? [] : [build(value)];
}

export const keyFrom = (key: KeyKind | KeyObject | undefined): KeyObject =>
  typeof key === 'object' ? key : generateKey(key ?? 'P-256');

/** CA/Browser Forum BR §7.1: at least 64 random bits. Positive, and sixteen octets whatever the random. */
function randomSerial(): bigint {
  const octets = randomBytes(16);
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40;
  return numberOf(octets);
}
const numberOf = (octets: Uint8Array): bigint => BigInt(`0x0${Buffer.from(octets).toString('hex')}`);

export function asIssued(der: Uint8Array, privateKey: KeyObject, serial: bigint, chain: readonly Issued[]): Issued {
  return { der, pem: pem('CERTIFICATE', der), privateKey, privateKeyPem: privateKeyPem(privateKey), serial, chain };
}

export const privateKeyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
/** A certificate issued earlier, from its PEM. */
export function issuedFrom(certificate: string, key: KeyObject, serial: bigint, chain: readonly Issued[]): Issued {
  return asIssued(derOfPem(certificate), key, serial, chain);
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const unbase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
export const derOfPem = (text: string): Uint8Array => unbase64(text.replace(/-----[^-]+-----|\s/g, ''));
