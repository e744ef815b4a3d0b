import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { test } from 'node:test';
import { manyEntries } from '#pki/build/crl-builder.ts';
import { readEntry } from './entry.ts';
import { plainEntry } from './plain-entry.ts';

/** One entry as a CA would write it. */
function entry(reason: boolean): Uint8Array {
  const serials = randomBytes(16);
  serials[0] = ((serials[0] ?? 0) & 0x3f) | 0x40;
  const revocationDate = new Date(Date.UTC(2026, 1, 28, 23, 59, 59));
  return manyEntries({ count: 1, revocationDate, serials, ...(reason ? { reason: 'keyCompromise' } : {}) });
}
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
function strictly(bytes: Uint8Array): number | undefined {
  try {
    const { serialNumber } = readEntry(bytes, 0);
    return serialNumber + (bytes[serialNumber - 1] ?? 0);
  } catch {
    return undefined;
  }
}

test('an ordinary entry takes the short way', () => {
  for (const bytes of [entry(true), entry(false)]) assert.equal(plainEntry(viewOf(bytes), 0, bytes.length), 20);
});

test('what the short way takes, the strict reader takes, with the same serial number', () => {
  const rounds = 200_000;
  const [kinds, serials] = [[entry(true), entry(false)] as const, randomBytes(16 * rounds)];
  for (let round = 0; round < rounds; round++) {
    // Another serial number each time: to write the whole entry takes ten times as long.
    const bytes = Uint8Array.from(kinds[round % 2]!);
    bytes.set(serials.subarray(16 * round, 16 * round + 16), 4);
    bytes[4] = (bytes[4]! & 0x3f) | 0x40;
    for (let changes = randomInt(1, 3); changes > 0; changes--) bytes[randomInt(2, bytes.length)] = randomInt(256);
    const time = plainEntry(viewOf(bytes), 0, bytes.length);
    if (time !== 0) assert.equal(strictly(bytes), time, Buffer.from(bytes).toString('hex'));
  }
});

test('every day of four years takes one way or the other, and only days there are', () => {
  const bytes = entry(false);
  for (let year = 24; year < 28; year++)
    for (let month = 0; month <= 13; month++)
      for (let day = 0; day <= 32; day++) {
        const digits = [year, month, day].map((number) => String(number).padStart(2, '0')).join('');
        bytes.set(Buffer.from(digits), 22);
        const exists =
          new Date(Date.UTC(2000 + year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12;
        assert.equal(strictly(bytes) !== undefined, exists, digits);
        if (plainEntry(viewOf(bytes), 0, bytes.length) !== 0) assert.ok(exists, digits);
      }
});
