import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import {
  hint,
  othersOnce,
  pairsIn,
  parseForm,
  queryIn,
  readFields,
  requireForm,
  single,
  text,
  textOrEmpty,
  texts,
} from './form.ts';

const schema = z.object({
  code: single(5),
  name: text(),
  typed: textOrEmpty(5),
  resource: texts(5),
  mkt: hint(5),
});
const none = { code: undefined, name: undefined, typed: '', resource: [], mkt: undefined };

describe('parameters are read in the form of a schema', () => {
  for (const [source, fields] of [
    ['', none],
    ['?name=', { ...none, name: '' }],
    ['name=a&name=b&typed=x&typed=y', { ...none, name: 'a', typed: 'x' }],
    ['name=a+b%2B%C3%A4', { ...none, name: 'a b+ä' }],
    ['resource=a&resource=b', { ...none, resource: ['a', 'b'] }],
    ['other=1&other=2&__proto__=3&code=4', { ...none, code: '4' }],
    ['mkt=de-DE', { ...none, mkt: 'de-DE' }],
    ['mkt=longer', none],
  ] as const)
    test(`${source || 'nothing'} is read`, () => assert.deepEqual(readFields(schema, source), fields));

  for (const [source, problem] of [
    ['code=1&code=2', 'code: it is sent twice'],
    ['code=123456', 'code: it is longer than 5 characters'],
    ['typed=123456', 'typed: it is longer than 5 characters'],
    ['resource=1&resource=123456', 'resource: it is longer than 5 characters'],
  ] as const)
    test(`${source} is refused, with the parameter`, () => {
      assert.equal(readFields(schema, source), undefined);
      assert.throws(() => requireForm(schema, source, (words) => new Error(words)), { message: problem });
    });

  test('names and values may come one by one', () =>
    assert.deepEqual(readFields(schema, [['name', 'a=b&c']]), { ...none, name: 'a=b&c' }));

  test('a schema can refuse any parameter that is sent twice', () => {
    const strict = schema.catchall(othersOnce());
    assert.equal(readFields(strict, 'resource=a&resource=b&other=1')?.resource.length, 2);
    const parsed = parseForm(strict, 'other=1&other=2');
    assert.deepEqual(parsed, { issue: { path: ['other'], problem: 'it is sent twice' } });
  });
});

describe('parameters are passed on', () => {
  const form = requireForm(schema, 'name=a&other=1&other=2&code=3', (words) => new Error(words));

  test('as they came, also those that the schema does not name', () =>
    assert.equal(String(form), 'name=a&other=1&other=2&code=3'));

  test('with changes, which are read again', () => {
    const changed = form.with({ name: 'b c', other: undefined, resource: ['x', 'y'] });
    assert.equal(String(changed), 'name=b+c&code=3&resource=x&resource=y');
    assert.deepEqual(changed.fields, { ...none, name: 'b c', code: '3', resource: ['x', 'y'] });
    assert.equal(form.fields.name, 'a');
  });

  test('a change must be of the form of the schema', () =>
    assert.throws(() => form.with({ code: ['1', '2'] }), /code: it is sent twice/));
});

test('the query of an address is what follows its question mark', () => {
  for (const [url, query] of [
    ['/path', ''],
    ['/path?', ''],
    ['https://localhost/path?a=b?c&d#e?f', 'a=b?c&d'],
    ['?a=b', 'a=b'],
  ] as const)
    assert.equal(queryIn(url), query);
  assert.deepEqual(pairsIn('a=b&A=c'), [
    ['a', 'b'],
    ['A', 'c'],
  ]);
});
