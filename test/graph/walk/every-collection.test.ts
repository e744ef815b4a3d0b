import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { emptyCollectionRoutes } from '#graph/resources/read-only/empty-collections.ts';
import { GraphServer } from '../graph-server.ts';
import { addressOf, ask, type Ground, layGround, pages, readPaths } from './collections.ts';
import { answersBy, counts, isRefusal, refusesMistakes, selectsItsProperties, textProperties } from './probes.ts';

/** As many properties of a list as are filtered, sorted, searched and selected by. */
const mostProperties = 2;

/** Collections of types that are not implemented: their properties are not known. */
const alwaysEmpty = new Set(emptyCollectionRoutes({}).map(({ path }) => path));

/** Graph wants a filter by principal here. */
const filteredList = 'rolemanagement/directory/transitiveroleassignments';

/** Each option of each list is answered as it says, or refused in Graph's shape with a sentence (graph-api §1.6). */
describe('every collection of Graph answers each query option or says why not', () => {
  let graph: GraphServer;
  let ground: Ground;
  const listPaths: string[] = [];
  before(async () => {
    graph = await GraphServer.start();
    ground = await layGround(graph);
  });
  after(() => graph?.end());

  for (const path of readPaths.filter((path) => !/delta(?:\(\))?$/.test(path)))
    test(`GET ${path}`, async () => {
      const address = addressOf(path, ground);
      const first = address === undefined ? undefined : await ask(graph, ground, address);
      if (address === undefined || first?.status === 404) return;
      if (path === filteredList) return assert.ok(first && isRefusal(first));
      assert.equal(first?.status, 200, JSON.stringify(first?.body));
      if (typeof first.body === 'object' && !Array.isArray(first.body?.value)) {
        const selections = await selectsItsProperties((options) => ask(graph, ground, address, options), [first.body]);
        assert.deepEqual(selections, []);
      }
      if (!Array.isArray(first.body?.value)) return;
      listPaths.push(path);
      const askList = (options: Record<string, string>) => ask(graph, ground, address, options);
      const { answer, items } = await pages(graph, ground, address, '4');
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      const keys = items.map((item) => JSON.stringify((item as { id?: unknown }).id ?? item));
      assert.deepEqual(keys.toSorted(), [...new Set(keys)].toSorted(), 'an object comes once, page by page');
      const segment = await ask(graph, ground, `${address}/$count`);
      const objects = items.filter((item) => typeof item === 'object' && item !== null) as Record<string, unknown>[];
      const properties = textProperties(objects).slice(0, mostProperties);
      const facts = { total: items.length, mayRefuse: /^(?:auditlogs|reports)\/|^me\/signins/.test(path) };
      const problems = [
        ...(await refusesMistakes(askList, alwaysEmpty.has(path))),
        ...(alwaysEmpty.has(path) ? [] : await selectsItsProperties(askList, objects)),
        ...(await counts(askList, segment, facts)),
        ...(await Promise.all(properties.map((name) => answersBy(askList, name, { ...facts, objects })))).flat(),
      ];
      assert.deepEqual(problems, []);
    });

  for (const path of readPaths.filter((path) => /delta(?:\(\))?$/.test(path)))
    test(`GET ${path} takes no option that a delta query has not`, async () => {
      for (const [option, value] of [
        ['$filter', "displayName eq 'x'"],
        ['$search', '"displayName:x"'],
        ['$orderby', 'displayName'],
        ['$skip', '1'],
        ['$expand', 'members'],
        ['$count', 'true'],
      ] as const) {
        const { status, body } = await ask(graph, ground, `/beta/${path}`, { [option]: value });
        assert.equal(status, 400, option);
        assert.match(body.error.message, /delta query/, option);
      }
    });

  for (const [option, value, stranger] of [
    ['$select', 'signInActivity/unheard', 'unheard'],
    ['$select', 'authorizationInfo/certificateUserIds/unheard', 'unheard'],
    ['$orderby', 'signInActivity/unheard', 'unheard'],
    ['$orderby', 'displayName/unheard', 'unheard'],
    ['$filter', "signInActivity/unheard eq 'x'", 'unheard'],
    ['$filter', "startswith(authorizationInfo/unheard,'x')", 'unheard'],
    ['$filter', "identities/any(i:i/unheard eq 'x')", 'unheard'],
    ['$filter', "otherMails/any(m:unheard eq 'x')", 'unheard'],
    ['$filter', "not(otherMails/any(m:m/unheard eq 'x'))", 'unheard'],
  ] as const)
    test(`users?${option}=${value} names a property that there is not`, async () => {
      for (const narrow of ['', "displayName eq 'no such user'"]) {
        const filter = option === '$filter' ? [value, ...(narrow ? [narrow] : [])].join(' and ') : narrow;
        const query = { ...(filter ? { $filter: filter } : {}), ...(option === '$filter' ? {} : { [option]: value }) };
        const { status, body } = await ask(graph, ground, '/beta/users', query);
        assert.equal(status, 400, JSON.stringify(query));
        assert.ok(
          body.error.message.includes(`named '${stranger}' on type 'microsoft.graph.user'`),
          body.error.message,
        );
      }
    });

  test('a part of a property can be selected', async () => {
    const { body } = await ask(graph, ground, `/beta/groups/${ground.keys.groups}/members`, {
      $select: 'authorizationInfo/certificateUserIds,passwordProfile/password',
    });
    const { '@odata.type': _, ...item } = body.value[0];
    assert.deepEqual(Object.keys(item).toSorted(), ['authorizationInfo', 'id', 'passwordProfile']);
    assert.deepEqual(Object.keys(item.authorizationInfo), ['certificateUserIds']);
  });

  test('the walk has been through the lists', () => {
    assert.ok(listPaths.length > 100, `${listPaths.length}`);
    for (const path of [
      'users',
      'groups',
      'devices',
      'auditlogs/signins',
      'me/memberof',
      'reports/certificateassurance()',
    ])
      assert.ok(listPaths.includes(path), path);
  });

  describe('an object of a list is at the address of the list and its id', () => {
    for (const [list, name] of [
      ['groups/{}/members', 'groups'],
      ['groups/{}/owners', 'groups'],
      ['groups/{}/transitiveMembers', 'groups'],
      ['users/{}/memberOf', 'users'],
      ['directoryRoles/{}/members', 'directoryroles'],
    ] as const)
      test(`${list}/{id}, with and without $ref`, async () => {
        const address = `/beta/${list.replace('{}', ground.keys[name]!)}`;
        const [item] = (await ask(graph, ground, address)).body.value as { id: string }[];
        const { status, body } = await ask(graph, ground, `${address}/${item!.id.toUpperCase()}`);
        assert.deepEqual([status, body.id], [200, item!.id]);
        const reference = await ask(graph, ground, `${address}/${item!.id}/$ref`);
        assert.match(reference.body['@odata.id'], new RegExp(`/directoryObjects/${item!.id}$`));
        const selection = await ask(graph, ground, `${address}/${item!.id}/$ref`, { $select: 'id' });
        assert.deepEqual(
          selection.body,
          reference.body,
          'the SDK of the Terraform provider selects the id of a reference',
        );
        for (const end of ['', '/$ref'])
          assert.equal((await ask(graph, ground, `${address}/${crypto.randomUUID()}${end}`)).status, 404, end);
      });

    test('a single object has no objects below it by id', async () => {
      const address = `/beta/users/${ground.keys.users}/${crypto.randomUUID()}`;
      for (const end of ['', '/$ref']) assert.equal((await ask(graph, ground, address + end)).status, 400);
    });
  });

  describe('$expand brings what objects are linked to, as the operation of the link answers it', () => {
    const get = (path: string, options: Record<string, string>) => ask(graph, ground, `/beta/${path}`, options);
    type Named = { readonly displayName: string };

    test('members and owners come with a group, and with each group of a list', async () => {
      const group = await get(`groups/${ground.keys.groups}`, { $expand: 'members,owners' });
      assert.equal(group.status, 200, JSON.stringify(group.body));
      const names = (items: readonly Named[]) => items.map(({ displayName }) => displayName).toSorted();
      assert.deepEqual(
        [names(group.body.members), names(group.body.owners)],
        [
          ['Ana Ruiz', 'Ben Okafor'],
          ['Ana Ruiz', 'Ben Okafor'],
        ],
      );
      const list = await get('groups', { $expand: 'members', $filter: "displayName eq 'Walk south'" });
      assert.deepEqual(
        list.body.value.map((item: { members: Named[] }) => names(item.members)),
        [['Ana Ruiz', 'Ben Okafor']],
      );
    });

    test('the options in parentheses are those of the link', async () => {
      const { body } = await get(`groups/${ground.keys.groups}`, {
        $select: 'displayName',
        $expand: "members($select=id,mail;$filter=displayName eq 'Ben Okafor';$top=5)",
      });
      assert.deepEqual(Object.keys(body.members[0]).toSorted(), ['@odata.type', 'id', 'mail']);
      assert.equal(body.members.length, 1);
      assert.equal('description' in body, false);
    });

    test('a manager that a user does not have is null, and the user is answered', async () => {
      const { status, body } = await get(`users/${ground.keys.users}`, { $expand: 'manager,memberOf' });
      assert.deepEqual([status, body.manager], [200, null]);
      const groups = (body.memberOf as Named[]).map(({ displayName }) => displayName);
      assert.deepEqual(groups.toSorted(), ['Global Administrator', 'Walk north', 'Walk south']);
    });

    test('twenty objects of a link are included, and a page with links has at most a hundred objects', async () => {
      const { body } = await get('servicePrincipals', { $expand: 'appRoleAssignedTo', $top: '100' });
      const counts = (body.value as { appRoleAssignedTo: unknown[] }[]).map((item) => item.appRoleAssignedTo.length);
      assert.equal(Math.max(...counts), 20);
      assert.equal((await get('servicePrincipals', { $expand: 'appRoleAssignedTo', $top: '101' })).status, 400);
    });

    test('a link needs the permission of its own operation', async () => {
      const token = await graph.appToken('Application.Read.All');
      const path = `/applications/${ground.keys.applications}`;
      assert.equal((await graph.call(token, 'GET', `${path}?$expand=owners`)).status, 200);
      const groups = await graph.call(await graph.appToken('Group.Read.All'), 'GET', `/users?$expand=memberOf`);
      assert.equal(groups.status, 403);
      const users = await graph.call(await graph.appToken('User.Read.All'), 'GET', `/users?$expand=memberOf`);
      assert.equal(users.status, 403, 'memberships are for readers of groups');
    });

    for (const path of ['users', 'groups', 'organization'])
      test(`a name that ${path} cannot expand is refused`, async () => {
        const { status, body } = await get(path, { $expand: 'unheard' });
        assert.equal(status, 400);
        assert.match(body.error.message, /'unheard' of type .* is not expanded here/);
      });
  });
});
