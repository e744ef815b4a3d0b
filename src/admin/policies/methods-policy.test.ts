import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { refusedWith } from '#test/refused-with.ts';
import { changeMethod, changeMethodsPolicy } from './methods-policy.ts';

const actor = 'an administrator';
const targets = (count: number) =>
  Array.from({ length: count }, () => ({ targetType: 'group' as const, id: 'all_users' }));

describe('the targets of authentication methods are limited', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());

  for (const list of ['includeTargets', 'excludeTargets'] as const) {
    test(`a method has at most 100 ${list}`, async () => {
      const { ports } = woodgrove;
      const change = (count: number) =>
        changeMethod('Fido2', { [list]: targets(count) }, { actor, ports }).then(orThrow);
      await assert.rejects(change(101), {
        because: {
          code: 'graphPropertyInvalid',
          evidence: { target: list, problem: 'there can be at most 100 targets' },
        },
      });
      assert.deepEqual(await ports.policy.methodStates(), []);
      await change(100);
      assert.equal((await ports.policy.methodStates())[0]?.[list].length, 100);
    });

    test(`the system-preferred method has at most one of ${list}`, async () => {
      const { ports, clock } = woodgrove;
      const change = (count: number) => {
        const systemCredentialPreferences = { [list]: targets(count) };
        return changeMethodsPolicy({ systemCredentialPreferences }, { at: clock.at, actor, ports }).then(orThrow);
      };
      await assert.rejects(change(2), {
        because: {
          code: 'graphPropertyInvalid',
          evidence: { target: `systemCredentialPreferences/${list}`, problem: 'there can be at most 1 target' },
        },
      });
      await change(1);
    });
  }

  test('a target that is not in the tenant is refused', async () => {
    const { ports } = woodgrove;
    const includeTargets = [{ targetType: 'group' as const, id: crypto.randomUUID() }];
    await assert.rejects(
      changeMethod('Fido2', { includeTargets }, { actor, ports }).then(orThrow),
      refusedWith('graphMethodTargetUnknown'),
    );
  });
});
