import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { openTenant } from '#test/contract/one-tenant.ts';
import { rulingOf } from '../refusals.ts';
import { changeInTransaction } from './transaction.ts';

const cause = new Error('the connection was refused');
const refuse = async () => {
  throw fault('nothingFound', { kind: 'user', wanted: 'ana' }, cause);
};

test('a refusal that is thrown leaves the transaction with its cause', async () => {
  const { ports, end } = await openTenant();
  const ruling = await changeInTransaction(ports, refuse);
  assert.equal(ruling.outcome, 'refused');
  assert.throws(() => orThrow(ruling), { cause, because: ruling.because });
  await end();
});

test('a port that throws a refusal keeps its cause as well', async () => {
  const ruling = await rulingOf(refuse);
  assert.throws(() => orThrow(ruling), { cause, because: ruling.because });
});
