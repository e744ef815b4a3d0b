import { DerReader, type Notes } from '../asn1/der.ts';
import { tags } from '../asn1/tags.ts';
import { textOf } from '../asn1/values.ts';

/** One AttributeTypeAndValue. `value` is decoded text for the string types, else `#` and the hex of the DER. */
export interface Attribute {
  readonly type: string;
  readonly value: string;
  /** Set where `value` is the hex of the DER: it never equals a text, whatever the text spells. */
  readonly undecoded?: true;
}
/** A distinguished name in encoding order (RFC 5280 §4.1.2.4). */
export interface Name {
  readonly der: Uint8Array;
  readonly rdns: readonly (readonly Attribute[])[];
}

/** More than any real name has; a longer one is refused while it is read. */
const mostAttributes = 256;

/** Reads a Name at the reader. Throws DerError. */
export function readName(reader: DerReader, label: string): Name {
  const { whole } = reader.element(label);
  const outer = new DerReader(whole, label, 0, whole.length, 0, reader.notes);
  const sequence = outer.enter(tags.sequence, label);
  const rdns: Attribute[][] = [];
  let count = 0;
  while (!sequence.atEnd) {
    const rdn = readRdn(sequence, label);
    count += rdn.length;
    if (count > mostAttributes) throw sequence.error(`a name of more than ${mostAttributes} attributes`);
    if (rdn.length > 0) rdns.push(rdn);
  }
  return { der: whole, rdns };
}

function readRdn(sequence: DerReader, label: string): Attribute[] {
  const set = sequence.enter(tags.set, label);
  const rdn: Attribute[] = [];
  let before: Uint8Array | undefined;
  while (!set.atEnd) {
    const start = set.offset;
    const attribute = set.enter(tags.sequence, label);
    const whole = set.bytes.subarray(start, set.offset);
    if (before && Buffer.compare(before, whole) > 0) set.notes?.add('setUnsorted');
    before = whole;
    const type = attribute.oid(label);
    const value = attribute.element(label);
    attribute.end();
    const text = textOf(value.tag, value.contents);
    // OpenSSL cannot compare such a name either, and refuses the certificate.
    if (text === undefined && unicodeTags.has(value.tag)) throw attribute.error('text that is not of its string type');
    rdn.push(text === undefined ? undecoded(type, value.whole) : { type, value: text });
  }
  if (rdn.length === 0) set.notes?.add('emptyRdn');
  return rdn;
}

/** String types whose octets may be no text at all: cut off, overlong, surrogates, beyond Unicode. */
const unicodeTags: ReadonlySet<number> = new Set([tags.utf8String, tags.bmpString, tags.universalString]);

const undecoded = (type: string, der: Uint8Array): Attribute => ({
  type,
  value: `#${Buffer.from(der).toString('hex')}`,
  undecoded: true,
});

/** A Name given as its DER alone. Throws DerError. */
export function nameFromDer(der: Uint8Array, what = 'name', notes?: Notes): Name {
  const reader = new DerReader(der, what, 0, der.length, 0, notes);
  const name = readName(reader, what);
  reader.end();
  return name;
}

const keys = new WeakMap<Name, readonly string[]>();

/** One key an RDN, in which case, blanks at the ends and runs of blanks do not count (RFC 5280 §7.1, RFC 4518 §2). */
export function rdnKeys(name: Name): readonly string[] {
  let cachedKeys = keys.get(name);
  if (!cachedKeys) {
    cachedKeys = name.rdns.map((rdn) => rdn.map(attributeKey).sort().join('+'));
    keys.set(name, cachedKeys);
  }
  return cachedKeys;
}

function attributeKey({ type, value, undecoded: raw }: Attribute): string {
  return raw ? JSON.stringify([type, null, value]) : JSON.stringify([type, prepared(value)]);
}

/** RFC 4518 §2.2: these map to nothing. Soft hyphen, joiners, variation selectors, controls, format characters. */
const nothing = new RegExp(
  String.raw`[\u00AD\u034F\u1806\u180B-\u180E\uFE00-\uFE0F\uFFFC\u0000-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F]|` +
    String.raw`[\u06DD\u070F\u200B-\u200F\u202A-\u202E\u2060-\u2063\u206A-\u206F\uFEFF\uFFF9-\uFFFB]|` +
    String.raw`[\u{1D173}-\u{1D17A}\u{E0001}\u{E0020}-\u{E007F}]`,
  'gu',
);
/** RFC 4518 §2.4: private use, surrogates and the replacement character have no comparison. */
const prohibited = /[\p{Co}\p{Cs}\p{Cn}\uFFFD]/u;

/** RFC 4518 §2, caseIgnoreMatch of RFC 5280 §7.1: map, fold, normalize, then blanks. */
function prepared(value: string): string {
  if (/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(value)) return value.toLowerCase();
  if (prohibited.test(value)) return `\u0000${value}`; // equals its own spelling only; no prepared text has this prefix
  const mapped = value.replace(nothing, '').replace(/[\t-\r\u0085\p{Z}]+/gu, ' ');
  return folded(mapped).trim().replace(/\s+/g, ' ');
}

/** RFC 3454 B.2: where folding is more than lower case. */
const folded = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ').normalize('NFKC');

/** Are these the same name? Bytes first: nearly always they agree. */
export function sameName(name: Name, second: Name): boolean {
  if (name === second || Buffer.compare(name.der, second.der) === 0) return true;
  const [left, right] = [rdnKeys(name), rdnKeys(second)];
  return left.length === right.length && left.every((key, index) => key === right[index]);
}

/** Is `der` this name? It is read only where its bytes are others. Throws DerError. */
export const isName = (der: Uint8Array, name: Name): boolean =>
  Buffer.compare(der, name.der) === 0 || sameName(nameFromDer(der), name);

/** Is `name` in the subtree below `base`? (RFC 5280 §4.2.1.10) */
export function isWithin(name: Name, base: Name): boolean {
  const [inner, outer] = [rdnKeys(name), rdnKeys(base)];
  return outer.length <= inner.length && outer.every((key, index) => key === inner[index]);
}

const labels: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'S',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'T',
  '2.5.4.42': 'G',
  '2.5.4.43': 'I',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'E',
};

/** The texts of names: a CA of the trust store is the same object in every sign-in, and the log has its name each time. */
const nameTexts = new WeakMap<Pick<Name, 'rdns'>, string>();

/** A name for people and logs, in encoding order: `DC=com,DC=contoso,CN=Ana`. Control characters are shown, not sent. */
export function nameToString(name: Pick<Name, 'rdns'>): string {
  let text = nameTexts.get(name);
  if (text === undefined) {
    text = rdnsToString(name.rdns, ',');
    nameTexts.set(name, text);
  }
  return text;
}

function rdnsToString(rdns: Name['rdns'], separator: string): string {
  return rdns
    .map((rdn) =>
      rdn
        .map((item) => `${labels[item.type] ?? item.type}=${item.undecoded ? item.value : quoteValue(item.value)}`)
        .join('+'),
    )
    .join(separator);
}

/** The last RDN first, as .NET and with it Microsoft's tools write names: `CN=Ana, DC=contoso, DC=com`. */
export function nameLeafFirst(name: Name, separator: string): string {
  return rdnsToString(name.rdns.toReversed(), separator);
}

function quoteValue(value: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9 ._@'()/:&-]*[A-Za-z0-9._@'()/:&-])?$/.test(value)) return value; // most names need neither
  const safe = value.replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
  return /[,+="<>#;]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
