import type { KeyObject } from 'node:crypto';
import { signed } from '#pki/build/certificate-builder.ts';

/** A certificate or CRL whose to-be-signed part is edited as hex, at the same length, and signed again. */
export function signedAgain(der: Uint8Array, key: KeyObject, from: string, to: string): Uint8Array {
  const tbs = Buffer.from(firstIn(der)).toString('hex');
  if (!tbs.includes(from) || from.length !== to.length) throw new Error(`${from} cannot be ${to} in ${tbs}`);
  return signed(new Uint8Array(Buffer.from(tbs.replace(from, to), 'hex')), { key });
}

/** The first element inside of an element. */
export function firstIn(der: Uint8Array): Uint8Array {
  const [, outer] = extent(der, 0);
  const [, , end] = extent(der, outer);
  return der.subarray(outer, end);
}

function extent(der: Uint8Array, at: number): [at: number, start: number, end: number] {
  const first = der[at + 1]!;
  const count = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + count;
  const length = count === 0 ? first : der.subarray(at + 2, start).reduce((sum, octet) => sum * 256 + octet, 0);
  return [at, start, start + length];
}
