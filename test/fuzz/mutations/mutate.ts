import type { Random } from '../../differential/random.ts';

/** One to eight changes of the kinds that parsers get wrong: bits, lengths, tags, pieces gone, doubled or swapped in. */
export function mutate(seed: Uint8Array, second: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(seed);
  for (let count = 1 + random.below(8); count > 0; count--) bytes = random.pick(changes)(bytes, second, random);
  return bytes;
}

type Change = (bytes: Uint8Array, second: Uint8Array, random: Random) => Uint8Array;

/** Octets with a meaning in DER and TLS, and those at the edges of number ranges. */
const notableOctets = [
  0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x13, 0x16, 0x17, 0x18, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84,
  0xa0, 0xa3, 0xff,
];

const changes: readonly Change[] = [
  (bytes, _, random) => at(bytes, random, (octet) => octet ^ (1 << random.below(8))),
  (bytes, _, random) => at(bytes, random, () => random.pick(notableOctets)),
  (bytes, _, random) => at(bytes, random, (octet) => (octet + random.pick([-1, 1, -2, 2])) & 0xff),
  (bytes, _, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, _, random) => without(bytes, random),
  (bytes, _, random) => inserted(bytes, piece(bytes, random), random),
  (bytes, second, random) => inserted(bytes, piece(second, random), random),
  (bytes, _, random) => elementChanged(bytes, random),
];

function at(bytes: Uint8Array, random: Random, change: (octet: number) => number): Uint8Array {
  if (bytes.length > 0) {
    const index = random.below(bytes.length);
    bytes[index] = change(bytes[index]!);
  }
  return bytes;
}

function piece(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length + 1);
  return bytes.slice(from, from + random.below(64));
}

function without(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length + 1);
  const rest = bytes.slice(from + random.below(32));
  return text(bytes.slice(0, from), rest);
}

function inserted(bytes: Uint8Array, part: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length + 1);
  return text(bytes.slice(0, from), part, bytes.slice(from));
}

/**
 * Finds what looks like an element and gives it a tag or length of its own. Surrounding lengths are mended for one-octet
 * growth now and then, so that the change reaches the inside of a parser and not only its first check.
 */
function elementChanged(bytes: Uint8Array, random: Random): Uint8Array {
  const starts = [...bytes.keys()].filter((i) => bytes[i] === 0x30 || bytes[i] === 0x06 || bytes[i] === 0x04);
  if (starts.length === 0) return bytes;
  const start = random.pick(starts);
  if (start + 1 < bytes.length) bytes[start + random.below(2)] = random.pick(notableOctets);
  return bytes;
}

function text(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
