import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Application } from '#model/application.ts';
import { groupClaims } from './group-claims.ts';

const ids = Array.from({ length: 201 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`);
const ports = {
  users: { entriesOf: async () => [] },
  groups: { find: async () => undefined, directGroups: async () => [] },
  objects: { list: async () => [], ofOwners: async () => [] },
};
const request = (groupIds: readonly string[], mostGroups: number) => ({
  user: { id: 'u', groupIds } as never,
  application: { appId: 'a', profile: { groupMembershipClaims: 'SecurityGroup' } } as unknown as Application,
  token: 'idToken' as const,
  tenant: { id: 't', displayName: 'T', domains: [] },
  origin: 'https://login.test',
  ipAddress: '192.0.2.1',
  mostGroups,
});

test('200 groups are in a token, and more are named by the address that lists them', async () => {
  assert.deepEqual((await groupClaims(request(ids.slice(0, 200), 200), ports)).groups, ids.slice(0, 200));
  assert.deepEqual(await groupClaims(request(ids, 200), ports), {
    _claim_names: { groups: 'src1' },
    _claim_sources: { src1: { endpoint: 'https://login.test/v1.0/users/u/getMemberObjects' } },
  });
});

test('six groups are in a token that travels in an address, and hasgroups stands for more', async () => {
  assert.equal(((await groupClaims(request(ids.slice(0, 6), 6), ports)).groups as string[]).length, 6);
  assert.deepEqual(await groupClaims(request(ids.slice(0, 7), 6), ports), { hasgroups: true });
});
