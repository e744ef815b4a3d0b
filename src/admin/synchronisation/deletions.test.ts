import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { checkDeletions } from './deletions.ts';

const standard = { objects: 500, percent: 10 };
const cases = [
  { name: 'none', deletions: 0, of: 0, threshold: standard, limit: undefined },
  { name: 'ten, which are few, of twelve', deletions: 10, of: 12, threshold: standard, limit: undefined },
  { name: 'eleven of twelve', deletions: 11, of: 12, threshold: standard, limit: '10 percent' },
  { name: 'as large a share as permitted', deletions: 20, of: 200, threshold: standard, limit: undefined },
  { name: 'one more than the share', deletions: 21, of: 200, threshold: standard, limit: '10 percent' },
  { name: 'as many as permitted', deletions: 500, of: 100_000, threshold: standard, limit: undefined },
  { name: 'one more than permitted', deletions: 501, of: 100_000, threshold: standard, limit: '500 objects' },
  {
    name: 'few, with a smaller threshold',
    deletions: 3,
    of: 1000,
    threshold: { objects: 2, percent: 10 },
    limit: '2 objects',
  },
  {
    name: 'all, where neither number limits',
    deletions: 900,
    of: 900,
    threshold: { objects: 0, percent: 100 },
    limit: undefined,
  },
];
for (const { name, deletions, of, threshold, limit } of cases)
  test(`a run that deletes ${name}: ${limit ? `more than ${limit}` : 'it continues'}`, () => {
    const check = () =>
      orThrow(checkDeletions('corp.test', { deletions, objects: of }, { deletionThreshold: threshold }));
    if (limit === undefined) return check();
    assert.throws(check, ({ because }: CardeaError) => {
      assert.deepEqual(because, {
        code: 'syncDeletionsRefused',
        evidence: { domain: 'corp.test', deletions, objects: of, limit },
      });
      return true;
    });
  });
