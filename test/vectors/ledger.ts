/** How one vector came out. */
export type Outcome = 'passed' | 'refused';

/** A vector we answer differently, and why. Empty is the goal; silence is not. */
export interface Difference {
  readonly ours: Outcome;
  readonly code: string;
  readonly because: string;
}

/** `stale` and `new` fail a run: an entry that is no longer needed, and an unexplained difference. */
export function compareWithLedger(
  difference: Difference | undefined,
  ours: Outcome,
  code: string,
  theirs: Outcome,
): 'same' | 'known' | 'stale' | 'new' {
  if (ours === theirs) return difference ? 'stale' : 'same';
  return difference?.ours === ours && difference.code === code ? 'known' : 'new';
}
