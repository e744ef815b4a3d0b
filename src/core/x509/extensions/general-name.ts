import type { DerReader } from '../../asn1/der.ts';
import { contextConstructed, contextPrimitive, tags } from '../../asn1/tags.ts';
import { dottedOid, textOf } from '../../asn1/values.ts';
import { type Name, readName } from '../name.ts';

/**
 * RFC 5280 §4.2.1.6. An otherName's value is its DER; a UPN (1.3.6.1.4.1.311.20.2.3) is decoded to `text`. Without `text` a
 * name of these kinds cannot be used: it names no user, and no constraint can be checked against it.
 */
export type GeneralName =
  | { readonly kind: 'otherName'; readonly oid: string; readonly value: Uint8Array; readonly text?: string }
  | { readonly kind: 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'; readonly text: string | undefined }
  | { readonly kind: 'directoryName'; readonly name: Name }
  | { readonly kind: 'iPAddress'; readonly octets: Uint8Array }
  | { readonly kind: 'registeredID'; readonly oid: string }
  | { readonly kind: 'x400Address' | 'ediPartyName'; readonly value: Uint8Array };

const upn = '1.3.6.1.4.1.311.20.2.3';
/** RFC 9598 §3: a mailbox with a local part beyond ASCII. */
export const smtpUtf8Mailbox = '1.3.6.1.5.5.7.8.9';

const textKinds: Readonly<Record<number, 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'>> = {
  [contextPrimitive(1)]: 'rfc822Name',
  [contextPrimitive(2)]: 'dNSName',
  [contextPrimitive(6)]: 'uniformResourceIdentifier',
};

/** One GeneralName at the reader. Throws DerError. */
export function readGeneralName(reader: DerReader, label: string): GeneralName {
  const { tag } = reader;
  const kind = textKinds[tag];
  if (kind) return { kind, text: ia5(reader, tag, label) };
  switch (tag) {
    case contextConstructed(0):
      return readOtherName(reader.enter(tag, label), label);
    case contextConstructed(3):
      return { kind: 'x400Address', value: reader.contents(tag, label) };
    case contextConstructed(4): {
      const explicit = reader.enter(tag, label);
      const name = readName(explicit, label);
      explicit.end();
      return { kind: 'directoryName', name };
    }
    case contextConstructed(5):
      return { kind: 'ediPartyName', value: readEdiPartyName(reader, label) };
    case contextPrimitive(7):
      return { kind: 'iPAddress', octets: reader.contents(tag, label) };
    case contextPrimitive(8):
      return { kind: 'registeredID', oid: reader.oid(label, tag) };
    default:
      throw reader.error('no GeneralName');
  }
}

/** nameAssigner [0] DirectoryString OPTIONAL, partyName [1] DirectoryString: a CHOICE, so that its tag is explicit. */
function readEdiPartyName(reader: DerReader, label: string): Uint8Array {
  const start = reader.offset;
  const party = reader.enter(contextConstructed(5), label);
  const assigner = party.enterOptional(contextConstructed(0), 'nameAssigner');
  for (const choice of [...(assigner ? [assigner] : []), party.enter(contextConstructed(1), 'partyName')]) {
    if (!directoryStrings.has(choice.element(label).tag)) throw choice.error('a name that is not a DirectoryString');
    choice.end();
  }
  party.end();
  return reader.bytes.subarray(start, reader.offset);
}
const directoryStrings: ReadonlySet<number> = new Set([
  tags.teletexString,
  tags.printableString,
  tags.universalString,
  tags.utf8String,
  tags.bmpString,
]);

/** The text, or undefined for one beyond IA5, which is noted. */
function ia5(reader: DerReader, tag: number, label: string): string | undefined {
  const text = textOf(tags.ia5String, reader.contents(tag, label));
  if (text === undefined && !reader.notes) throw reader.error('text that is not IA5');
  if (text === undefined) reader.notes?.add('unusableName');
  return text;
}

function readOtherName(reader: DerReader, label: string): GeneralName {
  const oid = dottedOid(reader.contents(tags.oid, label));
  if (oid === undefined) throw reader.error('an otherName without a type');
  const explicit = reader.enter(contextConstructed(0), label);
  const value = explicit.element(label);
  explicit.end();
  reader.end();
  if (oid !== upn && oid !== smtpUtf8Mailbox) return { kind: 'otherName', oid, value: value.whole };
  // Microsoft specifies UTF8String; a UPN in any other string type is no UPN.
  const text = value.tag === tags.utf8String ? textOf(value.tag, value.contents) : undefined;
  if (text !== undefined) return { kind: 'otherName', oid, value: value.whole, text };
  if (oid === upn && (!reader.notes || value.tag === tags.utf8String))
    throw reader.error('a user principal name that is not a UTF8String');
  reader.notes?.add('unusableName');
  return { kind: 'otherName', oid, value: value.whole };
}
