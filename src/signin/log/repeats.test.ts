import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignInRecord } from '#model/sign-in.ts';
import { recordAt } from '#test/contract/record-at.ts';
import { describeRepeats } from './repeats.ts';

const at = Date.parse('2027-03-01T12:00:00Z');
const repeats = { count: 7, lastDateTime: new Date(at) };

const rows: readonly { name: string; change: Partial<SignInRecord>; text: string | undefined }[] = [
  { name: 'one attempt', change: {}, text: undefined },
  { name: 'identical attempts', change: { repeats }, text: '7 identical attempts' },
  {
    ...{ name: 'attempts of one source with many names', change: { repeats, isOfManyNames: true } },
    text: '7 attempts with unknown user names',
  },
  {
    ...{ name: 'failures of one user with one code', change: { repeats, isOfManyCauses: true } },
    text: '7 attempts with the same error code',
  },
];
for (const { name, change, text } of rows)
  test(`an entry of ${name} is described as ${text ?? 'nothing more'}`, () =>
    assert.equal(describeRepeats(recordAt(at, change)), text));
