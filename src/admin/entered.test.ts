import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { orThrow, type Ruling } from '#core/trace/ruling.ts';
import { everyAddress } from '#ports/ports.ts';
import {
  addressesOfLines,
  lines,
  longAddresses,
  longNames,
  neverDialled,
  plainLinks,
  privateAddresses,
  scripts,
  unseenAddresses,
  unseenTexts,
  userNames,
  type ValueGroup,
} from '#test/admin/deceiving-values.ts';
import { checkRedirectUri } from './applications/applications.ts';
import {
  checkAddress,
  checkAttributes,
  checkIdentifier,
  checkIssuer,
  checkLink,
  checkName,
  checkNamesIn,
  checkPrivateAddress,
  checkReachable,
  checkText,
} from './entered.ts';
import { newContainer } from './trust/pki/pki-containers.ts';

const refusal = (code: string) => (problem: unknown) => problem instanceof CardeaError && problem.because.code === code;

describe('what test/graph/entered.test.ts enters by every way is refused by the rules themselves', () => {
  const onlyName = (text: string) => checkName('displayName', text);
  const link = (text: string) => checkLink('homepage', text);
  const address = (text: string) => checkAddress('url', text);
  const issuer = (text: string) => checkIssuer('issuerUri', text);
  const followed = [link, checkIdentifier, issuer, checkRedirectUri];
  const dialledUnless = (text: string) =>
    checkPrivateAddress('url', text, 'crlPrivateAddresses', { ...everyAddress, crlPrivateAddresses: 'refuse' });
  const rules: readonly (readonly [ValueGroup, readonly ((text: string) => Ruling<unknown>)[]])[] = [
    [unseenTexts, [onlyName, (text) => checkText('description', text)]],
    [{ ...lines, ...longNames }, [onlyName]],
    [{ ...unseenAddresses, ...addressesOfLines, ...userNames, ...longAddresses }, [address, ...followed]],
    [scripts, followed],
    [plainLinks, [link, checkIdentifier, checkRedirectUri]],
    [privateAddresses, [dialledUnless]],
    [neverDialled, [dialledUnless, (text) => checkReachable('url', text)]],
  ];
  for (const [group, checks] of rules)
    for (const [kind, value] of Object.entries(group))
      test(`${kind}: ${JSON.stringify(value.slice(0, 60))}`, () =>
        assert.deepEqual(
          checks.map((check) => check(value).outcome),
          checks.map(() => 'refused'),
        ));
});

describe('names hold no control, bidirectional or invisible character', () => {
  for (const character of [
    '\0',
    '\n',
    '\r',
    '\t',
    '\x1b',
    '\x7f',
    '\x85',
    '\x9b',
    '\u061c',
    '\u200f',
    '\u202e',
    '\u2066',
    '\u2028',
    '\ud800',
    '\u200b',
    '\u2060',
    '\ufeff',
    '\u00ad',
    '\u3164',
    '\u180e',
    '\u{e0041}',
  ]) {
    test(JSON.stringify(character), () => {
      assert.throws(() => orThrow(checkName('displayName', `a${character}b`)), refusal('textHoldsControls'));
      assert.throws(
        () => orThrow(checkNamesIn({ a: [{ displayName: `a${character}b` }] })),
        refusal('textHoldsControls'),
      );
    });
  }
  test('scripts, joined emoji and no text at all are names', () => {
    for (const name of ['Zoë محمد 王 👩‍💻 ❤️', 'می‌خواهم', 'x'.repeat(256), '', null, undefined])
      orThrow(checkName('displayName', name));
  });
  test('a name has at most 256 characters, a link 2048', () => {
    assert.throws(() => orThrow(checkName('displayName', 'x'.repeat(257))), refusal('textTooLong'));
    const link = `https://app.example.test/${'x'.repeat(2048)}`;
    for (const check of [checkLink, checkAddress])
      assert.throws(() => orThrow(check('x', link)), refusal('textTooLong'));
    for (const check of [checkIdentifier, checkRedirectUri])
      assert.throws(() => orThrow(check(link)), refusal('textTooLong'));
  });
  test('every attribute of a user is held to it, and only texts have lines', () => {
    orThrow(checkAttributes({ streetAddress: 'Main Street 1\r\nTown', givenName: 'Zoë', password: '\u202e' }));
    for (const part of ['displayName', 'mail', 'onPremisesUserPrincipalName', 'givenName', 'jobTitle'])
      assert.throws(() => orThrow(checkAttributes({ [part]: 'a\nb' })), refusal('textHoldsControls'));
    assert.throws(() => orThrow(checkAttributes({ streetAddress: 'a\u202eb' })), refusal('textHoldsControls'));
  });
  test('the name of a PKI is a name', () => {
    for (const name of ['a\u202eb', 'a\nb'])
      assert.throws(() => orThrow(newContainer(name, new Date())), refusal('textHoldsControls'));
  });
  test('a text of several lines may have lines and no other control', () => {
    orThrow(checkText('signInPageText', 'one\ntwo'));
    assert.throws(() => orThrow(checkText('signInPageText', 'one\u202etwo')), refusal('textHoldsControls'));
  });
});

