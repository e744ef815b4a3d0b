import { DerReader, type Element, type Notes } from '../../asn1/der.ts';
import { contextConstructed, contextPrimitive, tags } from '../../asn1/tags.ts';
import { derOf } from '../../asn1/write-der.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { type Name, nameFromDer, sameName } from '../../x509/name.ts';
import { type ReasonMask, readReasonMask } from './reason-mask.ts';

/** RFC 5280 §4.2.1.13: GeneralNames as encoded, or the last part of a name that begins with the CRL issuer's. */
export type DistributionPointName =
  | { readonly kind: 'fullName'; readonly names: readonly Element[] }
  | { readonly kind: 'nameRelativeToCRLIssuer'; readonly rdn: Uint8Array };

/** One DistributionPoint of a certificate (§4.2.1.13). */
export interface DistributionPoint {
  readonly distributionPoint: DistributionPointName | undefined;
  /** Undefined for every reason. */
  readonly reasons: ReasonMask | undefined;
  /** Directory names in cRLIssuer; undefined when the certificate's issuer signs. */
  readonly crlIssuer: readonly Name[] | undefined;
}

/** How many distribution points, and names in each, we look at. Real certificates have up to three of each. */
const mostPoints = 32;
const mostNames = 32;

const crlDistributionPoints = '2.5.29.31';

/**
 * The distribution points of a certificate; undefined when it has no such extension. Slips that are read go to `notes`.
 * @throws DerError
 */
export function distributionPointsOf(
  { extensions }: Certificate,
  notes: Notes = new Set(),
): readonly DistributionPoint[] | undefined {
  const extension = extensions.find(({ oid }) => oid === crlDistributionPoints);
  if (!extension) return undefined;
  const value = new DerReader(extension.value, 'cRLDistributionPoints', 0, extension.value.length, 0, notes);
  const points = value.enter(tags.sequence, 'CRLDistributionPoints');
  value.end();
  return upTo(mostPoints, points, () => readPoint(points.enter(tags.sequence, 'DistributionPoint')));
}

function readPoint(fields: DerReader): DistributionPoint {
  const name = fields.enterOptional(contextConstructed(0), 'distributionPoint');
  const distributionPoint = name && readDistributionPointName(name);
  const reasons = fields.tag === contextPrimitive(1) ? readReasonMask(fields, contextPrimitive(1)) : undefined;
  const crlIssuer = fields.enterOptional(contextConstructed(2), 'cRLIssuer');
  fields.end();
  return { distributionPoint, reasons, crlIssuer: crlIssuer && directoryNames(generalNames(crlIssuer)) };
}

/** Reads a DistributionPointName, the CHOICE inside `[0]`. Names in it are read once here, so that comparing them cannot fail. */
export function readDistributionPointName(choice: DerReader): DistributionPointName {
  const full = choice.enterOptional(contextConstructed(0), 'fullName');
  const first: DistributionPointName = full
    ? { kind: 'fullName', names: generalNames(full) }
    : { kind: 'nameRelativeToCRLIssuer', rdn: choice.contents(contextConstructed(1), 'nameRelativeToCRLIssuer') };
  choice.end();
  if (first.kind === 'fullName') directoryNames(first.names);
  else nameFromDer(derOf(tags.sequence, derOf(tags.set, first.rdn)));
  return first;
}

/** GeneralNames as encoded; a handful is plenty. */
export const generalNames = (names: DerReader): Element[] => upTo(mostNames, names, () => names.element('GeneralName'));

/** The directory names among GeneralNames. */
export const directoryNames = (names: readonly Element[]): Name[] =>
  names.filter(({ tag }) => tag === contextConstructed(4)).map(({ contents }) => nameFromDer(contents));

/** One item or more until the reader is at its end, but no more than `most`. */
function upTo<T>(most: number, reader: DerReader, read: () => T): T[] {
  const elements: T[] = [];
  do {
    if (elements.length === most) throw reader.error(`more than ${most}`);
    elements.push(read());
  } while (!reader.atEnd);
  return elements;
}

/**
 * Whether two distribution point names have a name in common (§6.3.3 (b) (2) (i)). A relative name is taken with the
 * name of the CRL's issuer.
 */
export function shareName(first: DistributionPointName, second: DistributionPointName, crlIssuer: Name): boolean {
  const secondNames = spelledOut(second, crlIssuer);
  return spelledOut(first, crlIssuer).some((name) => secondNames.some((candidate) => sameGeneralName(name, candidate)));
}

/** A name relative to the CRL issuer written out: the issuer's RDNs and one more. */
function spelledOut(name: DistributionPointName, crlIssuer: Name): readonly Element[] {
  if (name.kind === 'fullName') return name.names;
  const rdns = new DerReader(crlIssuer.der, 'name of the CRL issuer').contents(tags.sequence, 'Name');
  const whole = derOf(tags.sequence, rdns, derOf(tags.set, name.rdn));
  return [{ tag: contextConstructed(4), contents: whole, whole }];
}

/** Directory names by the rules for names (§7.1), all others octet by octet. */
function sameGeneralName(item: Element, second: Element): boolean {
  if (item.tag !== second.tag) return false;
  if (item.tag === contextConstructed(4)) return sameName(nameFromDer(item.contents), nameFromDer(second.contents));
  return Buffer.compare(item.contents, second.contents) === 0;
}
