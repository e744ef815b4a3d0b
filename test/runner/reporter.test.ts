import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { failedFiles, type Outcomes, report, skips, takeSecondRun } from './reporter.ts';

describe('skips are listed by what is missing', () => {
  const openssl = 'openssl is not installed (Debian: apt-get install openssl)';
  const screen = 'not installed: apt-get install xvfb openbox';
  const cases = [
    { name: 'nothing was skipped', reasons: [], text: '' },
    { name: 'one reason', reasons: ['no reason given'], text: 'skipped: 1 × no reason given\n' },
    {
      name: 'the reason of most tests comes first, and one command installs everything',
      reasons: [screen, openssl, openssl],
      text: `skipped: 2 × ${openssl}\nskipped: 1 × ${screen}\nAll of them: apt-get install openbox openssl xvfb\n`,
    },
  ];
  for (const { name, reasons, text } of cases)
    test(name, () => assert.equal(skips(reasons.map((why) => ({ name: 'a test', why }))), text));
});

describe('a second run of the files that failed', () => {
  const outcome = (passed: number, ...failures: string[]) => ({ passed, failures, skipped: [], seconds: 1 });
  const first = (): Outcomes =>
    new Map([
      ['a', outcome(3)],
      ['b', outcome(1, 'b2 failed')],
      ['c', outcome(0, 'c1 failed', 'c2 failed')],
    ]);

  test('stands instead of the first, whose failures are returned when the file passes', () => {
    const outcomes = first();
    assert.deepEqual(failedFiles(outcomes), ['b', 'c']);
    const second = new Map([
      ['b', outcome(2)],
      ['c', outcome(1, 'c2 failed')],
    ]);
    assert.deepEqual(takeSecondRun(outcomes, second), ['b2 failed']);
    assert.deepEqual(failedFiles(outcomes), ['c']);
    assert.deepEqual(
      [...outcomes.values()].map(({ passed }) => passed),
      [3, 2, 1],
    );
  });

  test('a file that fails again stays failed', () => {
    const outcomes = first();
    assert.deepEqual(takeSecondRun(outcomes, new Map([['b', outcome(0, 'b2 failed')]])), []);
    assert.deepEqual(failedFiles(outcomes), ['b', 'c']);
  });
});

test('a test in a module that several files import counts for the file that was run', async () => {
  const failure = Object.assign(new Error('wrapped'), { cause: new Error('first line\nsecond line') });
  const event = (type: string, data: object) =>
    ({ type, data: { file: '/root/shared.ts', entryFile: '/root/a.test.ts', ...data } }) as unknown as TestEvent;
  async function* events() {
    yield event('test:pass', { name: 'one', details: {} });
    yield event('test:fail', { name: 'two', line: 7, details: { error: failure } });
  }
  const outcomes: Outcomes = new Map();
  await report(events(), '/root', outcomes, () => {});
  assert.deepEqual(Object.fromEntries(outcomes), {
    'a.test.ts': { passed: 1, failures: ['two (shared.ts:7): first line\nsecond line'], skipped: [] },
  });
});
