import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferenceFor, preferencesIn, usualPreferences } from './system-preferred.ts';

const staff = 'aaaaaaaa-0000-4000-8000-000000000001';
const group = (id: string) => ({ targetType: 'group' as const, id });
const saying = (systemCredentialPreferences: unknown) => preferencesIn({ systemCredentialPreferences });

const rows: readonly {
  readonly name: string;
  readonly configuration: unknown;
  readonly groups: readonly string[];
  readonly expect: string;
}[] = [
  {
    name: 'nothing written is the order of the system for the second factor alone',
    configuration: undefined,
    groups: [],
    expect: 'enabled',
  },
  {
    name: 'Microsoft managed holds for every user',
    configuration: { state: 'default' },
    groups: [],
    expect: 'default',
  },
  { name: 'disabled holds for every user', configuration: { state: 'disabled' }, groups: [staff], expect: 'disabled' },
  {
    name: 'who is not in the included group chooses by habit',
    configuration: { state: 'default', includeTargets: [group(staff)] },
    groups: [],
    expect: 'disabled',
  },
  {
    name: 'who is in it gets the state',
    configuration: { state: 'default', includeTargets: [group(staff.toUpperCase())] },
    groups: [staff],
    expect: 'default',
  },
  {
    name: 'excluding wins',
    configuration: { state: 'default', includeTargets: [group(staff)], excludeTargets: [group(staff)] },
    groups: [staff],
    expect: 'disabled',
  },
  {
    name: 'excluding all users wins, too',
    configuration: { state: 'default', excludeTargets: [group('all_users')] },
    groups: [staff],
    expect: 'disabled',
  },
  { name: 'an unknown state is the default', configuration: { state: 'sometimes' }, groups: [], expect: 'enabled' },
  {
    name: 'malformed targets name no user',
    configuration: { state: 'default', includeTargets: [null, 7] },
    groups: [staff],
    expect: 'disabled',
  },
];
for (const { name, configuration, groups, expect } of rows) {
  test(`SPA-1: ${name}`, () => assert.equal(preferenceFor({ groupIds: groups }, saying(configuration)), expect));
}

test('a malformed document is the default', () => {
  for (const document of [undefined, null, 7, 'x']) assert.deepEqual(preferencesIn(document), usualPreferences);
});
