import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { matches, mustEqual } from './evaluate.ts';
import { parseFilter } from './filter.ts';

const ana = {
  id: '1f0e2c54-52c3-4a0e-9b55-0c0ffee5a11d',
  displayName: "Ana O'Neill",
  userPrincipalName: 'ana@woodgrove.com',
  mail: null,
  accountEnabled: true,
  createdDateTime: '2026-11-20T09:31:44.128Z',
  authorizationInfo: { certificateUserIds: ['X509:<PN>ana@woodgrove.com', 'X509:<SKI>A1B2'] },
  status: { errorCode: 50034 },
  signInEventTypes: ['interactiveUser'],
  allowedCombinations: ['fido2', 'password,sms'],
};

const truths: readonly (readonly [string, boolean])[] = [
  ["displayName eq 'Ana O''Neill'", true],
  ["DISPLAYNAME eq 'ana o''neill'", true],
  ["startswith(displayName,'an')", true],
  ["startsWith(displayName,'bo')", false],
  ["startswith(displayName,'an') eq false", false],
  ["endswith(userPrincipalName,'woodgrove.com')", true],
  ["contains(userPrincipalName,'@wood')", true],
  ["displayName ne 'Bob'", true],
  ["not(displayName eq 'Bob')", true],
  ["not startswith(displayName,'Bob')", true],
  ['accountEnabled eq true', true],
  ['accountEnabled eq false', false],
  ['mail eq null', true],
  ['nickname eq null', true],
  ['mail ne null', false],
  ['id eq 1f0e2c54-52c3-4a0e-9b55-0c0ffee5a11d', true],
  ["id in ('x','1F0E2C54-52C3-4A0E-9B55-0C0FFEE5A11D')", true],
  ['createdDateTime ge 2026-11-20T00:00:00Z', true],
  ['createdDateTime lt 2026-11-20T00:00:00Z', false],
  ['createdDateTime gt 2026-11-20T09:31:44.127+00:00', true],
  ['createdDateTime ge 2026-11-20', true],
  ['status/errorCode eq 50034', true],
  ['status/errorCode gt 50034', false],
  ["authorizationInfo/certificateUserIds/any(x:x eq 'X509:<PN>ana@woodgrove.com')", true],
  ["authorizationInfo/certificateUserIds/any(x:startswith(x,'X509:<SKI>'))", true],
  ["authorizationInfo/certificateUserIds/any(x:startswith(x,'X509:<S>'))", false],
  ["not(authorizationInfo/certificateUserIds/any(x:x eq 'unknown'))", true],
  ["authorizationInfo/certificateUserIds/all(x:startswith(x,'X509:'))", true],
  ['authorizationInfo/certificateUserIds/any()', true],
  ['otherMails/any()', false],
  ["signInEventTypes/any(t: t eq 'nonInteractiveUser')", false],
  ["signInEventTypes/any(t: t ne 'nonInteractiveUser')", true],
  ["allowedCombinations/any(x:x has 'sms, password')", true],
  ["allowedCombinations/any(x:x has 'voice')", false],
  ["displayName eq 'x' or accountEnabled eq true and mail eq null", true],
  ["(displayName eq 'x' or accountEnabled eq true) and mail ne null", false],
  ["displayName eq 'and' or displayName eq 'or'", false],
];

describe('a filter is true of an object or not', () => {
  for (const [expression, expectedValue] of truths) {
    test(`${expression} is ${expectedValue}`, () => assert.equal(matches(parseFilter(expression), ana), expectedValue));
  }
});

const refusals: readonly (readonly [string, RegExp])[] = [
  ['', /a property was expected at the end/],
  ['displayName', /a comparison such as eq/],
  ['displayName eq', /a value was expected at the end/],
  ["displayName eq 'x", /unexpected character at position 15/],
  ['displayName eq bare', /a value was expected at position 15/],
  ["displayName eq 'x' 'y'", /the end of the filter was expected at position 19/],
  ["(displayName eq 'x'", /"\)" was expected at the end/],
  ['startswith(displayName,5)', /single quotes/],
  ["any(x:x eq 'y')", /collection before it/],
  [`${'('.repeat(30)}a eq 1${')'.repeat(30)}`, /nested deeper than 20/],
  [Array(60).fill('a eq 1').join(' or '), /more than 50 conditions/],
  [`a eq '${'x'.repeat(9000)}'`, /longer than 8192/],
  [`a in (${Array(101).fill('1').join(',')})`, /more than 100 values/],
  [`${'not '.repeat(2000)}a eq 1`, /nested deeper than 20/],
];

describe('a filter that cannot be read is refused with its place', () => {
  for (const [expression, problem] of refusals) {
    test(`${expression.slice(0, 40)}: ${problem.source}`, () => {
      assert.throws(
        () => parseFilter(expression),
        (thrown) => {
          assert.ok(thrown instanceof CardeaError);
          assert.equal(thrown.because.code, 'graphQueryUnreadable');
          assert.match(thrown.message, problem);
          return true;
        },
      );
    });
  }
});

describe('what a filter demands can be looked up', () => {
  const cases = [
    ["userPrincipalName eq 'a@b'", ['userPrincipalName'], 'a@b'],
    ["accountEnabled eq true and userprincipalname eq 'a@b'", ['userPrincipalName'], 'a@b'],
    ["userPrincipalName eq 'a@b' or accountEnabled eq true", ['userPrincipalName'], undefined],
    ["not(userPrincipalName eq 'a@b')", ['userPrincipalName'], undefined],
    ["authorizationInfo/certificateUserIds/any(x:x eq 'y')", ['authorizationInfo', 'certificateUserIds'], 'y'],
    ["authorizationInfo/certificateUserIds/any(x:x ne 'y')", ['authorizationInfo', 'certificateUserIds'], undefined],
  ] as const;
  for (const [expression, path, expectedValue] of cases) {
    test(`${expression} demands ${expectedValue ?? 'nothing'}`, () =>
      assert.equal(mustEqual(parseFilter(expression), ...path), expectedValue));
  }
});
