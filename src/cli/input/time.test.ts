import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { timeIn } from './time.ts';

describe('the time that a command names', () => {
  for (const [text, time] of [
    ['2026-11-26', '2026-11-26T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-11-26T08:30', '2026-11-26T08:30:00.000Z'],
    ['2026-11-26T08:30:01.5Z', '2026-11-26T08:30:01.500Z'],
    ['2026-11-26T08:30:01.1234567+01:00', '2026-11-26T07:30:01.123Z'], // as PowerShell writes it (Get-Date -Format o)
    ['2026-11-26T00:30:00+02:00', '2026-11-25T22:30:00.000Z'],
  ] as const)
    test(`${text} is ${time}`, () => assert.equal(timeIn(text)?.toISOString(), time));

  for (const text of ['', '1', 'yesterday', '2026', '2026-02-30', '2027-02-29', '2026-13-01', '2026-02-31T08:00:00Z'])
    test(`"${text}" is no time`, () => assert.equal(timeIn(text), undefined));

  for (const text of ['2026-11-26T25:00', '2026-11-26 08:00', '26.11.2026', '2026-11-26T08:00+99:00'])
    test(`${text} is no time`, () => assert.equal(timeIn(text), undefined));
});
