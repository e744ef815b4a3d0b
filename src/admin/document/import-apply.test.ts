import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import type { TenantDocument } from '#schema/tenant-document.ts';
import { domainOf, type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { refusedWith } from '#test/refused-with.ts';
import type { EntraExport, ExportedUser } from './entra-export.ts';
import { importEntra } from './import-apply.ts';

const actor = 'an administrator';
const person = (userPrincipalName: string, change: Partial<ExportedUser> = {}): ExportedUser => ({
  ...{ id: crypto.randomUUID(), userPrincipalName, displayName: userPrincipalName, mail: undefined },
  ...{ onPremisesUserPrincipalName: undefined, accountEnabled: true, certificateUserIds: [] },
  ...change,
});
const exportOf = (users: readonly ExportedUser[], document: TenantDocument = {}): EntraExport => ({
  organization: undefined,
  users,
  document,
  read: {},
  ignored: [{ file: 'x.json', what: 'an object', why: 'it has no meaning here' }],
});
const policy = (displayName: string, includeUsers: readonly string[]) =>
  ({
    id: crypto.randomUUID(),
    displayName,
    state: 'enabled',
    conditions: { clientAppTypes: ['all'], users: { includeUsers }, applications: { includeApplications: ['All'] } },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  }) as never;

describe('what is taken over from an export of Entra', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant([
      domainOf('woodgrove.test'),
      { id: 'unproved.test', authenticationType: 'Managed', isVerified: false },
    ]);
  });
  afterEach(() => woodgrove.end());
  const take = (entraExport: EntraExport, dryRun = false) => {
    const { ports, clock, tenant } = woodgrove;
    return importEntra(entraExport, tenant, { actor, at: clock.now(), ports: ports as never }, { dryRun }).then(
      orThrow,
    );
  };
  const find = (name: string) => woodgrove.ports.users.find(name);

  test('people of a verified domain keep their ids, and others are left out with the reason', async () => {
    const [ana, other, unproved] = [
      person('Ana@WOODGROVE.test', { certificateUserIds: ['X509:<PN>ana'] }),
      person('ana@elsewhere.test'),
      person('ana@unproved.test'),
    ];
    const { added, ignored } = await take(exportOf([ana!, other!, unproved!]));
    assert.deepEqual(added, [ana!.userPrincipalName]);
    assert.deepEqual(
      ignored.map(({ what }) => what),
      ['an object', other!.userPrincipalName, unproved!.userPrincipalName],
    );
    const user = await find('ana@woodgrove.test');
    assert.deepEqual([user?.id, user?.certificateUserIds], [ana!.id, ['X509:<PN>ana']]);
  });

  test('an export that is taken over twice changes nothing more', async () => {
    const ana = person('ana@woodgrove.test', { certificateUserIds: ['X509:<PN>ana'] });
    const entraExport = exportOf([ana], { conditionalAccessPolicies: [policy('Everyone', ['All'])] });
    const first = await take(entraExport);
    assert.ok(first.added.length === 1 && first.differences.length > 0);
    const { added, differences } = await take(entraExport);
    assert.deepEqual([added, differences], [[], []]);
  });

  test('a dry run answers the same, and changes nothing', async () => {
    const entraExport = exportOf([person('ana@woodgrove.test')], {
      conditionalAccessPolicies: [policy('Everyone', ['All'])],
    });
    const dry = await take(entraExport, true);
    assert.equal(await find('ana@woodgrove.test'), undefined);
    assert.deepEqual((await woodgrove.ports.policies.current()).access, []);
    assert.deepEqual(await take(entraExport), dry);
  });

  test('groups have the members that are taken over', async () => {
    const [ana, other] = [person('ana@woodgrove.test'), person('ana@elsewhere.test')];
    const id = crypto.randomUUID();
    const groups = [{ id, displayName: 'Pilot', members: [ana.userPrincipalName, other.userPrincipalName] }];
    await take(exportOf([ana, other], { groups }));
    const members = await woodgrove.ports.groups.members(id);
    assert.deepEqual(
      members.map((member) => member.id),
      [ana.id],
    );
  });

  test('a policy that names a user who is not here is left out, and the others are taken over', async () => {
    const unknown = crypto.randomUUID();
    const policies = [policy('Of a stranger', [unknown]), policy('Everyone', ['All'])];
    const { ignored } = await take(exportOf([], { conditionalAccessPolicies: policies }));
    const { access } = await woodgrove.ports.policies.current();
    assert.deepEqual(
      access.map(({ displayName }) => displayName),
      ['Everyone'],
    );
    const [, left] = ignored;
    assert.deepEqual([ignored.length, left?.what], [2, 'Of a stranger']);
    assert.match(left!.why, new RegExp(unknown));
  });

  for (const { name, users, document, code } of [
    { name: 'a name with a hidden character', users: [person('eve@woodgrove.test', { displayName: 'E\u202eve' })] },
    {
      name: 'a member that is not in the tenant',
      users: [],
      document: { groups: [{ displayName: 'Pilot', members: [crypto.randomUUID()] }] },
      code: 'nothingFound',
    },
  ] as readonly {
    readonly name: string;
    readonly users: readonly ExportedUser[];
    readonly document?: TenantDocument;
    readonly code?: string;
  }[])
    test(`an export with ${name} is refused as a whole`, async () => {
      const ana = person('ana@woodgrove.test');
      await assert.rejects(take(exportOf([ana, ...users], document)), refusedWith(code ?? 'textHoldsControls'));
      assert.equal(await find('ana@woodgrove.test'), undefined);
    });
});
