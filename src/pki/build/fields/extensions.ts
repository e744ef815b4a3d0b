import { type KeyUsage, keyUsages } from '#core/x509/extensions/extensions.ts';
import {
  boolean,
  contentOfNamedBits,
  contextConstructed,
  contextPrimitive,
  generalizedTime,
  ia5String,
  integer,
  integerOctets,
  namedBits,
  octetString,
  oid,
  sequence,
} from '../der-writer.ts';
import { type GeneralNameDer, uri } from './general-names.ts';

/** One extension to write: `value` is what goes inside extnValue. */
export interface ExtensionInput {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

/** DER of one Extension (RFC 5280 §4.1); critical is DEFAULT FALSE and so left out when false. */
export function extensionDer({ oid: type, critical = false, value }: ExtensionInput): Uint8Array {
  return sequence(oid(type), ...(critical ? [boolean(true)] : []), octetString(value));
}

export interface BasicConstraintsInput {
  readonly cA: boolean;
  readonly pathLength?: number | undefined;
}
/** RFC 5280 §4.2.1.9. */
export function basicConstraints({ cA, pathLength }: BasicConstraintsInput): ExtensionInput {
  const length = pathLength === undefined ? [] : [integer(pathLength)];
  return { oid: '2.5.29.19', critical: true, value: sequence(...(cA ? [boolean(true)] : []), ...length) };
}

/** RFC 5280 §4.2.1.3. */
export function keyUsage(names: readonly KeyUsage[]): ExtensionInput {
  return { oid: '2.5.29.15', critical: true, value: namedBits(names.map((name) => keyUsages.indexOf(name))) };
}

/** Key purposes used here, by the names people know. */
export const keyPurposes = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  smartCardLogon: '1.3.6.1.4.1.311.20.2.2',
  any: '2.5.29.37.0',
} as const;
/** RFC 5280 §4.2.1.12. */
export const extendedKeyUsage = (purposes: readonly string[]): ExtensionInput => ({
  oid: '2.5.29.37',
  value: sequence(...purposes.map(oid)),
});

/** RFC 5280 §4.2.1.6; critical when the subject is empty. */
export const subjectAltName = (names: readonly GeneralNameDer[], critical = false): ExtensionInput => ({
  oid: '2.5.29.17',
  critical,
  value: sequence(...names),
});

/** RFC 5280 §4.2.1.4: policy OIDs, or one with the address of its practice statement. */
export type PolicyInput = string | { readonly oid: string; readonly cps: string };
export function certificatePolicies(policies: readonly PolicyInput[], critical = false): ExtensionInput {
  return { oid: '2.5.29.32', critical, value: sequence(...policies.map(policyInformation)) };
}
function policyInformation(policy: PolicyInput): Uint8Array {
  if (typeof policy === 'string') return sequence(oid(policy));
  return sequence(oid(policy.oid), sequence(sequence(oid('1.3.6.1.5.5.7.2.1'), ia5String(policy.cps))));
}

/** RFC 5280 §4.2.1.5: pairs of issuer domain policy, subject domain policy. */
export const policyMappings = (pairs: readonly (readonly [string, string])[], critical = true): ExtensionInput => ({
  oid: '2.5.29.33',
  critical,
  value: sequence(...pairs.map(([issuer, subject]) => sequence(oid(issuer), oid(subject)))),
});

export interface PolicyConstraintsInput {
  readonly requireExplicitPolicy?: number | undefined;
  readonly inhibitPolicyMapping?: number | undefined;
}
/** RFC 5280 §4.2.1.11. */
export function policyConstraints(input: PolicyConstraintsInput): ExtensionInput {
  const skip = (n: number, certificates: number | undefined) =>
    certificates === undefined ? [] : [contextPrimitive(n, integerOctets(BigInt(certificates)))];
  const value = sequence(...skip(0, input.requireExplicitPolicy), ...skip(1, input.inhibitPolicyMapping));
  return { oid: '2.5.29.36', critical: true, value };
}
/** RFC 5280 §4.2.1.14. */
export const inhibitAnyPolicy = (certificates: number): ExtensionInput => ({
  oid: '2.5.29.54',
  critical: true,
  value: integer(certificates),
});

