import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Budget } from '../limits/shared-limits.ts';
import { mostReported, NotableSpending, notableShare } from './notable-spending.ts';

const budget: Budget = { most: 100, seconds: 10 };
const notable = notableShare * budget.most;

describe('what is reported of a source to other nodes', () => {
  const counting = () => {
    const spending = new NotableSpending();
    const note = (source: string, count: number, now = 0, of = budget) =>
      spending.note({ spent: { requests: { [source]: count } }, budgets: { requests: of } }, now);
    return { spending, note };
  };

  test('nothing below a notable share of its budget, and all of it from then on', () => {
    const { spending, note } = counting();
    note('s', notable - 1);
    assert.equal(spending.take(), undefined);
    note('s', 1);
    assert.deepEqual(spending.take(), { requests: { s: notable } });
    assert.equal(spending.take(), undefined);
    note('s', 1);
    note('other', 1);
    assert.deepEqual(spending.take(), { requests: { s: 1 } });
  });

  test('what it took in the window before counts no longer, because its budget was refilled', () => {
    const { spending, note } = counting();
    note('s', notable - 1);
    note('s', notable - 1, 10_000);
    assert.equal(spending.take(), undefined);
    note('s', 1, 10_001);
    assert.deepEqual(spending.take(), { requests: { s: notable } });
  });

  test('what waits to be reported is not lost with the end of its window', () => {
    const { spending, note } = counting();
    note('s', notable);
    note('s', 1, 10_000);
    assert.deepEqual(spending.take(), { requests: { s: notable + 1 } });
  });

  test('what was given back, once it was reported', () => {
    const { spending, note } = counting();
    note('s', notable + 1);
    spending.take();
    note('s', -1);
    assert.deepEqual(spending.take(), { requests: { s: -1 } });
  });

  test('the same of each limit, by its own budget', () => {
    const spending = new NotableSpending();
    const budgets = { requests: { most: 1000, seconds: 10 }, forms: { most: 20, seconds: 10 } };
    spending.note({ spent: { requests: { s: 10 }, forms: { s: 1 } }, budgets }, 0);
    assert.deepEqual(spending.take(), { forms: { s: 1 } });
  });

  test('however many sources there are: the largest first, the others next, in bounded memory', () => {
    const { spending, note } = counting();
    for (let index = 0; index < 20_000; index++) note(`s${index}`, notable);
    note('largest', 2 * notable);
    const first = Object.keys(spending.take()!.requests!);
    assert.equal(first.length, mostReported);
    assert.equal(first[0], 'largest');
    let count = first.length;
    for (let next = spending.take(); next; next = spending.take()) count += Object.keys(next.requests!).length;
    assert.equal(count, 5_000);
  });
});
