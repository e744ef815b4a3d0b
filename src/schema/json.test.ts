import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { readClaims, readJson, requireJson } from './json.ts';

const schema = z.object({ names: z.array(z.string()), count: z.int().optional() });

describe('a JSON text is read in the form of a schema', () => {
  test('members of other names are left out', () =>
    assert.deepEqual(readJson(schema, '{"names":["a"],"more":1}'), { names: ['a'] }));

  for (const [text, problem] of [
    ['', /^it is not JSON \(/],
    ['null', /^it must be an object$/],
    ['{}', /^names: it is required$/],
    ['{"names":["a",1]}', /^names\/1: it must be text$/],
    ['{"names":[],"count":"1"}', /^count: it must be a (?:whole )?number$/],
  ] as const)
    test(`${text || 'nothing'} is refused, with the place`, () => {
      assert.equal(readJson(schema, text), undefined);
      assert.throws(() => requireJson(schema, text, (words) => new Error(words)), { message: problem });
    });

  test('the claims of a JWT are read without its signature', () => {
    const jwt = `e30.${Buffer.from('{"names":["ä"]}').toString('base64url')}.x`;
    assert.deepEqual(readClaims(schema, jwt), { names: ['ä'] });
    for (const text of ['', 'a.b', 'e30.e30.e30']) assert.equal(readClaims(schema, text), undefined);
  });
});
