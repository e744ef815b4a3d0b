import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferenceFor, preferencesIn, usualPreferences } from './system-preferred.ts';

const staff = 'aaaaaaaa-0000-4000-8000-000000000001';
const group = (id: string) => ({ targetType: 'group' as const, id });
const saying = (systemCredentialPreferences: unknown) => preferencesIn({ systemCredentialPreferences });

const rows: readonly {
  readonly name: string;
  readonly said: unknown;
  readonly groups: readonly string[];
  readonly expect: string;
}[] = [
  {
    name: 'nothing written is the order of the system for the second factor alone',
    said: undefined,
    groups: [],
    expect: 'enabled',
  },
  { name: 'Microsoft managed holds for everybody', said: { state: 'default' }, groups: [], expect: 'default' },
  { name: 'disabled holds for everybody', said: { state: 'disabled' }, groups: [staff], expect: 'disabled' },
  {
    name: 'who is not in the included group chooses by habit',
    said: { state: 'default', includeTargets: [group(staff)] },
    groups: [],
    expect: 'disabled',
  },
  {
    name: 'who is in it gets the state',
    said: { state: 'default', includeTargets: [group(staff.toUpperCase())] },
    groups: [staff],
    expect: 'default',
  },
  {
    name: 'excluding wins',
    said: { state: 'default', includeTargets: [group(staff)], excludeTargets: [group(staff)] },
    groups: [staff],
    expect: 'disabled',
  },
  {
    name: 'excluding everybody wins, too',
    said: { state: 'default', excludeTargets: [group('all_users')] },
    groups: [staff],
    expect: 'disabled',
  },
  { name: 'a state nobody knows is as usual', said: { state: 'sometimes' }, groups: [], expect: 'enabled' },
  {
    name: 'targets that are none name nobody',
    said: { state: 'default', includeTargets: [null, 7] },
    groups: [staff],
    expect: 'disabled',
  },
];
for (const { name, said, groups, expect } of rows) {
  test(`SPA-1: ${name}`, () => assert.equal(preferenceFor({ groupIds: groups }, saying(said)), expect));
}

test('a document that is none is as usual', () => {
  for (const document of [undefined, null, 7, 'x']) assert.deepEqual(preferencesIn(document), usualPreferences);
});
