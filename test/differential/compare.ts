/** One chain evaluated twice. `theirs` is `ok` or OpenSSL's words; `ours` is `passed` or a code of the table of reasons. */
export interface CaseResult {
  readonly seed: number;
  readonly mutations: readonly string[];
  readonly theirs: string;
  readonly ours: string;
}

/** A disagreement we know and stand by. */
export interface Explained {
  readonly theirs: string;
  readonly ours: string;
  /** Only where this was done to the chain; absent where the two answers say enough. */
  readonly mutation?: string;
  /** Only where a third implementation confirms our answer; absent where no other implementation of the rule is at hand. */
  readonly confirms?: (result: CaseResult) => boolean;
  readonly because: string;
}

export interface Comparison {
  readonly passedByBoth: number;
  readonly refusedByBoth: number;
  readonly explained: ReadonlyMap<Explained, number>;
  readonly unexplained: readonly CaseResult[];
  /** Rows of the ledger that nothing needed: they hide a disagreement to come, so they fail. */
  readonly stale: readonly Explained[];
}

/** Whether each chain got the same answer, or another for a reason in the ledger. */
export function compare(verdict: readonly CaseResult[], ledger: readonly Explained[]): Comparison {
  const explanation = new Map<Explained, number>();
  const mysteries: CaseResult[] = [];
  const apart = verdict.filter(({ theirs, ours }) => (theirs === 'ok') !== (ours === 'passed'));
  for (const item of apart) {
    const row = ledger.find((candidate) => explains(candidate, item));
    if (row) explanation.set(row, (explanation.get(row) ?? 0) + 1);
    else mysteries.push(item);
  }
  const passedByBoth = verdict.filter(({ theirs, ours }) => theirs === 'ok' && ours === 'passed').length;
  return {
    passedByBoth,
    refusedByBoth: verdict.length - apart.length - passedByBoth,
    explained: explanation,
    unexplained: mysteries,
    stale: ledger.filter((row) => !explanation.has(row)),
  };
}

function explains(row: Explained, result: CaseResult): boolean {
  const twin = row.theirs === result.theirs && row.ours === result.ours;
  const fits = row.mutation === undefined || result.mutations.includes(row.mutation);
  return twin && fits && (row.confirms === undefined || row.confirms(result));
}

/** For people: totals, then each explained kind, then the unexplained ones. */
export function report({ passedByBoth, refusedByBoth, explained, unexplained, stale }: Comparison): string {
  const head = `${passedByBoth} passed by both, ${refusedByBoth} refused by both`;
  const explanations = [...explained].map(([row, count]) => `${count} explained: ${sides(row)}: ${row.because}`);
  const news = unexplained.map(
    (item) => `UNEXPLAINED seed ${item.seed} (${item.mutations.join(', ')}): ${sides(item)}`,
  );
  return [head, ...explanations, ...news, ...stale.map((row) => `STALE: ${sides(row)}`), ''].join('\n');
}

const sides = ({ theirs, ours }: { theirs: string; ours: string }): string => `OpenSSL "${theirs}", we ${ours}`;