export interface NameConstraintsInput {
  readonly permitted?: readonly GeneralNameDer[];
  readonly excluded?: readonly GeneralNameDer[];
}
/** RFC 5280 §4.2.1.10; minimum is 0 and so left out. */
export function nameConstraints({ permitted, excluded }: NameConstraintsInput): ExtensionInput {
  const trees = (n: number, names: readonly GeneralNameDer[] | undefined) =>
    names === undefined ? [] : [contextConstructed(n, ...names.map((name) => sequence(name)))];
  return { oid: '2.5.29.30', critical: true, value: sequence(...trees(0, permitted), ...trees(1, excluded)) };
}

/** RFC 5280 §4.2.1.2. */
export const subjectKeyIdentifier = (id: Uint8Array): ExtensionInput => ({ oid: '2.5.29.14', value: octetString(id) });

export interface AuthorityKeyIdentifierInput {
  readonly keyIdentifier?: Uint8Array;
  /** Both or neither. */
  readonly issuer?: readonly GeneralNameDer[];
  readonly serial?: bigint;
}
/** RFC 5280 §4.2.1.1. */
export function authorityKeyIdentifier(input: AuthorityKeyIdentifierInput): ExtensionInput {
  const parts = [
    input.keyIdentifier && contextPrimitive(0, input.keyIdentifier),
    input.issuer && contextConstructed(1, ...input.issuer),
    input.serial !== undefined && contextPrimitive(2, integerOctets(input.serial)),
  ];
  return { oid: '2.5.29.35', value: sequence(...parts.filter((part) => part instanceof Uint8Array)) };
}

/** RFC 5280 §5.3.1, at the index of its number; 7 is unused. */
export const crlReasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;
export type CrlReason = Exclude<(typeof crlReasons)[number], undefined>;

/** RFC 5280 §4.2.1.13 ReasonFlags, in the order of their bits (bit 0 is unused). */
const reasonFlags: readonly (CrlReason | undefined)[] = [
  undefined,
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
];
/** Content octets of ReasonFlags, for implicit tagging. */
export const reasonFlagsContent = (reasons: readonly CrlReason[]): Uint8Array =>
  contentOfNamedBits(reasons.map((reason) => reasonFlags.indexOf(reason)));

export interface DistributionPointInput {
  readonly fullName?: readonly GeneralNameDer[];
  /** DER of the attributes of a name relative to the CRL issuer, without the SET header. */
  readonly relativeName?: Uint8Array;
  readonly reasons?: readonly CrlReason[];
  readonly cRLIssuer?: readonly GeneralNameDer[];
}
/** An address, or a point spelled out. */
export type DistributionPoint = string | DistributionPointInput;

export function distributionPointName(input: DistributionPointInput): Uint8Array[] {
  if (input.fullName) return [contextConstructed(0, contextConstructed(0, ...input.fullName))];
  if (input.relativeName) return [contextConstructed(0, contextConstructed(1, input.relativeName))];
  return [];
}
function distributionPoint(point: DistributionPoint): Uint8Array {
  const input = typeof point === 'string' ? { fullName: [uri(point)] } : point;
  const reasons = input.reasons ? [contextPrimitive(1, reasonFlagsContent(input.reasons))] : [];
  const issuer = input.cRLIssuer ? [contextConstructed(2, ...input.cRLIssuer)] : [];
  return sequence(...distributionPointName(input), ...reasons, ...issuer);
}
/** RFC 5280 §4.2.1.13. */
export const crlDistributionPoints = (points: readonly DistributionPoint[]): ExtensionInput => ({
  oid: '2.5.29.31',
  value: sequence(...points.map(distributionPoint)),
});
/** RFC 5280 §4.2.1.15 and §5.2.6. */
export const freshestCrl = (points: readonly DistributionPoint[]): ExtensionInput => ({
  oid: '2.5.29.46',
  value: sequence(...points.map(distributionPoint)),
});

export interface AuthorityInformationInput {
  readonly ocsp?: readonly string[];
  readonly caIssuers?: readonly string[];
}
/** RFC 5280 §4.2.2.1. */
export function authorityInformationAccess({ ocsp = [], caIssuers = [] }: AuthorityInformationInput): ExtensionInput {
  const describe = (method: string) => (address: string) => sequence(oid(method), uri(address));
  const descriptions = [...ocsp.map(describe('1.3.6.1.5.5.7.48.1')), ...caIssuers.map(describe('1.3.6.1.5.5.7.48.2'))];
  return { oid: '1.3.6.1.5.5.7.1.1', value: sequence(...descriptions) };
}

/** RFC 5280 §5.3.2. */
export const invalidityDate = (at: Date): ExtensionInput => ({ oid: '2.5.29.24', value: generalizedTime(at) });
