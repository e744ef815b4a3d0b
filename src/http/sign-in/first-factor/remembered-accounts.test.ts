import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetAccount, rememberAccount, rememberedAccounts } from './remembered-accounts.ts';

const cookieOf = (line: string) => line.split(';')[0]!;
const remembering = (...names: readonly string[]) =>
  names.reduce<string | undefined>((cookies, name) => cookieOf(rememberAccount(cookies, name)), undefined);

test('the last one to sign in comes first, once, whatever the case', () => {
  const cookies = remembering('ana@woodgrove.test', 'ben@woodgrove.test', 'ANA@woodgrove.test');
  assert.deepEqual(rememberedAccounts(cookies), ['ANA@woodgrove.test', 'ben@woodgrove.test']);
});

test('five are kept', () => {
  const cookies = remembering(...[1, 2, 3, 4, 5, 6].map((n) => `p${n}@woodgrove.test`));
  assert.deepEqual(
    rememberedAccounts(cookies),
    [6, 5, 4, 3, 2].map((n) => `p${n}@woodgrove.test`),
  );
});

test('one is forgotten, and with the last one the cookie goes', () => {
  const line = forgetAccount(remembering('ana@woodgrove.test', 'ben@woodgrove.test'), 'Ana@woodgrove.test');
  assert.deepEqual(rememberedAccounts(cookieOf(line)), ['ben@woodgrove.test']);
  assert.match(forgetAccount(cookieOf(line), 'ben@woodgrove.test'), /^__Host-cardea-accounts=; Max-Age=0; Path=\/;/);
});

test('the cookie belongs to the login host alone and no script reads it', () => {
  const line = rememberAccount(undefined, 'ana@woodgrove.test');
  assert.match(line, /^__Host-cardea-accounts=[\w-]+; Max-Age=7776000; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
});

const forged: readonly { readonly name: string; readonly value: string }[] = [
  { name: 'no names', value: Buffer.from('<script>\n\n=').toString('base64url') },
  { name: 'a name with an invisible character', value: Buffer.from('ana\u200b@woodgrove.test').toString('base64url') },
  { name: 'more than a browser sends', value: 'A'.repeat(5000) },
  { name: 'nothing', value: '' },
];
for (const { name, value } of forged) {
  test(`a forged cookie with ${name} offers no account`, () => {
    assert.deepEqual(rememberedAccounts(`__Host-cardea-accounts=${value}`), []);
  });
}
