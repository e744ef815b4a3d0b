import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import {
  deepestJson,
  formShapeProblem,
  jsonShapeProblem,
  mostFields,
  mostMembers,
  readBody,
  usualBody,
} from './bodies.ts';

const members = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 1])));

for (const [name, text, isRefused] of [
  ['an object as large as allowed', members(mostMembers), false],
  ['unknown keys', members(2 * mostMembers), true],
  ['elements', JSON.stringify(Array.from({ length: 5 * mostMembers }, () => 0)), true],
  ['deep arrays', '['.repeat(deepestJson + 1), true],
  ['deep objects', '{"a":'.repeat(deepestJson + 1), true],
  ['many small objects', JSON.stringify(Array.from({ length: mostMembers }, () => ({}))), true],
  ['as deep as allowed', `${'['.repeat(deepestJson)}${']'.repeat(deepestJson)}`, false],
  ['a name twice', '{"state":"disabled","a":[{"b":1}],"state":"enabled"}', true],
  ['a name twice, once with an escape', '{"state":1,"st\\u0061te":2}', true],
  ['a name twice in an object of a list', '[{"a":1},{"a":1,"b":{},"a":2}]', true],
  ['a name of an object in the object within it', '{"a":{"a":[{"a":1},{"a":1}]},"b":"a","c":"a"}', false],
  ['names that every object of JavaScript has', '{"__proto__":1,"constructor":2,"toString":3}', false],
  ['a value like the name', '{"a":"a","b":"b"}', false],
  ['brackets and colons within a string', JSON.stringify({ a: '[{:,"\\\\'.repeat(5000) }), false],
] as const) {
  test(`JSON: ${name}`, () => assert.equal(jsonShapeProblem(text) !== undefined, isRefused));
}

for (const [name, text] of [
  ['an escaped mark', `{"a":"\\"${'[{'.repeat(100)}"}`],
  ['an escaped backslash before the mark', `{"a":"${'[{'.repeat(100)}\\\\","b":1}`],
  ['an empty string', '{"":"","a":""}'],
  ['a string that does not end', `{"a":"${'[{'.repeat(100)}`],
] as const)
  test(`JSON: ${name} ends no string early and none late`, () => assert.equal(jsonShapeProblem(text), undefined));

test('JSON: what follows an escaped backslash and a mark is outside of the string', () => {
  assert.notEqual(jsonShapeProblem(`{"a":"\\\\",${'"b":['.repeat(deepestJson)}`), undefined);
});

test('a long string is skipped, not read', () => {
  const texts = ['a'.repeat(4 * 1024 * 1024), 'é'.repeat(2 * 1024 * 1024)].map((text) => JSON.stringify([text]));
  const before = process.cpuUsage();
  for (const text of texts) assert.equal(jsonShapeProblem(text), undefined);
  const { user } = process.cpuUsage(before);
  assert.ok(user / texts.length < 5_000, `${user / texts.length} microseconds each`);
});

test('a form with too many fields is refused', () => {
  assert.equal(formShapeProblem('a=1&b=2'), undefined);
  assert.notEqual(formShapeProblem('a=1&'.repeat(mostFields)), undefined);
});

test('the largest body is refused within milliseconds', () => {
  const text = `{${'"":0,'.repeat(usualBody / 5 - 1)}"":0}`;
  const before = process.cpuUsage();
  for (let i = 0; i < 100; i++) assert.ok(jsonShapeProblem(text));
  const { user } = process.cpuUsage(before);
  assert.ok(user / 100 < 5_000, `${user / 100} microseconds each`);
});

describe('a body read from a connection', () => {
  const server = createServer(async (req, res) => {
    const body = await readBody(req, 1000);
    res.writeHead(body ? 200 : 413).end(body ? `${body.length}` : 'too large');
  });
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => void server.close());
  const send = async (size: number) => {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x'.repeat(size) });
    return [answer.status, await answer.text()];
  };

  test('is whole up to the limit', async () => assert.deepEqual(await send(1000), [200, '1000']));

  test('gets its answer where it is too large, however often it is sent', async () => {
    for (let i = 0; i < 30; i++) assert.deepEqual(await send(300_000), [413, 'too large']);
  });
});
