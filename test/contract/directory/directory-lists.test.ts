import assert from 'node:assert/strict';
import { StatementSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { addApplication } from '#admin/applications/applications.ts';
import type { User } from '#core/binding/user.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Item } from '#graph/odata/evaluate.ts';
import { isWanted } from '#graph/odata/page.ts';
import { parseQuery } from '#graph/odata/query.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import { userItem } from '#graph/resources/directory/user-item.ts';
import type { Application } from '#model/application.ts';
import type { Profile, UserEntry } from '#model/user.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '../databases.ts';
import { type GraphNode, serveGraph } from '../graph-node.ts';
import { userOf } from '../user-of.ts';

const actor = 'test';
const userCount = 300;

/** Statements that were run and rows that were read, on either database, while `work` ran. */
async function countReads(
  work: () => Promise<unknown>,
): Promise<{ readonly statements: number; readonly rows: number }> {
  const readCounts = { statements: 0, rows: 0 };
  const { all } = StatementSync.prototype;
  const { query } = pg.Client.prototype;
  StatementSync.prototype.all = function (this: StatementSync, ...values: never[]) {
    const rows = (all as (...all: never[]) => Record<string, never>[]).apply(this, values);
    readCounts.statements += 1;
    readCounts.rows += rows.length;
    return rows;
  } as typeof all;
  pg.Client.prototype.query = function (this: pg.Client, ...values: never[]) {
    const result = (query as (...all: never[]) => unknown).apply(this, values);
    readCounts.statements += 1;
    if (result instanceof Promise)
      void result.then(
        ({ rows }) => (readCounts.rows += rows?.length ?? 0),
        () => undefined,
      );
    return result;
  } as typeof query;
  try {
    await work();
  } finally {
    StatementSync.prototype.all = all;
    pg.Client.prototype.query = query;
  }
  return readCounts;
}

/** A generator of numbers that gives the same ones each time (Mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = numbers(20_261_126);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const maybe = <T>(value: T): T | null => (random() < 0.6 ? value : null);

const givenNames = [
  'Ana',
  'anabel',
  'ÅSA',
  'Åsa-Britt',
  'Bo',
  'İpek',
  'Σοφία',
  'O’Neill',
  "D'Arcy",
  '田中',
  '😀 Smile',
  'ana',
];
const surnames = ['Dahl', 'dahlberg', 'Öst', 'Ost', 'ß-Straße', 'STRASSE', 'von Ana', '100%', 'a_b', ''];
const departments = ['Sales', 'sales', 'SALES EMEA', 'Legal', 'Ο.Σ', 'R&D'];

function randomUser(i: number): { readonly user: User; readonly profile: Profile } {
  const [givenName, surname] = [pick(givenNames), pick(surnames)];
  const user = userOf(`user${i}.${pick(['ana', 'bo', 'Cy'])}@lists.test`, {
    displayName: `${givenName} ${surname}`.trim(),
    mail: random() < 0.5 ? `${pick(['Ana', 'bo', 'x-y'])}.${i}@mail.lists.test` : undefined,
    accountEnabled: random() < 0.8,
    certificateUserIds: random() < 0.3 ? [`X509:<PN>${i}@lists.test`, `X509:<SKI>${i}AB`] : [],
  });
  const profile = Object.fromEntries(
    Object.entries({
      givenName: maybe(givenName),
      surname: maybe(surname),
      department: maybe(pick(departments)),
      userType: maybe(pick(['Guest', 'Member'])),
      onPremisesSyncEnabled: maybe(random() < 0.5),
      employeeId: maybe(String(Math.floor(random() * 50))),
      otherMails: random() < 0.3 ? [`ana${i}@other.test`, `Ana.${i}@other.test`] : [],
    }).filter(([, value]) => value !== null),
  );
  return { user, profile };
}

const textProperties = [
  'displayName',
  'givenName',
  'surname',
  'department',
  'mail',
  'userPrincipalName',
  'employeeId',
  'userType',
];
const words = [...givenNames, ...surnames, ...departments, 'user1', 'Guest', 'Member', 'a', 'ana.', '4', '', 'zz'];
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const atoms: readonly (() => string)[] = [
  () => `${pick(textProperties)} ${pick(['eq', 'ne', 'ge', 'lt', 'le', 'gt'])} ${literal(pick(words))}`,
  () => `startswith(${pick(textProperties)},${literal(pick(words).slice(0, 3))})`,
  () => `${pick(textProperties)} in (${literal(pick(words))},${literal(pick(words))})`,
  () => `accountEnabled ${pick(['eq', 'ne'])} ${pick(['true', 'false'])}`,
  () => `onPremisesSyncEnabled ${pick(['eq', 'ne'])} ${pick(['true', 'false', 'null'])}`,
  () => `${pick(textProperties)} ${pick(['eq', 'ne'])} null`,
  () => `otherMails/any(m:startswith(m,${literal(pick(['ana', 'ANA.', 'bo']))}))`,
  () => `certificateUserIds/any(c:c eq ${literal(`X509:<PN>${Math.floor(random() * 40)}@lists.test`)})`,
  () => `createdDateTime ${pick(['ge', 'lt', 'eq'])} 2027-03-01T12:0${Math.floor(random() * 6)}:00Z`,
  () => `endswith(displayName,${literal(pick(words).slice(0, 2) || 'a')})`,
];
function randomFilter(depth = 0): string {
  const chance = random();
  if (depth > 2 || chance < 0.45) return pick(atoms)();
  if (chance < 0.65) return `(${randomFilter(depth + 1)} and ${randomFilter(depth + 1)})`;
  if (chance < 0.88) return `(${randomFilter(depth + 1)} or ${randomFilter(depth + 1)})`;
  return `not(${randomFilter(depth + 1)})`;
}
const randomSearch = () =>
  `"${pick(['displayName', 'mail', 'userPrincipalName', 'givenName'])}:${pick(['an', 'Dahl', 'von', 'user', '😀', 'bo', 'ö'])}"`;

/** Kinds of queries, each of which a random one is made of. */
const queries: Readonly<Record<string, () => string>> = {
  'a filter': () => `$filter=${encodeURIComponent(randomFilter())}`,
  'a filter and an order': () =>
    `$filter=${encodeURIComponent(randomFilter())}&$orderby=${pick(['displayName', 'displayName desc', 'surname', 'createdDateTime desc', 'department'])}`,
  'a search': () => `$search=${encodeURIComponent(`${randomSearch()} ${pick(['AND', 'OR'])} ${randomSearch()}`)}`,
  'a search and an order': () =>
    `$search=${encodeURIComponent(`${randomSearch()} ${pick(['AND', 'OR'])} ${randomSearch()}`)}&$orderby=${pick(['displayName', 'displayName desc', 'userPrincipalName', 'surname'])}`,
  'a search and a filter': () =>
    `$search=${encodeURIComponent(randomSearch())}&$filter=${encodeURIComponent(randomFilter())}`,
};

for (const database of databasesUnderTest()) {
  describe(`lists of a directory on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    const tenantId = crypto.randomUUID();
    let storage: Storage;
    let tenant: TenantStorage;
    let graph: GraphNode;
    let entries: readonly UserEntry[] = [];
    let items: readonly Item[] = [];

    before(async () => {
      storage = await openAt(await database.place(), clock);
      const domain = { id: 'lists.test', authenticationType: 'Managed', isVerified: true } as const;
      await storage.tenants.add({ id: tenantId, displayName: 'Lists', domains: [domain] });
      tenant = storage.forTenant(tenantId);
      const permissions = [
        'User.Read.All',
        'Group.Read.All',
        'Application.Read.All',
        'Device.Read.All',
        'AuditLog.Read.All',
      ];
      const { application } = orThrow(
        await addApplication(
          { displayName: 'Reader', redirectUris: [], isPublicClient: false, roles: permissions },
          { actor, ports: tenant },
        ),
      );
      const { appId } = application;
      const bearer = { tenantId, kind: 'application', id: appId, appId, permissions } as const;
      graph = await serveGraph(clock, () => ({ ...bearer, issuedAt: clock.at }), portsOfCall);
      await tenant.inTransaction(async (inside) => {
        for (let i = 0; i < userCount; i++) {
          const { user, profile } = randomUser(i);
          clock.pass(1000);
          await inside.users.add(user, actor, profile);
        }
      });
      entries = await tenant.users.entries({ top: userCount });
      items = entries.map(userItem);
    });
    after(async () => {
      graph?.close();
      await storage?.close();
      database.end();
    });

    async function portsOfCall(): Promise<GraphPorts> {
      return { ...tenant, tenant: (await storage.tenants.find(tenantId))!, clock } as unknown as GraphPorts;
    }

    /** Every item of a collection, its pages followed. */
    async function walk(path: string): Promise<readonly { readonly id: string; readonly displayName: string }[]> {
      const items = [];
      for (let next: string | undefined = path; next !== undefined; ) {
        clock.pass(20); // within the rate of requests
        const { status, body } = await graph.answer('GET', next);
        assert.equal(status, 200, `${next}: ${JSON.stringify(body)}`);
        items.push(...body.value);
        next = (body['@odata.nextLink'] as string | undefined)?.replace(/^.*?\/v1\.0/, '');
      }
      return items;
    }
    const idsOf = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id).sort();
    /** What comparing every user in memory comes to. */
    function comparedInMemory(query: string): readonly string[] {
      const parsedQuery = parseQuery(
        `?${query.replaceAll('certificateUserIds%2F', 'authorizationInfo%2FcertificateUserIds%2F')}`,
      );
      return items
        .filter((item) => isWanted(item, parsedQuery))
        .map(({ id }) => String(id))
        .sort();
    }

    for (const [kind, make] of Object.entries(queries))
      test(`${kind} finds by indexes what comparing every user finds`, async () => {
        for (let i = 0; i < 20; i++) {
          const query = make();
          assert.deepEqual(
            idsOf(await walk(`/users?${query}&$top=${pick([7, 50, 400])}`)),
            comparedInMemory(query),
            decodeURIComponent(query),
          );
        }
      });

    test('a filter is readCounts as it is listed', async () => {
      for (let i = 0; i < 20; i++) {
        const query = `$filter=${encodeURIComponent(randomFilter())}`;
        clock.pass(20);
        const { body } = await graph.answer('GET', `/users?${query}&$count=true&$top=1`);
        assert.equal(body['@odata.count'], comparedInMemory(query).length, decodeURIComponent(query));
      }
    });

    test('a search is counted as it is listed, and is listed in its order', async () => {
      for (let i = 0; i < 20; i++) {
        const query = `$search=${encodeURIComponent(`${randomSearch()} OR ${randomSearch()}`)}`;
        clock.pass(20);
        const { body } = await graph.answer('GET', `/users?${query}&$count=true&$top=1`);
        assert.equal(body['@odata.count'], comparedInMemory(query).length, decodeURIComponent(query));
        assert.equal(body['@cardea.countIsCeiling'], undefined);
        const items = await walk(`/users?${query}&$orderby=displayName%20desc&$top=7`);
        assert.deepEqual(idsOf(items), comparedInMemory(query), decodeURIComponent(query));
        const keys = items.map(({ displayName }) => displayName.toLowerCase());
        const inOrder = keys.toSorted((name, second) => (name === second ? 0 : name > second ? -1 : 1));
        assert.deepEqual(keys, inOrder, decodeURIComponent(query));
      }
    });

    for (const order of ['displayName', 'displayName desc', 'surname', 'createdDateTime desc', 'department'])
      test(`pages in the order of ${order} hold every user once, in that order`, async () => {
        const items = await walk(
          `/users?$orderby=${order.replace(' ', '%20')}&$top=37&$select=displayName,surname,department,createdDateTime`,
        );
        assert.deepEqual(idsOf(items), idsOf(entries.map(({ user }) => user)));
        const [property, direction] = order.split(' ') as [string, string | undefined];
        const keys = items.map((item) => String((item as Record<string, unknown>)[property] ?? '').toLowerCase());
        const inOrder = keys.toSorted((key, second) => Buffer.compare(Buffer.from(key), Buffer.from(second)));
        assert.deepEqual(keys, direction === 'desc' ? inOrder.reverse() : inOrder);
      });

    const reads = [
      { name: 'a page of users', path: '/users?$top=10', statements: 8, rows: 55 },
      { name: 'a page in the order of names', path: '/users?$top=10&$orderby=displayName', statements: 8, rows: 55 },
      {
        name: 'users whose name begins so',
        path: "/users?$top=1&$filter=startswith(userPrincipalName,'user17.')",
        statements: 8,
        rows: 25,
      },
      {
        name: 'the user of a certificate user id',
        path: "/users?$filter=certificateUserIds/any(c:c eq 'X509:<PN>17@lists.test')",
        statements: 8,
        rows: 25,
      },
      {
        name: 'a search that finds one user',
        path: '/users?$search="userPrincipalName:user23."',
        statements: 8,
        rows: 25,
      },
      {
        name: 'a search that finds every user, in the order of names and with its count',
        path: '/users?$top=5&$count=true&$orderby=displayName&$search="userPrincipalName:user" OR "mail:user"',
        statements: 12,
        rows: 3 * userCount + 40,
      },
      { name: 'how many users there are', path: '/users?$top=1&$count=true', statements: 10, rows: userCount + 25 },
    ];
    for (const { name, path, statements, rows } of reads)
      test(`${name} is read with at most ${statements} statements and ${rows} rows`, async () => {
        const readCounts = await countReads(() => graph.answer('GET', path));
        assert.ok(
          readCounts.statements > 0 && readCounts.statements <= statements,
          `${readCounts.statements} statements`,
        );
        assert.ok(readCounts.rows <= rows, `${readCounts.rows} rows`);
      });

    test('a page continues where the one before ended, when users come and go in between', async () => {
      const first = await graph.answer('GET', '/users?$top=20&$orderby=displayName');
      const goneId = first.body.value[3].id as string;
      const addedUser = userOf('between@lists.test', { displayName: '0 comes first' });
      await tenant.users.remove(goneId, actor);
      await tenant.users.add(addedUser, actor);
      const rest = await walk((first.body['@odata.nextLink'] as string).replace(/^.*?\/v1\.0/, ''));
      const all = [...first.body.value, ...rest].map(({ id }: { id: string }) => id);
      assert.equal(new Set(all).size, all.length);
      assert.deepEqual(all.toSorted(), idsOf(entries.map(({ user }) => user)));
      await tenant.users.restore(goneId, actor);
      await tenant.users.remove(addedUser.id, actor);
    });

    test('a changed, a deleted and a restored user are listed by what they are now', async () => {
      const user = userOf('changing@lists.test', { displayName: 'Before Change' });
      await tenant.users.add(user, actor);
      const find = async (name: string) => idsOf(await walk(`/users?$filter=startswith(displayName,'${name}')`));
      assert.deepEqual(await find('before ch'), [user.id]);
      await tenant.users.update({ ...user, displayName: 'After Change' }, actor);
      assert.deepEqual([await find('before ch'), await find('after ch')], [[], [user.id]]);
      await tenant.users.remove(user.id, actor);
      assert.deepEqual(await find('after ch'), []);
      await tenant.users.restore(user.id, actor);
      assert.deepEqual(await find('after ch'), [user.id]);
      await tenant.users.remove(user.id, actor);
    });

    test('members of nested groups are listed once, page by page, and a circle ends', async () => {
      const groups = Array.from({ length: 3 }, (_, i) => ({ id: crypto.randomUUID(), displayName: `Ring ${i}` }));
      for (const group of groups) await tenant.groups.add(group, actor);
      const ids = entries.slice(0, 90).map(({ user }) => user.id);
      for (const [i, id] of ids.entries()) {
        await tenant.groups.addMember(groups[i % 3]!.id, { kind: 'user', id }, actor);
        if (i % 10 === 0) await tenant.groups.addMember(groups[(i + 1) % 3]!.id, { kind: 'user', id }, actor);
      }
      for (const [i, group] of groups.entries())
        await tenant.groups.addMember(groups[(i + 1) % 3]!.id, { kind: 'group', id: group.id }, actor);
      const [first] = groups;
      const members = await walk(`/groups/${first!.id}/transitiveMembers?$top=13`);
      assert.deepEqual(idsOf(members), [...ids, groups[1]!.id, groups[2]!.id].sort());
      const users = await walk(`/groups/${first!.id}/transitiveMembers/microsoft.graph.user?$top=13`);
      assert.deepEqual(idsOf(users), ids.toSorted());
      const direct = await graph.answer('GET', `/groups/${first!.id}/members?$top=5&$count=true`);
      assert.equal(direct.body.value.length, 5);
      assert.equal(direct.body['@odata.count'], (await tenant.groups.members(first!.id)).length);
      const readCounts = await countReads(() => graph.answer('GET', `/groups/${first!.id}/members?$top=5`));
      assert.ok(readCounts.rows <= 40, `${readCounts.rows} rows`);
    });

    test('applications, service principals and devices are found by their indexes', async () => {
      const appIds = Array.from({ length: 30 }, () => crypto.randomUUID());
      for (const [i, appId] of appIds.entries()) await tenant.applications.put(applicationOf(appId, i), actor);
      const [match] = await walk("/applications?$filter=startswith(displayName,'list app 7')");
      assert.equal(match!.displayName, 'List App 7');
      const readCounts = await countReads(() => graph.answer('GET', `/applications/${match!.id}`));
      assert.ok(readCounts.rows <= 25, `${readCounts.rows} rows`);
      const [principal] = await walk("/servicePrincipals?$filter=servicePrincipalNames/any(n:n eq 'api://list-app-9')");
      assert.equal(principal!.id, appIds[9]);
      const principals = await walk('/servicePrincipals?$top=7&$orderby=displayName');
      assert.equal(principals.filter(({ displayName }) => displayName.startsWith('List App')).length, 30);
      assert.equal(
        (await walk(`/servicePrincipals?$filter=appId eq '00000003-0000-0000-c000-000000000000'`)).length,
        1,
      );
    });

    test('a group is found by what its name begins with, by a word of its description and by its flags', async () => {
      const profile = {
        description: 'People of the harbour',
        mailEnabled: true,
        securityEnabled: false,
        groupTypes: ['Unified'],
      };
      const group = { id: crypto.randomUUID(), displayName: 'Quay Crew', profile };
      await tenant.groups.add(group, actor);
      for (const query of [
        "$filter=startswith(displayName,'quay')",
        '$search="description:harb"',
        '$search="displayName:crew"',
        '$filter=mailEnabled eq true',
        '$filter=securityEnabled eq false',
        "$filter=groupTypes/any(t:t eq 'unified')",
        `$filter=mailNickname eq '${group.id.slice(0, 8)}'`,
        `$filter=id eq '${group.id.toUpperCase()}'`,
      ])
        assert.deepEqual(idsOf(await walk(`/groups?${query}`)), [group.id], query);
    });
  });
}

const applicationOf = (appId: string, i: number): Application => ({
  appId,
  displayName: `List App ${i}`,
  redirectUris: [],
  postLogoutRedirectUris: [],
  isPublicClient: false,
  secretHashes: [],
  identifierUris: [`api://list-app-${i}`],
  roles: [],
  homepage: undefined,
});
