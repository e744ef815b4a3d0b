import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { type GraphAnswer, GraphServer } from '../graph-server.ts';
import { addressOf, ask, type Ground, layGround, readPaths } from './collections.ts';

/** Options for one page of a collection, with values that each collection takes. */
const options: readonly (readonly [option: string, value: string])[] = [
  ['$filter', "id eq 'x'"],
  ['$search', '"displayName:x"'],
  ['$orderby', 'id'],
  ['$top', '1'],
  ['$skip', '0'],
  ['$count', 'true'],
  ['$skiptoken', 'x'],
  ['$deltatoken', 'x'],
];

describe('an option for collections is refused where no collection is answered', () => {
  let graph: GraphServer;
  let ground: Ground;
  before(async () => {
    graph = await GraphServer.start();
    ground = await layGround(graph);
  });
  after(() => graph?.end());

  const isRefused = ({ status, body }: GraphAnswer, option: string, message: string, of: string) => {
    assert.equal(status, 400, `${of} ${option}: ${status} ${JSON.stringify(body)}`);
    assert.equal(body.error.message, `${option} cannot be read: ${message}.`, of);
  };

  test('of each object that is read', async () => {
    let objectCount = 0;
    for (const path of readPaths) {
      const address = addressOf(path, ground);
      const answer = address === undefined ? undefined : await ask(graph, ground, address);
      if (
        address === undefined ||
        answer?.status !== 200 ||
        typeof answer.body === 'string' ||
        Array.isArray(answer.body.value)
      )
        continue;
      objectCount++;
      // A name of a property that the object does not have is refused before.
      const [option, value] = options[3 + (objectCount % 3)]!;
      isRefused(
        await ask(graph, ground, address, { [option]: value }),
        option,
        'it can be applied only to collections',
        path,
      );
    }
    assert.ok(objectCount > 25, `${objectCount}`);
  });

  for (const [option, value] of options)
    test(`${option} of a user, and of a user of a group`, async () => {
      const [message, user] = ['it can be applied only to collections', ground.keys.users];
      const address = `/beta/users/${user}`;
      const answer = await ask(graph, ground, address, { [option]: value });
      isRefused(answer, option, message, address);
    });

  test('of a change, which is not made', async () => {
    const change = async (method: string, path: string, body?: object) => {
      for (const [option, value] of options) {
        const address = `${path}?${new URLSearchParams({ [option]: value })}`.replaceAll('+', '%20');
        const answer = await graph.call(ground.token, method, address, body);
        isRefused(answer, option, `it cannot be applied to ${method}`, path);
      }
    };
    const group = `/groups/${ground.keys.groups}`;
    await change('PATCH', group, { description: 'Changed' });
    await change('DELETE', group);
    await change('POST', '/applications', { displayName: 'Optional' });
    await change('POST', '/directoryObjects/getByIds', { ids: [ground.keys.users] });
    const { status, body } = await graph.call(ground.token, 'GET', group);
    assert.deepEqual([status, body.description], [200, null]);
  });

  test('$select is for what a change answers', async () => {
    const body = { displayName: 'Selected' };
    const answer = await graph.call(ground.token, 'POST', '/applications?$select=displayName', body);
    assert.equal(answer.status, 201);
    assert.deepEqual(
      Object.keys(answer.body).filter((name) => !name.startsWith('@')),
      ['id', 'displayName'],
    );
    const stranger = await graph.call(ground.token, 'POST', '/applications?$select=unheard', body);
    assert.equal(stranger.status, 400);
  });
});
