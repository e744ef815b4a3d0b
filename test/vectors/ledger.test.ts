import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareWithLedger } from './ledger.ts';

const noted = { ours: 'refused', code: 'keyUnreadable', because: 'explained' } as const;
const cases = [
  { name: 'agreement needs no entry', noted: undefined, ours: 'passed', code: '', theirs: 'passed', expect: 'same' },
  {
    name: 'an entry that is no longer needed is stale',
    noted,
    ours: 'passed',
    code: '',
    theirs: 'passed',
    expect: 'stale',
  },
  {
    name: 'a difference with its entry is known',
    noted,
    ours: 'refused',
    code: 'keyUnreadable',
    theirs: 'passed',
    expect: 'known',
  },
  {
    name: 'a difference for another reason than the entry gives is new',
    noted,
    ours: 'refused',
    code: 'crlMissing',
    theirs: 'passed',
    expect: 'new',
  },
  {
    name: 'a difference without an entry is new',
    noted: undefined,
    ours: 'passed',
    code: '',
    theirs: 'refused',
    expect: 'new',
  },
] as const;
for (const { name, noted, ours, code, theirs, expect } of cases)
  test(name, () => assert.equal(compareWithLedger(noted, ours, code, theirs), expect));
