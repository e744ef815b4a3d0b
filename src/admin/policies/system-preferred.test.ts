import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { groupOf } from '#test/contract/documents.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { changeSystemPreferred, type PreferenceChange, systemPreferredOf } from './system-preferred.ts';

const nurses = groupOf('Nurses');
const asTarget = [{ targetType: 'group', id: nurses.id }];

describe('who starts with the method that the system prefers (SPA-1)', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    await woodgrove.ports.groups.add(nurses, 'test');
  });
  afterEach(() => woodgrove.end());
  const change = (change: PreferenceChange) => changeSystemPreferred(change, { actor: 'test', ports: woodgrove.ports });

  test('what a change leaves out stays, and an empty id is no group', async () => {
    orThrow(await change({ state: 'enabled', include: nurses.id.toUpperCase(), exclude: 'ALL_USERS' }));
    orThrow(await change({ state: 'disabled' }));
    const allUsers = [{ targetType: 'group', id: 'all_users' }];
    const expected = { state: 'disabled', includeTargets: asTarget, excludeTargets: allUsers };
    assert.deepEqual(await systemPreferredOf(woodgrove.ports), expected);
    orThrow(await change({ exclude: '' }));
    assert.deepEqual(await systemPreferredOf(woodgrove.ports), { ...expected, excludeTargets: [] });
  });

  for (const [refused, code] of [
    [{ include: crypto.randomUUID() }, 'nothingFound'],
    [{ state: 'disabled', exclude: 'Nurses' }, 'nothingFound'],
  ] as const)
    test(`${JSON.stringify(Object.keys(refused))} is refused with ${code}, and nothing is changed`, async () => {
      const before = await systemPreferredOf(woodgrove.ports);
      assert.equal(outcomeOf(await change(refused)), code);
      assert.deepEqual(await systemPreferredOf(woodgrove.ports), before);
    });
});
