import { parseArgs } from 'node:util';
import { judgeChain, seedsFrom } from './chains.ts';
import { type Comparison, compare, report } from './compare.ts';
import { chainLedger } from './ledger.ts';

/** `node test/differential/run.ts --count 10000 --from 0`: as many random chains as one likes, judged twice. */
const { values } = parseArgs({ options: { count: { type: 'string' }, from: { type: 'string' } } });
const found: Comparison = compare(
  seedsFrom(Number(values.from ?? 0), Number(values.count ?? 1000)).map(judgeChain),
  chainLedger,
);
process.stdout.write(report(found));
process.exitCode = found.unexplained.length > 0 ? 1 : 0;
