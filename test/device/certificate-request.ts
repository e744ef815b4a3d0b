import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  bitString,
  contextConstructed,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  tlv,
} from '#pki/build/der-writer.ts';
import { algorithmOf, publicKeyInfo, type SchemeName, schemeFor, sign } from '#pki/build/fields/keys.ts';

interface RequestOptions {
  /** DER of the string in the subject; a UTF8String of the fixed name of Windows by default. */
  readonly name?: Uint8Array;
  readonly nonce?: string;
  /** Another key in the request than the one that signs it. */
  readonly publicKey?: KeyObject;
  readonly scheme?: SchemeName;
  /** Octets that make the request larger. */
  readonly padding?: number;
}

const windowsName = '7E980AD9-B86D-4306-9425-9AC066FB014A';

/** A PKCS #10 request (RFC 2986), base64. */
export function certificateRequest(key: KeyObject, options: RequestOptions = {}): string {
  const name = options.name ?? tlv(0x0c, Buffer.from(windowsName));
  const extension = (type: string, value: Uint8Array) =>
    sequence(oid('1.2.840.113549.1.9.14'), setOf(sequence(sequence(oid(type), octetString(value)))));
  const attributes = [
    ...(options.nonce === undefined ? [] : [extension('1.2.840.113556.1.5.284.2.1', Buffer.from(options.nonce))]),
    ...(options.padding === undefined ? [] : [extension('1.2.3.4', new Uint8Array(options.padding))]),
  ];
  const info = sequence(
    integer(0),
    sequence(setOf(sequence(oid('2.5.4.3'), name))),
    publicKeyInfo(options.publicKey ?? createPublicKey(key)),
    contextConstructed(0, ...attributes),
  );
  const scheme = options.scheme ?? schemeFor(key);
  return Buffer.from(sequence(info, algorithmOf(scheme), bitString(sign(info, key, scheme)))).toString('base64');
}

/** The subject with a NUL behind it, as the sample of MS-DVRJ has it (windows-sign-in §0.4). */
export const nameWithNul = tlv(0x13, Buffer.from(`${windowsName}\0`));
