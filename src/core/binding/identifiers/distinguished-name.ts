/** Distinguished names as text: the Windows spelling of certificateUserIds (§5.5) and the reading of rules (AB-1). */
import type { Attribute, Name } from '../../x509/name.ts';

/** Label → attribute type. The first label of a type is the one Windows writes; the others are only read. */
const labels: readonly (readonly [label: string, type: string])[] = [
  ['CN', '2.5.4.3'],
  ['SN', '2.5.4.4'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['S', '2.5.4.8'],
  ['ST', '2.5.4.8'],
  ['STREET', '2.5.4.9'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['T', '2.5.4.12'],
  ['TITLE', '2.5.4.12'],
  ['G', '2.5.4.42'],
  ['GN', '2.5.4.42'],
  ['I', '2.5.4.43'],
  ['INITIALS', '2.5.4.43'],
  ['DC', '0.9.2342.19200300.100.1.25'],
  ['E', '1.2.840.113549.1.9.1'],
  ['EMAIL', '1.2.840.113549.1.9.1'],
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
];
/** Labels of RFC 4514 §3 that Windows writes as OIDs. */
const readOnlyLabels: readonly (readonly [label: string, type: string])[] = [['UID', '0.9.2342.19200300.100.1.1']];
const typeOfLabel = new Map([...labels, ...readOnlyLabels]);
const labelOfType = new Map(labels.toReversed().map(([label, type]) => [type, label]));

/** Names longer than this are not read; the longest certificateUserIds value is 1024 characters (UB-15). */
const longestName = 4096;

/**
 * The name in ASN.1 encoding order, `,` without blanks, Windows quoting, parts of a multi-valued RDN joined by a blank.
 * Undefined for an empty name and for one with control characters, which that spelling cannot carry unambiguously.
 */
export function windowsName(name: Name): string | undefined {
  const values = name.rdns.flat();
  if (values.length === 0 || values.some(({ value }) => /\p{Cc}/u.test(value))) return undefined;
  return name.rdns.map((rdn) => rdn.map(windowsAttribute).join(' ')).join(',');
}

function windowsAttribute({ type, value }: Attribute): string {
  const needsQuotes = value === '' || /[,+="<>#;]|^\s|\s$/u.test(value);
  return `${labelOfType.get(type) ?? `OID.${type}`}=${needsQuotes ? `"${value.replaceAll('"', '""')}"` : value}`;
}

/**
 * Keys under which two spellings of one name meet (AB-1, D-16): the order written, and that order reversed, because
 * some tools write the CN first. Attribute values compare as RFC 5280 §7.1 wants: case and inner blanks are ignored.
 */
export function nameKeys(name: Pick<Name, 'rdns'>): readonly [written: string, reversed: string] {
  const rdns = name.rdns.map((rdn) => rdn.map(attributeKey).toSorted().join('+'));
  return [rdns.join(','), rdns.toReversed().join(',')];
}

function attributeKey({ type, value }: Attribute): string {
  const text = value.normalize('NFKC').toLowerCase().trim().replaceAll(/\s+/gu, ' ');
  return JSON.stringify([type, text]);
}

/** Reads a name written by Windows (quotes) or by RFC 4514 (backslashes), in the order written. Undefined when it is not a name. */
export function parseName(text: string): Pick<Name, 'rdns'> | undefined {
  if (text.length > longestName) return undefined;
  const reader = { text: trimmed(text), at: 0 };
  const rdns: Attribute[][] = [[]];
  while (reader.at < reader.text.length) {
    const attribute = readAttribute(reader);
    if (!attribute) return undefined;
    rdns.at(-1)?.push(attribute);
    const separator = reader.text[reader.at++];
    if (separator === undefined) return { rdns };
    if (reader.at >= reader.text.length) return undefined;
    if (separator !== '+') rdns.push([]);
  }
  return undefined;
}

/** Without the blanks around it; one after a backslash belongs to the last value (RFC 4514 §2.4). */
function trimmed(text: string): string {
  const body = text.trim();
  return body.endsWith('\\') && /\s$/u.test(text) ? `${body} ` : body;
}

interface Reader {
  readonly text: string;
  at: number;
}

function readAttribute(reader: Reader): Attribute | undefined {
  const equals = reader.text.indexOf('=', reader.at);
  if (equals < 0) return undefined;
  const type = typeOf(reader.text.slice(reader.at, equals).trim());
  reader.at = equals + 1;
  while (reader.text[reader.at] === ' ') reader.at++;
  const value = reader.text[reader.at] === '"' ? readQuoted(reader) : readPlain(reader);
  return type === undefined || value === undefined ? undefined : { type, value };
}

function typeOf(label: string): string | undefined {
  const type = typeOfLabel.get(label.toUpperCase());
  if (type) return type;
  const oid = label.replace(/^oid\./iu, '');
  return /^[0-2](\.\d+)+$/u.test(oid) ? oid : undefined;
}

/** `"…"`, an inner quote doubled (Windows) or after a backslash (RFC 1779). Ends before the separator. */
function readQuoted(reader: Reader): string | undefined {
  let value = '';
  for (reader.at++; reader.at < reader.text.length; reader.at++) {
    const character = reader.text[reader.at];
    const next = reader.text[reader.at + 1];
    const escaped = (character === '\\' && (next === '"' || next === '\\')) || (character === '"' && next === '"');
    if (character === '"' && !escaped) return endOfQuoted(reader, value);
    if (escaped) reader.at++;
    value += escaped ? next : character;
  }
  return undefined;
}

function endOfQuoted(reader: Reader, value: string): string | undefined {
  reader.at++;
  while (reader.text[reader.at] === ' ') reader.at++;
  return /^[,;+]?$/u.test(reader.text[reader.at] ?? '') ? value : undefined;
}

/** RFC 4514 §2.4: `\` before a special character or before two hex digits of UTF-8. Unescaped blanks around it go. */
function readPlain(reader: Reader): string | undefined {
  const end = /(?:\\.|[^\\,;+"])*/suy;
  end.lastIndex = reader.at;
  const raw = end.exec(reader.text)?.[0] ?? '';
  reader.at += raw.length;
  if (/["\\]/u.test(reader.text[reader.at] ?? '')) return undefined;
  return unescaped(raw.replace(/(?<!\\) +$/u, ''));
}

function unescaped(raw: string): string {
  return raw
    .replaceAll(/(?:\\[0-9a-f]{2})+/giu, (hex) => new TextDecoder().decode(hexBytes(hex.replaceAll('\\', ''))))
    .replaceAll(/\\(.)/gsu, '$1');
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
}
