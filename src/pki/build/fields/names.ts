import { ia5String, oid, printableString, sequence, setOf, utf8String } from '../der-writer.ts';

/** Keywords of RFC 4514 §3 and the others that certificates of companies use. */
const attributeTypes: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  T: '2.5.4.12',
  GN: '2.5.4.42',
  G: '2.5.4.42',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  E: '1.2.840.113549.1.9.1',
};

/** One AttributeTypeAndValue: a keyword or dotted type; text, or a whole TLV when the string type matters. */
export interface AttributeInput {
  readonly type: string;
  readonly value: string | Uint8Array;
}

/**
 * A distinguished name in encoding order: `DC=com,DC=contoso,CN=x` (`\` escapes, `+` joins a multi-valued RDN), text
 * without `=` for a common name, RDNs spelled out, or DER as it stands.
 */
export type NameInput = string | readonly (readonly AttributeInput[])[] | Uint8Array;

/** DER of a Name (RFC 5280 §4.1.2.4). */
export function nameDer(name: NameInput): Uint8Array {
  if (name instanceof Uint8Array) return name;
  const rdns = typeof name === 'string' ? parseName(name) : name;
  return sequence(...rdns.map((rdn) => setOf(...rdn.map(attributeDer))));
}

function parseName(text: string): AttributeInput[][] {
  if (text === '') return [];
  if (!text.includes('=')) return [[{ type: 'CN', value: text }]];
  return splitUnescaped(text, ',').map((rdn) => splitUnescaped(rdn, '+').map(parseAttribute));
}

function parseAttribute(text: string): AttributeInput {
  const equals = text.indexOf('=');
  if (equals < 0) throw new TypeError(`"${text}" is not attribute=value`);
  return { type: text.slice(0, equals).trim(), value: text.slice(equals + 1).replace(/\\(.)/g, '$1') };
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [''];
  for (let i = 0; i < text.length; i++) {
    const character = text[i] === '\\' ? text.slice(i, ++i + 1) : text.charAt(i);
    if (character === separator) parts.push('');
    else parts.push(`${parts.pop()}${character}`);
  }
  return parts;
}

function attributeDer({ type, value }: AttributeInput): Uint8Array {
  const typeOid = attributeTypes[type.toUpperCase()] ?? type;
  if (!/^\d+(\.\d+)+$/.test(typeOid)) throw new TypeError(`"${type}" is not an attribute type`);
  return sequence(oid(typeOid), value instanceof Uint8Array ? value : attributeValue(typeOid, value));
}

/** RFC 5280 Appendix A.1: country, serial number are PrintableString; domain component, e-mail IA5String; else UTF8String. */
function attributeValue(type: string, text: string): Uint8Array {
  if (type === attributeTypes.C || type === attributeTypes.SERIALNUMBER) return printableString(text);
  if (type === attributeTypes.DC || type === attributeTypes.E) return ia5String(text);
  return utf8String(text);
}
