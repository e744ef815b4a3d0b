import { createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 6238 as every authenticator app has it by default: SHA-1, six digits, thirty seconds. */
export const totpSeconds = 30;
const digits = 6;
/** §5.2: one step before and one after, for clocks that differ and people who type slowly. */
const tolerance = 1;

/** RFC 4226 §5.3 for one time step. */
export function totpAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.at(-1)! & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
}

/**
 * The time step whose code this is, or undefined. The caller accepts a step once and none before it (§5.2): that is what
 * makes the password one-time. Every step is compared, in constant time.
 */
export function matchingStep(secret: Uint8Array, typedText: string, at: Date): number | undefined {
  const code = typedText.replaceAll(/[\s-]/gu, '');
  if (!/^\d{6}$/u.test(code)) return undefined;
  const now = Math.floor(at.getTime() / 1000 / totpSeconds);
  let match: number | undefined;
  for (let step = Math.max(0, now - tolerance); step <= now + tolerance; step++) {
    if (timingSafeEqual(Buffer.from(totpAt(secret, step)), Buffer.from(code))) match = step;
  }
  return match;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 §6 without padding, as authenticator apps take it. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/gu) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** What the QR code says (the Key URI format). `issuer` and `account` are shown in the app. */
export function otpauthUri(request: {
  readonly issuer: string;
  readonly account: string;
  readonly secret: Uint8Array;
}): string {
  // A colon divides issuer and account, so neither may have one of its own.
  const [issuer, account] = [request.issuer, request.account].map((text) =>
    encodeURIComponent(text.replaceAll(':', ' ')),
  );
  const facts = `secret=${base32(request.secret)}&issuer=${issuer}&algorithm=SHA1&digits=${digits}&period=${totpSeconds}`;
  return `otpauth://totp/${issuer}:${account}?${facts}`;
}
