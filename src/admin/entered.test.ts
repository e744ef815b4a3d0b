import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { checkRedirectUri } from './applications/applications.ts';
import { checkIdentifier, checkLink, checkName, checkNamesIn, checkText } from './entered.ts';

const refusal = (code: string) => (problem: unknown) => problem instanceof CardeaError && problem.because.code === code;

describe('names hold no control or bidirectional character', () => {
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
  ]) {
    test(JSON.stringify(character), () => {
      assert.throws(() => checkName('displayName', `a${character}b`), refusal('textHoldsControls'));
      assert.throws(() => checkNamesIn({ a: [{ displayName: `a${character}b` }] }), refusal('textHoldsControls'));
    });
  }
  test('scripts, joined emoji and no text at all are names', () => {
    for (const name of ['Zoë محمد 王 👩‍💻', '', null, undefined]) checkName('displayName', name);
  });
  test('a text of several lines may have lines and no other control', () => {
    checkText('signInPageText', 'one\ntwo');
    assert.throws(() => checkText('signInPageText', 'one\u202etwo'), refusal('textHoldsControls'));
  });
});

describe('links', () => {
  for (const link of ['https://app.example.test/x', 'http://localhost:3000', 'http://[::1]/', 'http://127.0.0.1/'])
    test(`${link} is taken`, () => checkLink('homepage', link));
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
    test(`"${link}" is refused`, () => assert.throws(() => checkLink('homepage', link), refusal('linkInvalid')));
  test('a control character in a link is refused', () =>
    assert.throws(() => checkLink('homepage', 'https://app.example.test/\u202e'), refusal('textHoldsControls')));
});

describe('identifiers of applications', () => {
  for (const uri of ['api://0c1d', 'urn:example:app', 'https://app.example.test', 'ms-appx://a/b'])
    test(`${uri} is taken`, () => checkIdentifier(uri));
  for (const uri of ['http://app.example.test', 'javascript:alert(1)', 'data:x', 'app'])
    test(`${uri} is refused`, () => assert.throws(() => checkIdentifier(uri), refusal('linkInvalid')));
});

test('a redirect URI is no script and holds no control character', () => {
  for (const uri of ['javascript:alert(1)', 'blob:https://a.test/1', 'http://a.test'])
    assert.throws(() => checkRedirectUri(uri), refusal('redirectUriInvalid'));
  assert.throws(() => checkRedirectUri('https://a.test/\u202e'), refusal('textHoldsControls'));
});
