import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { activitiesWhere, refusedCall } from './activities.ts';
import { activityOfCall } from './operations.ts';

describe('a refused call has the activity of the change that it would have been', () => {
  for (const [method, path, activity] of [
    ['POST', 'rolemanagement/directory/roleassignments', 'Add member to role'],
    ['POST', 'directoryroles/{id}/members/$ref', 'Add member to role'],
    ['POST', 'me/revokesigninsessions', 'Update StsRefreshTokenValidFrom Timestamp'],
    ['DELETE', 'directory/featurerolloutpolicies/{id}', 'Delete rollout policy of feature'],
    ['GET', 'users/{id}', refusedCall],
    ['POST', 'directory/deleteditems/{id}/restore', refusedCall],
  ] as const)
    test(`${method} ${path}: ${activity}`, () => assert.equal(activityOfCall(method, path), activity));

  test('refused calls without a name of their own have one in the table of activities', () => {
    assert.deepEqual(
      activitiesWhere((name) => name === refusedCall),
      [refusedCall],
    );
  });
});
