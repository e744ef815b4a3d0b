import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import type { RolloutPolicy } from '#schema/rollout.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { refusedWith } from '#test/refused-with.ts';
import {
  addRollout,
  addToRollout,
  changeRollout,
  mostGroups,
  removeFromRollout,
  removeRollout,
  rolloutOf,
} from './feature-rollouts.ts';

const actor = 'an administrator';
const groupId = (i: number) => `11111111-0000-4000-8000-${String(i).padStart(12, '0')}`;
const rollout = (appliesTo: readonly string[], feature = 'certificateBasedAuthentication') =>
  ({
    displayName: 'R',
    description: '',
    feature,
    isEnabled: true,
    isAppliedToOrganization: false,
    appliesTo,
  }) as RolloutPolicy;

describe('staged rollouts', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    for (let i = 0; i <= mostGroups; i++)
      await woodgrove.ports.groups.add({ id: groupId(i), displayName: `Group ${i}` }, actor);
  });
  afterEach(() => woodgrove.end());
  const groups = Array.from({ length: mostGroups }, (_, i) => groupId(i));

  test('each feature has one; it keeps its feature when the rest changes', async () => {
    const { ports } = woodgrove;
    const { id } = orThrow(await addRollout(rollout([]), { actor, ports }));
    await assert.rejects(
      addRollout(rollout([groupId(1)]), { actor, ports }).then(orThrow),
      refusedWith('graphObjectConflict'),
    );
    const other = orThrow(await addRollout(rollout([], 'passwordHashSync'), { actor, ports }));
    assert.notEqual(other.id, id);
    orThrow(await changeRollout(id, { isEnabled: false }, { actor, ports }));
    const { document } = orThrow(await rolloutOf(id.toUpperCase(), ports));
    assert.deepEqual([document.feature, document.isEnabled], ['certificateBasedAuthentication', false]);
    orThrow(await removeRollout(id, { actor, ports }));
    await assert.rejects(rolloutOf(id, ports).then(orThrow), refusedWith('graphObjectMissing'));
    orThrow(await addRollout(rollout([]), { actor, ports }));
  });

  test('it has ten groups at most, however they come', async () => {
    const { ports } = woodgrove;
    await assert.rejects(
      addRollout(rollout([...groups, groupId(mostGroups)]), { actor, ports }).then(orThrow),
      refusedWith('graphLimitReached'),
    );
    const { id } = orThrow(await addRollout(rollout(groups), { actor, ports }));
    await assert.rejects(
      addToRollout(id, groupId(mostGroups), { actor, ports }).then(orThrow),
      refusedWith('graphLimitReached'),
    );
    orThrow(await removeFromRollout(id, groupId(0), { actor, ports }));
    orThrow(await addToRollout(id, groupId(mostGroups), { actor, ports }));
    assert.deepEqual(orThrow(await rolloutOf(id, ports)).document.appliesTo, [...groups.slice(1), groupId(mostGroups)]);
  });

  test('its groups exist, each once, and only those leave that are there', async () => {
    const { ports } = woodgrove;
    const missing = groupId(99);
    await assert.rejects(
      addRollout(rollout([missing]), { actor, ports }).then(orThrow),
      refusedWith('graphObjectMissing'),
    );
    const { id } = orThrow(await addRollout(rollout([groupId(0)]), { actor, ports }));
    await assert.rejects(addToRollout(id, missing, { actor, ports }).then(orThrow), refusedWith('graphObjectMissing'));
    await assert.rejects(
      addToRollout(id, groupId(0), { actor, ports }).then(orThrow),
      refusedWith('graphReferenceExists'),
    );
    await assert.rejects(
      removeFromRollout(id, groupId(1), { actor, ports }).then(orThrow),
      refusedWith('graphReferenceMissing'),
    );
    await assert.rejects(
      addToRollout(groupId(98), groupId(0), { actor, ports }).then(orThrow),
      refusedWith('graphObjectMissing'),
    );
  });
});
