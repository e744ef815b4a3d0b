import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Application } from '#model/application.ts';
import { applicationOf } from '#test/contract/documents.ts';
import { acrOf, isClaimWanted, optionalClaim, optionalClaimNames } from './optional-claims.ts';

const withClaims = (optionalClaims: unknown): Application => ({ ...applicationOf(), profile: { optionalClaims } });

for (const { name, optionalClaims, names } of [
  { name: 'no claims', optionalClaims: undefined, names: [] },
  { name: 'claims of another token', optionalClaims: { accessToken: [{ name: 'acr' }] }, names: [] },
  { name: 'two claims', optionalClaims: { idToken: [{ name: 'acr' }, { name: 'upn' }] }, names: ['acr', 'upn'] },
  {
    name: 'entries that are no claims',
    optionalClaims: { idToken: [null, {}, { name: 1 }, { name: 'acr' }] },
    names: ['acr'],
  },
  { name: 'no list', optionalClaims: { idToken: 'acr' }, names: [] },
])
  test(`an application with ${name} wants ${names.join(', ') || 'nothing'} in an id_token`, () => {
    const application = withClaims(optionalClaims);
    assert.deepEqual(optionalClaimNames(application, 'idToken'), names);
    assert.equal(isClaimWanted(application, 'idToken', 'acr'), (names as readonly string[]).includes('acr'));
  });

test('an entry has its properties, and an unknown application wants nothing', () => {
  const entry = { name: 'upn', additionalProperties: ['include_externally_authenticated_upn'] };
  assert.deepEqual(optionalClaim(withClaims({ idToken: [entry] }), 'idToken', 'upn'), entry);
  assert.equal(isClaimWanted(undefined, 'accessToken', 'acr'), false);
});

test('acr is 1 for a multifactor sign-in alone (TOK-1)', () =>
  assert.deepEqual([acrOf(['pwd']), acrOf(['rsa', 'mfa']), acrOf([])], ['0', '1', '0']));
