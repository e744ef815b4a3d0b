import { totpAt, totpSeconds } from '#core/factors/totp.ts';

/** The code of an authenticator app now, or some steps ahead. */
export const codeOf = (secret: Buffer, ahead = 0): string =>
  totpAt(secret, Math.floor(Date.now() / 1000 / totpSeconds) + ahead);

/** The secret that a page shows. */
export function fromBase32(text: string): Buffer {
  const bits = [...text].map((item) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(item).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g)!;
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
