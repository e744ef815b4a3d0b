import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fault } from '#core/trace/fault.ts';
import { orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { rulingOf } from '../refusals.ts';
import { changeInTransaction } from './transaction.ts';

const [ana, twin] = [userOf('ana@woodgrove.test'), userOf('ana@woodgrove.test')];
type Ports = OneTenant['ports'];
const cause = new Error('the connection was refused');
const refuse = async () => {
  throw fault('nothingFound', { kind: 'user', wanted: 'ana' }, cause);
};

describe('what a change wrote is committed when its ruling passed', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());
  const add = async (ports: Pick<Ports, 'users'>, ruling: Ruling<boolean>) => {
    await ports.users.add(ana, 'test');
    return ruling;
  };
  const isThere = async () => (await woodgrove.ports.users.find(ana.id)) !== undefined;
  const no = refused('nothingFound', { kind: 'user', wanted: 'x' });

  for (const { name, ruling, isCommittable, code, isCommitted } of [
    { name: 'it passed', ruling: success(true), code: 'passed', isCommitted: true },
    { name: 'it was refused', ruling: no, code: 'nothingFound', isCommitted: false },
    {
      name: 'it passed, as a rehearsal',
      ruling: success(true),
      isCommittable: () => false,
      code: 'passed',
      isCommitted: false,
    },
  ])
    test(`${name}: ${isCommitted ? 'committed' : 'rolled back'}`, async () => {
      assert.equal(
        outcomeOf(await changeInTransaction(woodgrove.ports, (ports) => add(ports, ruling), isCommittable)),
        code,
      );
      assert.equal(await isThere(), isCommitted);
    });

  test('what a store refuses is a refusal, and rolls back', async () => {
    const ruling = await changeInTransaction(woodgrove.ports, async (ports) => {
      await add(ports, success(true));
      await ports.users.add(twin, 'test');
      return success();
    });
    assert.equal(outcomeOf(ruling), 'userPrincipalNameTaken');
    assert.equal(await isThere(), false);
  });

  test('a fault is thrown, and rolls back', async () => {
    const work = async (ports: Pick<Ports, 'users'>) => {
      await add(ports, success(true));
      throw new Error('a bug');
    };
    await assert.rejects(changeInTransaction(woodgrove.ports, work), /a bug/);
    assert.equal(await isThere(), false);
  });

  test('within a transaction it is a savepoint: what came before stays', async () => {
    const outer = await changeInTransaction(woodgrove.ports, async (ports) => {
      await add(ports, success(true));
      const inner = await changeInTransaction(ports, async ({ users }) => {
        await users.remove(ana.id, 'test');
        return no;
      });
      assert.equal(outcomeOf(inner), 'nothingFound');
      return success();
    });
    assert.equal(outcomeOf(outer), 'passed');
    assert.equal(await isThere(), true);
  });

  test('a refusal that is thrown leaves the transaction with its cause', async () => {
    const ruling = await changeInTransaction(woodgrove.ports, refuse);
    assert.equal(ruling.outcome, 'refused');
    assert.throws(() => orThrow(ruling), { cause, because: ruling.because });
  });
});

test('a port that throws a refusal keeps its cause as well', async () => {
  const ruling = await rulingOf(refuse);
  assert.throws(() => orThrow(ruling), { cause, because: ruling.because });
});
