import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { odataTypes } from './odata-type.ts';
import { parseAnnotated } from './read.ts';

const shape = z.strictObject({
  accountEnabled: z.boolean().optional(),
  authorizationInfo: z.strictObject({ certificateUserIds: z.array(z.string()) }).optional(),
  'members@odata.bind': z.array(z.string()).optional(),
});
const wrong = 'there is no property of this name';

describe('the names of a body', () => {
  const rows: readonly (readonly [name: string, body: object, expected: unknown])[] = [
    ['in another case', { ACCOUNTENABLED: true }, { accountEnabled: true }],
    [
      'in another case, inside',
      { AuthorizationInfo: { certificateuserids: [] } },
      { authorizationInfo: { certificateUserIds: [] } },
    ],
    ['annotations', { '@odata.type': 'x', 'accountEnabled@odata.type': 'y' }, {}],
    ['links that the operation takes', { 'Members@odata.bind': ['x'] }, { 'members@odata.bind': ['x'] }],
    ['a name in two spellings', { accountEnabled: true, AccountEnabled: false }, wrong],
    ['a name in two spellings, the usual one last', { AccountEnabled: false, accountEnabled: true }, wrong],
    ['a name in two unusual spellings', { AccountEnabled: false, ACCOUNTENABLED: true }, wrong],
    ['a prototype', JSON.parse('{"__proto__": {"accountEnabled": true}}'), wrong],
    ['a constructor', { constructor: { prototype: {} } }, wrong],
  ];
  for (const [name, body, expectedValue] of rows)
    test(`${name}: ${expectedValue === wrong ? 'refused' : 'taken'}`, () => {
      const result = parseAnnotated(shape, body);
      assert.deepEqual('issue' in result ? result.issue.problem : result.value, expectedValue);
    });
});

describe('the type that an object of a body names', () => {
  const part = z.strictObject({ id: z.string() }).register(odataTypes, ['includeTarget', 'excludeTarget']);
  const typed = z.strictObject({ targets: z.array(part).nullable().optional(), state: z.string().optional() });
  const read = (type: unknown) => parseAnnotated(typed, { TARGETS: [{ id: 'a' }, { '@odata.type': type, id: 'b' }] });

  for (const type of [
    '#microsoft.graph.includeTarget',
    '#Microsoft.Graph.EXCLUDETARGET',
    'microsoft.graph.includeTarget',
  ])
    test(`taken: ${type}`, () => assert.deepEqual(read(type), { value: { targets: [{ id: 'a' }, { id: 'b' }] } }));

  for (const type of ['#microsoft.graph.user', '#example.includeTarget', 'includeTarget', '', null, 3])
    test(`refused, with its place: ${JSON.stringify(type)}`, () => {
      const problem = 'it must be #microsoft.graph.includeTarget or #microsoft.graph.excludeTarget';
      assert.deepEqual(read(type), { issue: { path: ['targets', 1, '@odata.type'], problem } });
    });

  test('an object whose place has no types can name any', () =>
    assert.deepEqual(parseAnnotated(typed, { '@odata.type': '#microsoft.graph.x' }), { value: {} }));
});
