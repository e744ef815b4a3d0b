/**
 * Recognizes, without a branch too many, the entry that nearly every CRL is made of: a short serial number, a UTCTime
 * and at most one extension, the reason. Whatever looks different goes the long way (entry.ts), which alone refuses.
 *
 * Returns the offset where the entry's time begins, so that its serial number is `[at + 4, time)`; 0 for "look closer".
 * The caller vouches for `[at, end)` being one SEQUENCE inside the view.
 */
export function plainEntry(view: DataView, at: number, end: number): number {
  if (end - at < 0x15 || end - at > 0x81) return 0;
  const length = view.getUint8(at + 3);
  const time = at + 4 + length;
  const rest = end - time - 15;
  if (view.getUint8(at + 2) !== 0x02 || length < 2 || length > 60 || (rest !== 0 && rest !== 14)) return 0;
  // Two's complement in its shortest form: the first nine bits are neither all zero nor all one (X.690 §8.3.2).
  const nine = view.getInt16(at + 4) >> 7;
  if (nine === 0 || nine === -1 || !isUtcTime(view, time)) return 0;
  return rest === 0 || isReason(view, time + 15) ? time : 0;
}

/** Digits in three words at once: adding or taking away the distance to '9' and '0' sets a high bit when one is not a digit. */
function isUtcTime(view: DataView, at: number): boolean {
  const a = view.getInt32(at + 2);
  const b = view.getInt32(at + 6);
  const c = view.getInt32(at + 10);
  const over = a | b | c | (a + 0x46464646) | (b + 0x46464646) | (c + 0x46464646);
  const under = (a - 0x30303030) | (b - 0x30303030) | (c - 0x30303030);
  if (((over | under) & 0x80808080) !== 0 || view.getInt16(at) !== 0x170d || view.getUint8(at + 14) !== 0x5a)
    return false;
  const month = two(a);
  const day = two(b >>> 16);
  return isDay(month, day) && two(b) < 24 && two(c >>> 16) < 60 && two(c) < 60;
}

/** Whether this month of any year has this day; the 29th of February is left to those who know the year. */
function isDay(month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day < 29 || (day < 31 && month !== 2) || (day === 31 && ((0x15aa >>> month) & 1) === 1);
}

/** The number that the last two digits of a word spell. */
const two = (word: number): number => ((word >>> 8) & 15) * 10 + (word & 15);

/** SEQUENCE { SEQUENCE { id-ce-cRLReasons, OCTET STRING { ENUMERATED of one octet } } } (RFC 5280 §5.3.1). */
function isReason(view: DataView, at: number): boolean {
  return (
    view.getInt32(at) === 0x300c300a &&
    view.getInt32(at + 4) === 0x0603551d &&
    view.getInt32(at + 8) === 0x1504030a &&
    view.getUint8(at + 12) === 0x01
  );
}
