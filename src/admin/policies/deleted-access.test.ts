import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { changeAccess } from './change-access.ts';
import { deletedAccess, purgeAccess, restoreAccess } from './deleted-access.ts';

const actor = 'an administrator';
const { location, policy } = accessDocuments;
const officeOnly = {
  ...policy,
  conditions: { ...policy.conditions, locations: { includeLocations: [location.id] } },
};

describe('what was deleted of Conditional Access', () => {
  let woodgrove: OneTenant;
  const context = () => ({ actor, ports: woodgrove.ports });
  beforeEach(async () => {
    woodgrove = await openTenant();
    orThrow(await changeAccess(context(), () => ({ namedLocations: [location], policies: [officeOnly] })));
    orThrow(await changeAccess(context(), () => ({ policies: [] })));
  });
  afterEach(() => woodgrove.end());

  test('a policy comes back as it was, once', async () => {
    assert.deepEqual(
      (await deletedAccess('policies', woodgrove.ports)).map(({ id }) => id),
      [policy.id],
    );
    assert.deepEqual(orThrow(await restoreAccess('policies', policy.id, context())), officeOnly);
    assert.deepEqual(await woodgrove.ports.policy.conditionalAccess(), [officeOnly]);
    assert.equal(outcomeOf(await restoreAccess('policies', policy.id, context())), 'graphObjectMissing');
  });

  test('a policy whose named location was deleted meanwhile stays deleted', async () => {
    orThrow(await changeAccess(context(), () => ({ namedLocations: [] })));
    assert.notEqual(outcomeOf(await restoreAccess('policies', policy.id, context())), 'passed');
    assert.deepEqual(await woodgrove.ports.policy.conditionalAccess(), []);
    assert.equal((await deletedAccess('policies', woodgrove.ports)).length, 1);
  });

  test('an id of another kind is not found, and what is purged is gone', async () => {
    orThrow(await changeAccess(context(), () => ({ namedLocations: [] })));
    assert.equal(outcomeOf(await restoreAccess('namedLocations', policy.id, context())), 'graphObjectMissing');
    assert.equal(outcomeOf(await purgeAccess('namedLocations', policy.id, context())), 'graphObjectMissing');
    woodgrove.clock.pass(1);
    assert.equal(outcomeOf(await purgeAccess('policies', policy.id, context())), 'passed');
    assert.deepEqual(await deletedAccess('policies', woodgrove.ports), []);
    const [row] = await woodgrove.ports.audits.list({ top: 1 });
    assert.deepEqual([row?.activity, row?.targetId], ['Hard Delete Conditional Access policy', policy.id]);
  });
});
