import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareWithLedger } from './ledger.ts';
import { decide } from './pkits-case.ts';
import { pkitsDifferences } from './pkits-differences.ts';
import { howToGetPkits, pkitsCases, pkitsFolder } from './pkits-files.ts';

const folder = pkitsFolder();

test('the list of cases is whole: 249 of them, 114 valid', () => {
  assert.equal(pkitsCases.length, 249);
  assert.equal(pkitsCases.filter(({ expect }) => expect.valid).length, 114);
});

test('only what needs DSA parameter inheritance may differ', () =>
  assert.deepEqual(Object.keys(pkitsDifferences), ['4.1.5']));

for (const pkitsCase of pkitsCases)
  test(`PKITS ${pkitsCase.id} ${pkitsCase.name}: ${pkitsCase.expect.valid ? 'valid' : 'invalid'}`, {
    skip: folder ? false : howToGetPkits,
  }, () => {
    for (let round = 0; round < 3; round++) {
      const { ruling, policies } = decide(pkitsCase, round);
      const ours = ruling.outcome === 'passed' ? 'passed' : 'refused';
      const verdict = compareWithLedger(
        pkitsDifferences[pkitsCase.id],
        ours,
        ruling.because.code,
        pkitsCase.expect.valid ? 'passed' : 'refused',
      );
      assert.ok(
        verdict === 'same' || verdict === 'known',
        `${verdict} in round ${round}: ${JSON.stringify(ruling.because)}`,
      );
      if (ours === 'passed' && pkitsCase.expect.valid)
        assert.deepEqual([...policies].sort(), [...pkitsCase.expect.userConstrainedPolicySet].sort());
    }
  });
