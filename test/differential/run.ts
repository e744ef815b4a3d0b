import { parseArgs } from 'node:util';
import { compareChain, seedsFrom } from './chains.ts';
import { type Comparison, compare, report } from './compare.ts';
import { chainLedger, revocationLedger } from './ledger.ts';
import { compareRevocation } from './revocations/revocations.ts';

/** `npm run differential -- --count 10000 --from 0 --of crls`: as many random chains or CRLs as one likes, evaluated twice. */
const { values } = parseArgs({
  options: { count: { type: 'string' }, from: { type: 'string' }, of: { type: 'string', default: 'chains' } },
});
const seeds = seedsFrom(Number(values.from ?? 0), Number(values.count ?? 1000));
const comparison: Comparison =
  values.of === 'crls'
    ? compare(seeds.map(compareRevocation), revocationLedger)
    : compare(seeds.map(compareChain), chainLedger);
process.stdout.write(report(comparison));
process.exitCode = comparison.unexplained.length > 0 ? 1 : 0;
