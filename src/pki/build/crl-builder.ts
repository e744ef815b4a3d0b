import { extensionsDer, type SignatureInput, signed } from './certificate-builder.ts';
import { contextPrimitive, enumerated, integer, sequence, time } from './der-writer.ts';
import {
  type AuthorityKeyIdentifierInput,
  authorityKeyIdentifier,
  type CrlReason,
  crlReasons,
  type DistributionPoint,
  type DistributionPointInput,
  distributionPointName,
  type ExtensionInput,
  extensionDer,
  freshestCrl,
  invalidityDate,
  reasonFlagsContent,
} from './fields/extensions.ts';
import type { GeneralNameDer } from './fields/general-names.ts';
import { algorithmOf, schemeFor } from './fields/keys.ts';
import { type NameInput, nameDer } from './fields/names.ts';

/** One revoked certificate (RFC 5280 §5.1.2.6, §5.3). */
export interface CrlEntryInput {
  /** A number, or content octets as they shall stand. */
  readonly serial: bigint | Uint8Array;
  readonly revocationDate: Date;
  readonly reason?: CrlReason | undefined;
  readonly invalidityDate?: Date | undefined;
  /** Indirect CRLs: whose certificate this is (§5.3.3). */
  readonly certificateIssuer?: readonly GeneralNameDer[] | undefined;
  readonly extensions?: readonly ExtensionInput[] | undefined;
}

/** RFC 5280 §5.2.5. */
export interface IssuingDistributionPointInput {
  readonly distributionPoint?: DistributionPointInput;
  readonly onlyContainsUserCerts?: boolean;
  readonly onlyContainsCACerts?: boolean;
  readonly onlySomeReasons?: readonly CrlReason[];
  readonly indirectCRL?: boolean;
  readonly onlyContainsAttributeCerts?: boolean;
}

/** A CRL to the letter: nothing is added that is not said. */
export interface CrlInput {
  readonly issuer: NameInput;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  /** Entries, or their DER one after another (see {@link manyEntries}). */
  readonly entries: readonly CrlEntryInput[] | Uint8Array;
  readonly version?: 1 | 2;
  readonly number?: bigint | undefined;
  /** Makes it a delta CRL on that base (§5.2.4). */
  readonly baseNumber?: bigint | undefined;
  readonly authorityKeyIdentifier?: AuthorityKeyIdentifierInput | undefined;
  readonly issuingDistributionPoint?: IssuingDistributionPointInput | undefined;
  readonly freshestCrl?: readonly DistributionPoint[] | undefined;
  /** Microsoft's Next CRL Publish, 1.3.6.1.4.1.311.21.4. */
  readonly nextPublish?: Date | undefined;
  /** Any further extensions, as they stand. */
  readonly extensions?: readonly ExtensionInput[];
  readonly signature: SignatureInput;
}

/** DER of the signed CRL (RFC 5280 §5.1). */
export function buildCrl(input: CrlInput): Uint8Array {
  const scheme = input.signature.scheme ?? schemeFor(input.signature.key);
  const version = input.version ?? 2;
  const tbs = sequence(
    ...(version === 2 ? [integer(1)] : []),
    algorithmOf(scheme),
    nameDer(input.issuer),
    time(input.thisUpdate),
    ...(input.nextUpdate ? [time(input.nextUpdate)] : []),
    ...revokedCertificates(input.entries),
    ...extensionsDer(0, crlExtensions(input)),
  );
  return signed(tbs, { ...input.signature, scheme });
}

/** §5.1.2.6: absent, not empty, when nothing is revoked. */
function revokedCertificates(entries: readonly CrlEntryInput[] | Uint8Array): Uint8Array[] {
  if (entries.length === 0) return [];
  return [entries instanceof Uint8Array ? sequence(entries) : sequence(...entries.map(entryDer))];
}

function entryDer(entry: CrlEntryInput): Uint8Array {
  const extensions = entryExtensions(entry).map(extensionDer);
  const last = extensions.length === 0 ? [] : [sequence(...extensions)];
  return sequence(integer(entry.serial), time(entry.revocationDate), ...last);
}

function entryExtensions(entry: CrlEntryInput): ExtensionInput[] {
  const extensions: ExtensionInput[] = [];
  if (entry.reason) extensions.push(reasonCode(entry.reason));
  if (entry.invalidityDate) extensions.push(invalidityDate(entry.invalidityDate));
  if (entry.certificateIssuer)
    extensions.push({ oid: '2.5.29.29', critical: true, value: sequence(...entry.certificateIssuer) });
  return [...extensions, ...(entry.extensions ?? [])];
}

const reasonCode = (reason: CrlReason): ExtensionInput => ({
  oid: '2.5.29.21',
  value: enumerated(crlReasons.indexOf(reason)),
});

function crlExtensions(input: CrlInput): ExtensionInput[] {
  const extensions: ExtensionInput[] = [];
  if (input.authorityKeyIdentifier) extensions.push(authorityKeyIdentifier(input.authorityKeyIdentifier));
  if (input.number !== undefined) extensions.push({ oid: '2.5.29.20', value: integer(input.number) });
  if (input.baseNumber !== undefined)
    extensions.push({ oid: '2.5.29.27', critical: true, value: integer(input.baseNumber) });
  if (input.issuingDistributionPoint) extensions.push(issuingDistributionPoint(input.issuingDistributionPoint));
  if (input.freshestCrl) extensions.push(freshestCrl(input.freshestCrl));
  if (input.nextPublish) extensions.push({ oid: '1.3.6.1.4.1.311.21.4', value: time(input.nextPublish) });
  return [...extensions, ...(input.extensions ?? [])];
}

function issuingDistributionPoint(input: IssuingDistributionPointInput): ExtensionInput {
  const flag = (n: number, set: boolean | undefined) => (set ? [contextPrimitive(n, Uint8Array.of(0xff))] : []);
  const name = input.distributionPoint ? distributionPointName(input.distributionPoint) : [];
  const reasons = input.onlySomeReasons ? [contextPrimitive(3, reasonFlagsContent(input.onlySomeReasons))] : [];
  const value = sequence(
    ...name,
    ...flag(1, input.onlyContainsUserCerts),
    ...flag(2, input.onlyContainsCACerts),
    ...reasons,
    ...flag(4, input.indirectCRL),
    ...flag(5, input.onlyContainsAttributeCerts),
  );
  return { oid: '2.5.29.28', critical: true, value };
}

/** What every entry of a very large CRL has in common. */
export interface ManyEntriesInput {
  readonly count: number;
  readonly revocationDate: Date;
  readonly reason?: CrlReason;
  /** `count` serial numbers of sixteen octets each, one after another; the first octet of each between 1 and 127. */
  readonly serials: Uint8Array;
}

/** DER of millions of entries in one buffer: one template, stamped out, its serial number replaced. */
export function manyEntries({ count, revocationDate, reason, serials }: ManyEntriesInput): Uint8Array {
  const serial = new Uint8Array(16).fill(1);
  const template = entryDer({ serial, revocationDate, reason });
  const out = new Uint8Array(count * template.length);
  for (let i = 0; i < count; i++) {
    out.set(template, i * template.length);
    out.set(serials.subarray(i * 16, i * 16 + 16), i * template.length + 4);
  }
  return out;
}
