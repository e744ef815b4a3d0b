import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ElementHeader, headerAt } from '#core/asn1/header.ts';
import { type LdapAddress, ldapAddress } from '#core/crl/addresses/ldap-address.ts';
import { serverNameOf } from '#core/host-name.ts';
import { type AddressRules, guardedLookup, guardSocket } from '#net/http-client.ts';
import { BodyCollector, joined } from './body.ts';

/** What an LDAP server said instead of an entry: its result code (RFC 4511 §4.1.9), or that it made no sense. */
export class LdapRefused extends Error {}
/** The answer grew beyond what may be taken. */
export class LdapTooLarge extends Error {}

export interface LdapQuestion {
  readonly url: string;
  /** Octets of the answer that are taken at most. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  /** Which servers may be asked. A host that is an address in itself is checked by the caller. */
  readonly rules: AddressRules;
}

/** An entry around its value: names and lengths. */
const envelopeBytes = 64 * 1024;

/**
 * The value of the attribute, asked for anonymously (RFC 4511 §4.5). Rejects with LdapRefused, LdapTooLarge or what the
 * network had to say. A search of one entry is all of LDAP that a CRL needs, and no client at hand limits an answer.
 */
export async function fetchLdap(question: LdapQuestion): Promise<Uint8Array> {
  const address = ldapAddress(question.url);
  if (!address) throw new LdapRefused('the address does not name one attribute of one entry');
  const socket = open(address, question);
  try {
    socket.write(searchRequest(address));
    return await valueFrom(socket, question);
  } finally {
    socket.destroy();
  }
}

function open({ secure, host, port }: LdapAddress, { signal, rules }: LdapQuestion): Socket {
  const target = { host, port, lookup: guardedLookup(rules) };
  const socket = secure ? connectTls({ ...target, servername: serverNameOf(host) }) : connectTcp(target);
  guardSocket(socket, rules, signal);
  return socket;
}

/** Takes messages until the search is done; of the entry's values the first. */
async function valueFrom(socket: Socket, { bytes }: LdapQuestion): Promise<Uint8Array> {
  const collector = new BodyCollector(undefined);
  let requirement = 0;
  let value: Uint8Array | undefined;
  let offset = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    collector.add(chunk);
    if (collector.length > bytes + envelopeBytes) throw new LdapTooLarge(`${collector.length}`);
    if (collector.length < requirement) continue;
    const items = joined(collector.finish());
    for (;;) {
      if (offset < items.length && items[offset] !== ldapMessage) throw new LdapRefused('the response is not LDAP');
      const message = elementAt(items, offset);
      requirement = message ? message.end : offset + 2;
      if (!message || message.end > items.length) break;
      offset = message.end;
      const read = readMessage(items.subarray(message.start, message.end));
      if (read.kind === 'done') return value ?? refuse(read.resultCode);
      if (read.kind === 'entry') value ??= read.value;
    }
  }
  throw new LdapRefused('the connection ended before the answer');
}

function refuse(resultCode: number): never {
  throw new LdapRefused(resultCode === 0 ? 'the entry has no such attribute' : `result code ${resultCode}`);
}

type Message =
  | { readonly kind: 'entry'; readonly value: Uint8Array | undefined }
  | { readonly kind: 'done'; readonly resultCode: number }
  | { readonly kind: 'other' };

const [ldapMessage, searchEntry, searchDone] = [0x30, 0x64, 0x65];

/** LDAPMessage (RFC 4511 §4.1.1), as far as a search needs it. */
function readMessage(message: Uint8Array): Message {
  const operation = inside(message, 1);
  if (operation.tag === searchDone)
    return { kind: 'done', resultCode: inside(operation.contents, 0).contents[0] ?? -1 };
  if (operation.tag !== searchEntry) return { kind: 'other' };
  const attributes = inside(operation.contents, 1).contents;
  if (attributes.length === 0) return { kind: 'entry', value: undefined };
  const values = inside(inside(attributes, 0).contents, 1).contents;
  return { kind: 'entry', value: values.length === 0 ? undefined : inside(values, 0).contents };
}

/** The nth element of some BER. */
function inside(bytes: Uint8Array, n: number): { readonly tag: number; readonly contents: Uint8Array } {
  let at = 0;
  for (let count = 0; ; count++) {
    const element = elementAt(bytes, at);
    if (!element || element.end > bytes.length) throw new LdapRefused('the response is not LDAP');
    if (count === n) return { tag: element.tag, contents: bytes.subarray(element.start, element.end) };
    at = element.end;
  }
}

/** Tag and extent of the element at an offset; undefined when not even its length is there yet. BER, so any long form. */
function elementAt(
  bytes: Uint8Array,
  at: number,
): { readonly tag: number; readonly start: number; readonly end: number } | undefined {
  const header = headerIn(bytes, at);
  if (!header) return undefined;
  const { tag, start, length } = header;
  if (length === undefined) throw new LdapRefused('the response is not LDAP'); // RFC 4511 §5.1: the definite form only
  return { tag, start, end: start + length };
}

function headerIn(bytes: Uint8Array, at: number): ElementHeader | undefined {
  try {
    return headerAt(bytes, at, 'LDAP message');
  } catch {
    throw new LdapRefused('the response is not LDAP');
  }
}

/** One entry, one attribute, no aliases followed, whatever its object class (RFC 4511 §4.5.1). */
function searchRequest({ dn, attribute }: LdapAddress): Uint8Array {
  const text = (value: string) => element(0x04, Buffer.from(value, 'utf8'));
  const number = (tag: number, value: number) => element(tag, Uint8Array.of(value));
  const operation = element(
    0x63,
    text(dn),
    number(0x0a, 0),
    number(0x0a, 0),
    number(0x02, 1),
    number(0x02, 60),
    number(0x01, 0),
    element(0x87, Buffer.from('objectClass')),
    element(0x30, text(attribute)),
  );
  return element(0x30, number(0x02, 1), operation);
}

function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  return Buffer.concat([Uint8Array.of(tag, 0x82, length >> 8, length & 0xff), contents]);
}
