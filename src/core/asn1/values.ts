import { tags } from './tags.ts';

/** X.690 §8.19; undefined for octets that encode none. Arcs are kept exact whatever their size. */
export function dottedOid(octets: Uint8Array): string | undefined {
  if (octets.length === 0 || octets.length > 128 || octets.at(-1)! & 0x80) return undefined;
  const arcs: string[] = [];
  let small = 0;
  let big: bigint | undefined;
  for (let i = 0; i < octets.length; i++) {
    const octet = octets[i]!;
    const starts = i === 0 || octets[i - 1]! < 0x80;
    // X.690 §8.19.2 (c): a leading 80 would be a second spelling of the same arc.
    if (starts && octet === 0x80) return undefined;
    if (big === undefined && small > 0xffffffffff) big = BigInt(small);
    if (big === undefined) small = small * 128 + (octet & 0x7f);
    else big = big * 128n + BigInt(octet & 0x7f);
    if (octet < 0x80) {
      pushArc(arcs, big ?? small);
      small = 0;
      big = undefined;
    }
  }
  return arcs.join('.');
}

function pushArc(arcs: string[], value: number | bigint): void {
  if (arcs.length > 0) return void arcs.push(String(value));
  const root = value < 40 ? 0 : value < 80 ? 1 : 2;
  arcs.push(String(root), typeof value === 'bigint' ? String(value - 80n) : String(value - root * 40));
}

/** `YYMMDDHHMMSSZ` and `YYYYMMDDHHMMSSZ`: nothing shorter, no fraction, no offset. Years from 50 on are of the last century. */
export function timeIn(tag: number, octets: Uint8Array): Date | undefined {
  const digits = tag === tags.utcTime ? 12 : 14;
  if (octets.length !== digits + 1 || octets[digits] !== 0x5a) return undefined;
  for (let i = 0; i < digits; i++) if (octets[i]! < 0x30 || octets[i]! > 0x39) return undefined;
  const two = (at: number) => (octets[at]! - 0x30) * 10 + octets[at + 1]! - 0x30;
  const rest = digits - 10;
  const year = tag === tags.utcTime ? two(0) + (two(0) >= 50 ? 1900 : 2000) : two(0) * 100 + two(2);
  return moment([year, two(rest), two(rest + 2), two(rest + 4), two(rest + 6), two(rest + 8)]);
}

/** Year, month, day, hour, minute and second. */
type DateParts = readonly [number, number, number, number, number, number];

/** A moment in UTC; undefined for the 30th of February and its like. */
function moment([year, month, day, hour, minute, second]: DateParts): Date | undefined {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second);
  return date;
}

/** Text of the string types; undefined where the octets are none of that type. */
export function textOf(tag: number, octets: Uint8Array): string | undefined {
  switch (tag) {
    case tags.utf8String:
      return utf8(octets);
    case tags.printableString:
      return matching(octets, /^[A-Za-z0-9 '()+,\-./:=?*&@_]*$/);
    case tags.numericString:
      return matching(octets, /^[0-9 ]*$/);
    case tags.ia5String:
    case tags.visibleString:
      // biome-ignore lint/suspicious/noControlCharactersInRegex: IA5 is all of ASCII.
      return matching(octets, /^[\x00-\x7f]*$/);
    case tags.teletexString:
      return Buffer.from(octets).toString('latin1'); // as every implementation reads it, RFC 5280 §4.1.2.4 deprecates it
    case tags.bmpString:
      return octets.length % 2 === 0 ? Buffer.from(octets).swap16().toString('utf16le') : undefined;
    case tags.universalString:
      return universal(octets);
    default:
      return undefined;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
function utf8(octets: Uint8Array): string | undefined {
  try {
    return decoder.decode(octets);
  } catch {
    return undefined;
  }
}
function matching(octets: Uint8Array, pattern: RegExp): string | undefined {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
  return pattern.test(text) ? text : undefined;
}
function universal(octets: Uint8Array): string | undefined {
  if (octets.length % 4 !== 0) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  let text = '';
  for (let at = 0; at < octets.length; at += 4) {
    const point = view.getUint32(at);
    if (point > 0x10ffff) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}
