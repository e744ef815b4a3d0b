import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { pageOf } from './page.ts';
import { isGraphPath, keyOf, parsePath } from './path.ts';
import { parseQuery } from './query.ts';
import { isMatch, parseSearch } from './search.ts';
import { SkipTokens } from './skip-token.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    assert.ok(thrown instanceof CardeaError);
    return thrown.because.code;
  }
  return 'nothing was thrown';
};

describe('paths are read as Graph reads them (§1.1)', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['/v1.0/users', ['users']],
    ['/V1.0/Users/', ['users']],
    ['/v1.0//users', ['users']],
    ['/v1.0/myorganization/applications', ['applications']],
    ["/v1.0/users('ana@x.com')", ['users[ana@x.com]']],
    ["/v1.0/users('o''neill@x.com')", ["users[o'neill@x.com]"]],
    ["/v1.0/users('$ana@x.com')/memberOf", ['users[$ana@x.com]', 'memberof']],
    ["/v1.0/directoryRoles(roleTemplateId='62e9')/members", ['directoryroles[roletemplateid=62e9]', 'members']],
    ["/v1.0/applications(appId='9f1c')", ['applications[appid=9f1c]']],
    ['/beta/policies/x/usage()', ['policies', 'x', 'usage()']],
    ['/v1.0/groups/1/members/microsoft.graph.user', ['groups', '1', 'members', 'microsoft.graph.user']],
    ['/v1.0/users/ana%23x@y.com', ['users', 'ana#x@y.com']],
  ];
  for (const [path, expectedValue] of cases) {
    test(path, () => {
      const { segments } = parsePath(path);
      const view = segments.map(({ name, key }) =>
        key ? `${name}[${key.property ? `${key.property}=` : ''}${key.value}]` : name,
      );
      assert.deepEqual(view, expectedValue);
    });
  }
  test('an alternate key may be a segment of its own', () => {
    const [, key] = parsePath('/v1.0/directoryRoles/roleTemplateId=62e9').segments;
    assert.deepEqual(keyOf(key!), { property: 'roletemplateid', value: '62e9' });
    assert.deepEqual(keyOf({ name: 'a=b', spelled: 'a=b' }), { property: undefined, value: 'a=b' });
  });
  test('a path with a broken escape is unknown', () =>
    assert.equal(
      codeOf(() => parsePath('/v1.0/users/%zz')),
      'graphPathUnknown',
    ));
  test('what is not below a version is not ours', () =>
    assert.deepEqual(['/v1.0/me', '/BETA', '/v2.0/x', '/v1.0x', '/'].map(isGraphPath), [
      true,
      true,
      false,
      false,
      false,
    ]));
});

describe('query options', () => {
  test('names are matched without case and may be escaped; plus is a blank', () => {
    const query = parseQuery("?%24Filter=displayName+eq+'a+b'&$TOP=5&$select=id,%20displayName&$count=TRUE");
    assert.equal(query.top, 5);
    assert.equal(query.count, true);
    assert.deepEqual(query.select, ['id', 'displayName']);
    assert.equal(query.filter?.kind, 'compare');
  });
  test('options of $expand keep their commas', () =>
    assert.deepEqual(parseQuery('?$expand=members($select=id,displayName),owners').expand, [
      'members($select=id,displayName)',
      'owners',
    ]));
  const refusal = [
    ...['$top=0', '$top=-1', '$top=x', '$count=yes', '$apply=x', '$top=1&$top=2', '$orderby=a b c'],
    // Names that every object of JavaScript has.
    ...['$orderby=__proto__', '$orderby=manager/constructor desc', "$filter=__proto__ eq 'a'"],
    ...["$filter=startswith(Constructor,'a')", '$filter=x/any(y:y/valueOf eq 1)', '$search="toString:a"'],
  ];
  for (const text of refusal) {
    test(`${text} is refused`, () =>
      assert.equal(
        codeOf(() => parseQuery(`?${text}`)),
        'graphQueryUnreadable',
      ));
  }
});

