import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deepestJson, formShapeProblem, jsonShapeProblem, mostFields, mostMembers, usualBody } from './bodies.ts';

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
  ['brackets and colons within a string', JSON.stringify({ a: '[{:,"\\\\'.repeat(5000) }), false],
] as const) {
  test(`JSON: ${name}`, () => assert.equal(jsonShapeProblem(text) !== undefined, isRefused));
}

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
