import { contextConstructed, contextPrimitive, oid, utf8String } from '../der-writer.ts';
import { type NameInput, nameDer } from './names.ts';

/** DER of one GeneralName (RFC 5280 §4.2.1.6). */
export type GeneralNameDer = Uint8Array;

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

export const otherName = (type: string, value: Uint8Array): GeneralNameDer =>
  contextConstructed(0, oid(type), contextConstructed(0, value));
/** Microsoft's principal name, 1.3.6.1.4.1.311.20.2.3. */
export const principalName = (upn: string): GeneralNameDer => otherName('1.3.6.1.4.1.311.20.2.3', utf8String(upn));
export const rfc822Name = (text: string): GeneralNameDer => contextPrimitive(1, ascii(text));
export const dnsName = (text: string): GeneralNameDer => contextPrimitive(2, ascii(text));
export const directoryName = (name: NameInput): GeneralNameDer => contextConstructed(4, nameDer(name));
export const uri = (text: string): GeneralNameDer => contextPrimitive(6, ascii(text));
export const registeredId = (oidText: string): GeneralNameDer => contextPrimitive(8, oid(oidText).subarray(2));

/** An address, or a range `10.0.0.0/8` as name constraints want it (RFC 5280 §4.2.1.10: address then mask). */
export function ipAddress(text: string): GeneralNameDer {
  const [address = '', prefix] = text.split('/');
  const octets = addressOctets(address);
  return contextPrimitive(7, prefix === undefined ? octets : Buffer.concat([octets, mask(octets.length, +prefix)]));
}

function addressOctets(address: string): Uint8Array {
  if (!address.includes(':')) return Uint8Array.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const remaining = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(8 - remaining.length - right.length).fill(0);
  return Uint8Array.from([...remaining, ...zeros, ...right].flatMap((group) => [group >> 8, group & 0xff]));
}

const groups = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));

function mask(length: number, prefix: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * i))) & 0xff);
}