describe('$search', () => {
  const ana = { displayName: 'Ana Maria Dahl', mail: 'ana.dahl@x.com' };
  const cases: readonly (readonly [string, boolean])[] = [
    ['"displayName:ana"', true],
    ['"displayName:maria"', true],
    ['"displayName:ria"', false],
    ['"displayName:ana maria"', true],
    ['"mail:dahl"', false],
    ['"mail:ana.d"', true],
    ['"displayName:bob" OR "mail:ana"', true],
    ['"displayName:bob" AND "mail:ana"', false],
    ['"nothing:ana"', false],
  ];
  for (const [text, expectedValue] of cases) {
    test(`${text} finds ${expectedValue ? 'Ana' : 'nobody'}`, () =>
      assert.equal(isMatch(parseSearch(text), ana), expectedValue));
  }
  for (const text of ['ana', '"ana"', '"a:b" "c:d"', '"a:b" AND', '']) {
    test(`${text || 'nothing'} is refused`, () =>
      assert.equal(
        codeOf(() => parseSearch(text)),
        'graphQueryUnreadable',
      ));
  }
});

describe('pages', () => {
  const items = ['d', 'b', 'a', 'c', 'a'].map((name, i) => ({ id: `${i}`, name, rank: i % 2 }));
  const walk = (search: string, size: number) => {
    const query = parseQuery(search);
    const seenKeys: string[] = [];
    let after: readonly (string | number | boolean | null)[] | undefined;
    for (let pages = 0; pages < 20; pages++) {
      const page = pageOf(items, query, { size, after });
      seenKeys.push(page.items.map(({ name, id }) => `${name}${id}`).join(' '));
      after = page.next;
      if (!after) break;
    }
    return seenKeys;
  };
  test('together they are everything, once, in order', () =>
    assert.deepEqual(walk('?$orderby=name', 2), ['a2 a4', 'b1 c3', 'd0']));
  test('descending', () => assert.deepEqual(walk('?$orderby=rank desc,name', 3), ['b1 c3 a2', 'a4 d0']));
  test('a full last page has no next', () => assert.deepEqual(walk("?$filter=name eq 'a'", 2), ['a2 a4']));
  test('an object that goes in between moves nothing', () => {
    const query = parseQuery('?$orderby=name');
    const first = pageOf(items, query, { size: 2, after: undefined });
    const second = pageOf(items.slice(0, 3), query, { size: 9, after: first.next });
    assert.deepEqual(
      second.items.map(({ id }) => id),
      ['1', '0'],
    );
  });
});

describe('page tokens', () => {
  const tokens = new SkipTokens(Buffer.alloc(32, 1));
  const mark = { after: ['ana', 3, null], eventual: true };
  test('what was written is read', () => assert.deepEqual(tokens.read(tokens.write(mark, 'q'), 'q'), mark));
  const forgery = {
    'of another query': () => tokens.read(tokens.write(mark, 'q'), 'other'),
    'of another installation': () => new SkipTokens(Buffer.alloc(32, 2)).read(tokens.write(mark, 'q'), 'q'),
    'that was changed': () => tokens.read(`x${tokens.write(mark, 'q')}`, 'q'),
    'that is nonsense': () => tokens.read('nonsense', 'q'),
  };
  for (const [name, work] of Object.entries(forgery)) {
    test(`a token ${name} is stale`, () => assert.equal(codeOf(work), 'graphPageTokenStale'));
  }
});

describe('names in a query option', () => {
  test('commas inside parentheses belong to the name', () =>
    assert.deepEqual(parseQuery('?$expand=members($select=id,displayName),owners').expand, [
      'members($select=id,displayName)',
      'owners',
    ]));
  for (const option of ['select', 'expand', 'orderby'])
    test(`$${option} with more than 200 names is refused`, () => {
      parseQuery(`?$${option}=${'id,'.repeat(200)}`);
      assert.throws(() => parseQuery(`?$${option}=${'id,'.repeat(201)}`), /more than 200 names/);
    });
});
