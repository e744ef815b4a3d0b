import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { parse, withoutAnnotations } from './read.ts';

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
      const result = parse(shape, withoutAnnotations(body, shape));
      assert.deepEqual('issue' in result ? result.issue.problem : result.value, expectedValue);
    });
});
