import type { DerReader } from '../../asn1/der.ts';

/** ReasonFlags (RFC 5280 §4.2.1.13) as a number: bit n of the ASN.1 type is bit n here. */
export type ReasonMask = number;

/** keyCompromise (1) to aACompromise (8). Bit 0, "unused", stands for no reason at all. */
export const allReasons: ReasonMask = 0b1_1111_1110;

/** Reads ReasonFlags from the next element, which has this (implicit) tag. */
export function readReasonMask(reader: DerReader, tag: number): ReasonMask {
  const bits = reader.namedBits('ReasonFlags', tag);
  if ((bits.at(-1) ?? 0) > 15) throw reader.error('more reasons than there are');
  return bits.reduce((mask, bit) => mask | (1 << bit), 0) & allReasons;
}

/** CRLReason (§5.3.1) in the words of the standard. */
const reasonNames: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

/** The CRLReason that takes an entry off again; only a delta CRL has it. */
export const removeFromCrl = 8;

/** An entry without a reason means "unspecified" (§5.3.1). */
export const nameOfReason = (reason: number | undefined): string => reasonNames[reason ?? 0] ?? `reason ${reason}`;
