import { hash } from 'node:crypto';

/** What the derived octets are for (RFC 7292 Appendix B.3). */
export const purposes = { key: 1, iv: 2, mac: 3 } as const;

export interface DerivationInput {
  readonly hash: 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly purpose: keyof typeof purposes;
  readonly length: number;
}

/** The password as a BMPString with its two terminating zeros (RFC 7292 Appendix B.1). */
export function bmpPassword(password: string): Uint8Array {
  return Buffer.from(`${password}\0`, 'utf16le').swap16();
}

/** Key derivation of RFC 7292 Appendix B.2; letters are the RFC's. */
export function derive(input: DerivationInput): Uint8Array {
  const v = input.hash === 'sha384' || input.hash === 'sha512' ? 128 : 64;
  const D = new Uint8Array(v).fill(purposes[input.purpose]);
  const I = Buffer.concat([repetition(input.salt, v), repetition(input.password, v)]);
  const blocks: Uint8Array[] = [];
  for (let have = 0; have < input.length; ) {
    const A = digest(input.hash, Buffer.concat([D, I]), input.iterations);
    blocks.push(A);
    have += A.length;
    addToBlocks(I, repetition(A, v).subarray(0, v), v);
  }
  return Buffer.concat(blocks).subarray(0, input.length);
}

/** Steps 2 and 3: as often as fills whole blocks of v octets; nothing stays nothing. */
function repetition(octets: Uint8Array, v: number): Uint8Array {
  const length = v * Math.ceil(octets.length / v);
  return Uint8Array.from({ length }, (_, i) => octets[i % octets.length] ?? 0);
}

function digest(algorithm: string, octets: Uint8Array, iterations: number): Uint8Array {
  let out: Uint8Array = octets;
  for (let i = 0; i < iterations; i++) out = hash(algorithm, out, 'buffer');
  return out;
}

/** Step 6C: I_j = (I_j + B + 1) mod 2^8v for every block of I. */
function addToBlocks(I: Uint8Array, B: Uint8Array, v: number): void {
  for (let start = 0; start < I.length; start += v) {
    let carry = 1;
    for (let i = v - 1; i >= 0; i--) {
      carry += (I[start + i] ?? 0) + (B[i] ?? 0);
      I[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}
