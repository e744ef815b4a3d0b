import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluateAccount, namesFor, readAccountMap } from './account-map.ts';
import { findLocalAccount } from './local-account.ts';
import { evaluateOffline, type OfflineRecord } from './offline-grace.ts';

const passwd = `root:x:0:0:root:/root:/bin/bash
toor:x:0:0::/root:/bin/sh
ana:x:4201:4201:Ana Ruiz,,,:/home/ana:/bin/sh
broken:x:abc:1::/:/bin/sh
`;

describe('a local account', () => {
  const cases: readonly (readonly [string, boolean, string])[] = [
    ['ana', false, 'localAccountKnown'],
    ['root', false, 'rootAccountRefused'],
    ['toor', false, 'rootAccountRefused'],
    ['root', true, 'localAccountKnown'],
    ['ben', false, 'localAccountMissing'],
    ['broken', false, 'localAccountMissing'],
    ['', false, 'localAccountNameRefused'],
    ['Ana', false, 'localAccountNameRefused'],
    ['-ana', false, 'localAccountNameRefused'],
    ['../ana', false, 'localAccountNameRefused'],
    ['ana\n', false, 'localAccountNameRefused'],
    ['ana;id', false, 'localAccountNameRefused'],
    ['ana:x', false, 'localAccountNameRefused'],
    ['anа', false, 'localAccountNameRefused'],
    ['a'.repeat(33), false, 'localAccountNameRefused'],
  ];
  for (const [name, allowsRoot, code] of cases)
    test(`${JSON.stringify(name)}${allowsRoot ? ', root allowed' : ''}: ${code}`, () =>
      assert.equal(findLocalAccount(passwd, name, allowsRoot).because.code, code));
});

const objectId = '22222222-2222-3333-4444-555555555555';
const user = { userPrincipalName: 'Ana@Woodgrove.Test', objectId };
const [ana, root] = [
  { name: 'ana', userId: 4201, groupId: 4201 },
  { name: 'root', userId: 0, groupId: 0 },
];

function mapOf(text: string, domain?: string) {
  const ruling = readAccountMap(text, domain);
  if (ruling.outcome !== 'passed') throw new Error(ruling.because.code);
  return ruling.value;
}

describe('the map of users to accounts', () => {
  const cases: readonly (readonly [string, string, string | undefined, typeof ana, string])[] = [
    ['a line with the name', 'ana@woodgrove.test ana', undefined, ana, 'accountMapped'],
    ['a line in capitals', 'ANA@WOODGROVE.TEST\tana # the first', undefined, ana, 'accountMapped'],
    ['a line with the object id', `${objectId.toUpperCase()} ana`, undefined, ana, 'accountMapped'],
    ['a line for another account', 'ana@woodgrove.test ben', undefined, ana, 'accountNotMapped'],
    ['a line for another user', 'ben@woodgrove.test ana', undefined, ana, 'accountNotMapped'],
    ['no line', '# nothing\n\n', undefined, ana, 'accountNotMapped'],
    ['the domain', '', 'woodgrove.test', ana, 'accountMapped'],
    ['another domain', '', 'woodgrove.example', ana, 'accountNotMapped'],
    ['a domain that ends so', '', 'grove.test', ana, 'accountNotMapped'],
    ['a line for root', 'ana@woodgrove.test root', undefined, root, 'accountMapped'],
  ];
  for (const [name, text, domain, account, code] of cases)
    test(`${name}: ${code}`, () =>
      assert.equal(evaluateAccount(mapOf(text, domain), user, account).because.code, code));

  test('the rule of the domain never leads to root', () => {
    const rootUser = { userPrincipalName: 'root@woodgrove.test', objectId };
    assert.equal(evaluateAccount(mapOf('', 'woodgrove.test'), rootUser, root).because.code, 'accountNotMapped');
  });
  test('one line that cannot be read makes the whole map unusable', () => {
    for (const line of ['ana', 'ana@woodgrove.test', 'ana@woodgrove.test ana ben', 'ana ana', '* ana'])
      assert.equal(
        readAccountMap(`ben@woodgrove.test ben\n${line}`, undefined).because.code,
        'accountMapMalformed',
        line,
      );
  });
  test('the names for an account are those of its lines and of the domain', () => {
    const map = mapOf(`ana@woodgrove.test ana\n${objectId} ana\nben@woodgrove.test ben`, 'woodgrove.example');
    assert.deepEqual(namesFor(map, ana), ['ana@woodgrove.test', 'ana@woodgrove.example']);
  });
});

describe('a sign-in without the server', () => {
  const at = new Date('2026-06-08T12:00:00Z');
  const record: OfflineRecord = {
    ...{ ...user, methods: ['mfa'], certificateThumbprint: 'A1', failures: 0 },
    ...{ grantedAt: '2026-06-01T12:00:00Z', usedAt: '2026-06-02T12:00:00Z' },
  };
  const policy = { days: 7, tries: 3 };
  const cases: readonly (readonly [
    string,
    Partial<typeof policy>,
    Partial<OfflineRecord> | undefined,
    RegExp | 'yes',
  ])[] = [
    ['on the last day', {}, {}, 'yes'],
    ['with one try left', {}, { failures: 2 }, 'yes'],
    ['where it is not allowed', { days: 0 }, {}, /not allowed/],
    ['without an earlier grant', {}, undefined, /no sign-in/],
    ['with another certificate', {}, { certificateThumbprint: 'B2' }, /another certificate/],
    ['after the last day', { days: 6 }, {}, /more than 6 days/],
    ['after the last try', {}, { failures: 3 }, /3 tries/],
    ['with a clock before the grant', {}, { grantedAt: '2026-06-09T00:00:00Z' }, /clock/],
    ['with a clock before the last use', {}, { usedAt: '2026-06-08T12:00:01Z' }, /clock/],
    ['with times that cannot be read', {}, { grantedAt: 'x' }, /clock/],
    ['with failures that cannot be read', {}, { failures: Number.NaN }, /tries/],
  ];
  for (const [name, change, fields, expectedValue] of cases)
    test(`${name}: ${expectedValue === 'yes' ? 'may be tried' : 'is refused'}`, () => {
      const ruling = evaluateOffline({ ...policy, ...change }, fields && { ...record, ...fields }, 'A1', at);
      assert.equal(ruling.outcome, expectedValue === 'yes' ? 'passed' : 'refused');
      if (ruling.because.code === 'offlineSignInRefused' && expectedValue !== 'yes')
        assert.match(ruling.because.evidence.problem, expectedValue);
    });
});
