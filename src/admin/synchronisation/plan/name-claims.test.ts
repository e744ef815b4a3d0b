import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { User } from '#core/binding/user.ts';
import type { TargetUser } from '#core/synchronisation/target.ts';
import type { SynchronisedObject } from '#model/synchronisation.ts';
import { domainOf, type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { GuardPorts } from '../../safety/guard.ts';
import { applyChange } from '../apply/apply-change.ts';
import { NameClaims } from './name-claims.ts';
import { Planner } from './plan.ts';

/** The digits of a substitute are those of the source id: 0x12d687 is 1234567. */
const sourceId = '0012d687-0000-4000-8000-000000000001';
const values = {
  userPrincipalName: 'ana@corp.test',
  mail: 'ana@mail.test',
  onPremisesUserPrincipalName: 'ana@ad.test',
  certificateUserIds: ['X509:<PN>ana@card.test', 'X509:<PN>free@card.test'],
};
const target = (change: Partial<TargetUser> = {}): TargetUser => ({
  ...{ kind: 'user', sourceId, displayName: 'Ana', profile: {}, problems: [], anchor: 'anchor', accountEnabled: true },
  ...values,
  ...change,
});

describe('names and addresses stay unique in a synchronization (UB-16)', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant([domainOf('woodgrove.test'), domainOf('corp.test')]);
  });
  afterEach(() => woodgrove.end());
  const add = async (name: string, change: Partial<User> = {}) => {
    const user = userOf(name, change);
    await woodgrove.ports.users.add(user, 'test');
    return user.id;
  };
  const claimsFor = async (...targets: readonly TargetUser[]) => {
    const claims = new NameClaims({ ...woodgrove.ports, tenant: woodgrove.tenant });
    await claims.look(targets);
    return claims;
  };
  const valuesOf = ({ userPrincipalName, mail, onPremisesUserPrincipalName, certificateUserIds }: TargetUser) => ({
    ...{ userPrincipalName, mail, onPremisesUserPrincipalName, certificateUserIds },
  });
  const problemsOf = ({ problems }: TargetUser) =>
    problems.map(({ propertyCausingError, value }) => `${propertyCausingError} ${value}`);
  const substitute = 'ana4567@woodgrove.test';

  const conflicts: readonly {
    readonly name: string;
    readonly user: readonly [name: string, change?: Partial<User>];
    readonly expected: object;
    readonly problems: readonly string[];
  }[] = [
    { name: 'values that no user has', user: ['ben@corp.test'], expected: {}, problems: [] },
    {
      name: 'the user principal name, in another case',
      user: ['ANA@corp.test'],
      expected: { userPrincipalName: substitute },
      problems: ['UserPrincipalName ana@corp.test'],
    },
    {
      name: 'the user principal name, as a mail address',
      user: ['ben@corp.test', { mail: 'Ana@corp.test' }],
      expected: { userPrincipalName: substitute },
      problems: ['UserPrincipalName ana@corp.test'],
    },
    {
      name: 'the mail address',
      user: ['ben@corp.test', { mail: 'ANA@mail.test' }],
      expected: { mail: undefined },
      problems: ['ProxyAddresses SMTP:ana@mail.test'],
    },
    {
      name: 'the name of Active Directory',
      user: ['ben@corp.test', { onPremisesUserPrincipalName: 'Ana@ad.test' }],
      expected: { onPremisesUserPrincipalName: undefined },
      problems: ['OnPremisesUserPrincipalName ana@ad.test'],
    },
    {
      name: 'one of two certificate user ids',
      user: ['ben@corp.test', { certificateUserIds: ['X509:<PN>ana@card.test'] }],
      expected: { certificateUserIds: ['X509:<PN>free@card.test'] },
      problems: ['CertificateUserIds X509:<PN>ana@card.test'],
    },
  ];
  for (const { name, user, expected, problems } of conflicts) {
    test(`another user has ${name}: the new user comes with the rest`, async () => {
      await add(...user);
      const claims = await claimsFor(target());
      const settled = await claims.settle(target(), undefined);
      assert.deepEqual(valuesOf(settled), { ...values, ...expected });
      assert.deepEqual(problemsOf(settled), problems);
    });
    test(`the same user has ${name}: nothing is in conflict`, async () => {
      const id = await add(...user);
      const settled = await (await claimsFor(target())).settle(target(), id);
      assert.deepEqual([valuesOf(settled), problemsOf(settled)], [values, []]);
    });
  }

  const takenSubstitutes: readonly { readonly name: string; readonly user: Parameters<typeof add> }[] = [
    { name: 'as a name, in another case', user: ['ANA4567@woodgrove.test'] },
    { name: 'as an address', user: ['ben@corp.test', { mail: 'Ana4567@woodgrove.test' }] },
  ];
  for (const { name, user } of takenSubstitutes)
    test(`another user has the substitute name ${name}: the next number is taken`, async () => {
      await add('ana@corp.test');
      await add(...user);
      const settled = await (await claimsFor(target())).settle(target(), undefined);
      assert.equal(settled.userPrincipalName, 'ana4568@woodgrove.test');
      assert.deepEqual(problemsOf(settled), ['UserPrincipalName ana@corp.test']);
    });

  test('two objects of a run with the same substitute name get two names, and both are written', async () => {
    await add('ana@corp.test');
    const alike = { mail: undefined, onPremisesUserPrincipalName: undefined, certificateUserIds: [] };
    const targets = [target(alike), target({ ...alike, sourceId: '0012d687-0000-4000-8000-000000000002' })];
    assert.deepEqual(await outcomesOf(targets), ['ana4567@woodgrove.test', 'ana4568@woodgrove.test']);
  });

  test('where every substitute name is taken, the object has a provisioning error, and the next one is written', async () => {
    await add('ana@corp.test');
    for (let number = 4567; number < 4587; number++) await add(`ana${number}@woodgrove.test`);
    const next = target({ sourceId: '0012d687-0000-4000-8000-000000000002', userPrincipalName: 'ben@corp.test' });
    assert.deepEqual(await outcomesOf([target(), next]), [
      ['PropertyConflict UserPrincipalName', 'Other userPrincipalNameTaken'],
      'ben@corp.test',
    ]);
  });

  describe('two users of one run', () => {
    const [anaId, benId] = ['0012d687-0000-4000-8000-00000000000a', '0012d687-0000-4000-8000-00000000000b'];
    const person = (id: string, name: string, change: Partial<TargetUser> = {}): TargetUser =>
      target({
        ...{ sourceId: id, anchor: id, userPrincipalName: `${name}@corp.test`, mail: `${name}@mail.test` },
        onPremisesUserPrincipalName: `${name}@ad.test`,
        certificateUserIds: [`X509:<PN>${name}@card.test`],
        ...change,
      });
    /** One run over these users; the same planner, rows and transactions as in `applyPlan`. */
    const run = async (...targets: readonly TargetUser[]) => {
      const ports = { ...woodgrove.ports, tenant: woodgrove.tenant } as unknown as GuardPorts;
      const planner = new Planner(ports, { softMatch: false });
      const changes = await planner.exchange(await planner.plan(targets));
      const rows: SynchronisedObject[] = [];
      for (const change of changes) {
        const row = await applyChange(change, { domain: 'corp.test', at: new Date(0) }, ports);
        await ports.synchronisation.save([row]);
        rows.push(row);
      }
      return { changes: rows.length, problems: rows.flatMap(({ problems }) => problems) };
    };
    const currentValues = async (...ids: readonly string[]) => {
      const known = await woodgrove.ports.synchronisation.byIds(ids);
      const users = await Promise.all(
        ids.map((id) => woodgrove.ports.users.find(known.find(({ sourceId: source }) => source === id)!.objectId!)),
      );
      return users.map((user) => valuesOf(user as unknown as TargetUser));
    };

    test('who swap their names, addresses and certificates have them after the run, and the next run is idle', async () => {
      assert.deepEqual(await run(person(anaId, 'ana'), person(benId, 'ben')), { changes: 2, problems: [] });
      const swapped = [person(anaId, 'ben'), person(benId, 'ana')] as const;
      const { problems } = await run(...swapped);
      assert.deepEqual(problems, []);
      assert.deepEqual(await currentValues(anaId, benId), swapped.map(valuesOf));
      assert.deepEqual(await run(...swapped), { changes: 0, problems: [] });
    });

    test('who kept conflicting before are swapped by a run to which nothing else is new', async () => {
      await run(person(anaId, 'ana'), person(benId, 'ben'));
      const swapped = [person(anaId, 'ben'), person(benId, 'ana')] as const;
      // As a version wrote it that did not exchange: each without what the other had.
      const ports = { ...woodgrove.ports, tenant: woodgrove.tenant } as unknown as GuardPorts;
      for (const change of await new Planner(ports, { softMatch: false }).plan(swapped))
        await ports.synchronisation.save([await applyChange(change, { domain: 'corp.test', at: new Date(0) }, ports)]);
      assert.equal((await currentValues(anaId))[0]!.userPrincipalName, 'ana@corp.test');
      assert.deepEqual((await run(...swapped)).problems, []);
      assert.deepEqual(await currentValues(anaId, benId), swapped.map(valuesOf));
    });

    test('of whom one gets the name that the other had, in either order of reading', async () => {
      await run(person(anaId, 'ana'), person(benId, 'ben'));
      for (const [first, second] of [
        [person(anaId, 'ben'), person(benId, 'cleo')],
        [person(anaId, 'dora'), person(benId, 'ben')],
      ] as const) {
        for (const order of [
          [first, second],
          [second, first],
        ]) {
          assert.deepEqual((await run(...order)).problems, []);
          assert.deepEqual(await currentValues(anaId, benId), [first, second].map(valuesOf));
        }
      }
    });

    test('of whom one cannot have its new name keep their names, both', async () => {
      await run(person(anaId, 'ana'), person(benId, 'ben'));
      await add('cleo@corp.test');
      const { problems } = await run(person(anaId, 'ben'), person(benId, 'cleo', { mail: 'other@mail.test' }));
      assert.deepEqual(problems.map(({ value }) => value).sort(), ['ben@corp.test', 'cleo@corp.test']);
      const [ana, ben] = await currentValues(anaId, benId);
      assert.deepEqual([ana!.userPrincipalName, ben!.userPrincipalName], ['ana@corp.test', 'ben@corp.test']);
      assert.equal(ana!.mail, 'ben@mail.test', 'what was given up is taken over anyway');
    });

    test('and a third one rotate their names', async () => {
      const cleoId = '0012d687-0000-4000-8000-00000000000c';
      await run(person(anaId, 'ana'), person(benId, 'ben'), person(cleoId, 'cleo'));
      const rotated = [person(anaId, 'ben'), person(benId, 'cleo'), person(cleoId, 'ana')] as const;
      assert.deepEqual((await run(...rotated)).problems, []);
      assert.deepEqual(await currentValues(anaId, benId, cleoId), rotated.map(valuesOf));
    });

    test('of whom a new one gets the name that another had', async () => {
      await run(person(anaId, 'ana'));
      assert.deepEqual((await run(person(benId, 'ana'), person(anaId, 'dora'))).problems, []);
      const [ana, ben] = await currentValues(anaId, benId);
      assert.deepEqual([ana!.userPrincipalName, ben!.userPrincipalName], ['dora@corp.test', 'ana@corp.test']);
    });
  });

  /** The name of each object after a run, or the problems of one that was not written. */
  const outcomesOf = async (targets: readonly TargetUser[]) => {
    const ports = { ...woodgrove.ports, tenant: woodgrove.tenant } as unknown as GuardPorts;
    const outcomes: unknown[] = [];
    for (const change of await new Planner(ports, { softMatch: false }).plan(targets)) {
      const { objectId, problems } = await applyChange(change, { domain: 'corp.test', at: new Date(0) }, ports);
      const user = objectId === undefined ? undefined : await ports.users.find(objectId);
      const listed = problems.map(({ category, propertyCausingError }) => `${category} ${propertyCausingError}`);
      outcomes.push(user?.userPrincipalName ?? listed);
    }
    return outcomes;
  };

  test('a user who is there already keeps the current name where the new one is taken', async () => {
    await add('ana@corp.test');
    const id = await add('before@corp.test');
    const settled = await (await claimsFor(target())).settle(target(), id);
    assert.equal(settled.userPrincipalName, 'before@corp.test');
  });

  test('the first object of a run has the values, and the second one is brought without them', async () => {
    const second = target({ sourceId: 'ffffffff-0000-4000-8000-000000000002' });
    const claims = await claimsFor(target(), second);
    assert.deepEqual(problemsOf(await claims.settle(target(), undefined)), []);
    const settled = await claims.settle(second, undefined);
    assert.deepEqual(valuesOf(settled), {
      userPrincipalName: 'ana7295@woodgrove.test',
      mail: undefined,
      onPremisesUserPrincipalName: undefined,
      certificateUserIds: [],
    });
    assert.equal(settled.problems.length, 5);
    assert.deepEqual(problemsOf(await claims.settle(target(), undefined)), [], 'its own values are no conflict');
  });
});
