import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CaseResult, compare, type Explained, report } from './compare.ts';

const verdict = (theirs: string, ours: string, ...mutations: string[]): CaseResult => ({
  seed: 7,
  mutations,
  theirs,
  ours,
});
const row = (theirs: string, ours: string, mutation?: string): Explained => ({
  theirs,
  ours,
  because: 'it is so',
  ...(mutation === undefined ? {} : { mutation }),
});

test('two refusals agree whatever their words', () => {
  const { refusedByBoth, unexplained } = compare([verdict('certificate has expired', 'signatureWrong')], []);
  assert.deepEqual({ refusedByBoth, unexplained }, { refusedByBoth: 1, unexplained: [] });
});

const cases = [
  { name: 'a disagreement in the ledger is explained', ledger: [row('ok', 'x')], unexplained: 0, stale: 0 },
  { name: 'a row for another code explains nothing and is stale', ledger: [row('ok', 'y')], unexplained: 1, stale: 1 },
  { name: 'a row for another mutation explains nothing', ledger: [row('ok', 'x', 'n')], unexplained: 1, stale: 1 },
  { name: 'a row for its mutation explains it', ledger: [row('ok', 'x', 'm')], unexplained: 0, stale: 0 },
  {
    name: 'a row that the third implementation does not confirm explains nothing',
    ledger: [{ ...row('ok', 'x'), confirms: () => false }],
    unexplained: 1,
    stale: 1,
  },
  { name: 'without a row it is unexplained', ledger: [], unexplained: 1, stale: 0 },
];
for (const { name, ledger, unexplained, stale } of cases)
  test(name, () => {
    const match = compare([verdict('ok', 'x', 'm'), verdict('ok', 'passed')], ledger);
    assert.deepEqual([match.unexplained.length, match.stale.length, match.passedByBoth], [unexplained, stale, 1]);
  });

test('the report names the seed of an unexplained difference', () => {
  assert.match(report(compare([verdict('ok', 'x', 'm')], [])), /UNEXPLAINED seed 7 \(m\): OpenSSL "ok", we x/);
});