describe('links', () => {
  for (const link of ['https://app.example.test/x', 'http://localhost:3000', 'http://[::1]/', 'http://127.0.0.1/'])
    test(`${link} is taken`, () => orThrow(checkLink('homepage', link)));
  for (const link of [
    'http://app.example.test',
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://app.example.test',
    'file:///etc/passwd',
    'https://user@app.example.test',
    'http://localhost.example.test',
    'app.example.test',
    '',
  ])
    test(`"${link}" is refused`, () =>
      assert.throws(() => orThrow(checkLink('homepage', link)), refusal('linkInvalid')));
  test('a control character in a link is refused', () =>
    assert.throws(
      () => orThrow(checkLink('homepage', 'https://app.example.test/\u202e')),
      refusal('textHoldsControls'),
    ));
});

describe('identifiers of applications', () => {
  for (const uri of ['api://0c1d', 'urn:example:app', 'https://app.example.test', 'ms-appx://a/b'])
    test(`${uri} is taken`, () => orThrow(checkIdentifier(uri)));
  for (const uri of ['http://app.example.test', 'javascript:alert(1)', 'data:x', 'app'])
    test(`${uri} is refused`, () => assert.throws(() => orThrow(checkIdentifier(uri)), refusal('linkInvalid')));
});

test('a redirect URI has no name and password before its host', () => {
  for (const uri of ['https://u:p@a.test/', 'https://login.test@evil.test/', 'http://u@localhost/'])
    assert.throws(() => orThrow(checkRedirectUri(uri)), refusal('linkInvalid'));
  orThrow(checkRedirectUri('msauth.com.example.app://auth'));
});

test('a redirect URI is no script and holds no control character', () => {
  for (const uri of ['javascript:alert(1)', 'blob:https://a.test/1', 'http://a.test'])
    assert.throws(() => orThrow(checkRedirectUri(uri)), refusal('redirectUriInvalid'));
  assert.throws(() => orThrow(checkRedirectUri('https://a.test/\u202e')), refusal('textHoldsControls'));
});

describe('a private address is checked when it is entered', () => {
  const refusing = { ...everyAddress, crlPrivateAddresses: 'refuse' } as const;
  const check = (url: string, settings: typeof refusing | typeof everyAddress) => () =>
    orThrow(checkPrivateAddress('ocspUrl', url, 'crlPrivateAddresses', settings));
  for (const host of [
    '10.0.0.1',
    '192.168.1.1',
    '172.16.0.1',
    '127.0.0.1',
    '100.64.0.1',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '[::1]',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::a00:1]',
    'localhost',
    'LOCALHOST',
    'localhost.',
  ])
    test(`http://${host}/ is refused by the setting, which the answer names, and accepted without it`, () => {
      assert.throws(check(`http://${host}/a`, refusing), (problem: unknown) => {
        assert.ok(problem instanceof CardeaError && problem.because.code === 'addressPrivate');
        assert.match(problem.message, /which the setting crlPrivateAddresses refuses/);
        return true;
      });
      check(`http://${host}/a`, everyAddress)();
    });
  for (const host of ['203.0.113.1', 'crl.test', 'localhost.example.test', '10.example.test', '[2001:db8::1]'])
    test(`http://${host}/ is accepted: a name is checked when it is dialed`, () =>
      check(`http://${host}/a`, refusing)());
  test('ldap addresses too', () => assert.throws(check('ldap://10.0.0.1/CN=CA', refusing), refusal('addressPrivate')));
});
