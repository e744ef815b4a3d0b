import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { domainOf } from '#test/contract/one-tenant.ts';
import { refusedWith } from '#test/refused-with.ts';
import { checkUserPrincipalName } from './user-principal-name.ts';

const tenant = { id: 'w', displayName: 'Woodgrove', domains: [domainOf('woodgrove.test'), domainOf('fabrikam.test')] };

for (const name of ['ana@woodgrove.test', 'ana@WOODGROVE.test', "o'neil.a+b@fabrikam.test", 'änne@woodgrove.test'])
  test(`${name} is a user principal name of the tenant`, () => orThrow(checkUserPrincipalName(name, tenant)));

for (const { what, name, code } of [
  { what: 'no domain', name: 'ana', code: 'usernameMalformed' },
  { what: 'nothing before the @', name: '@woodgrove.test', code: 'usernameMalformed' },
  { what: 'two @', name: 'ana@contoso.test@woodgrove.test', code: 'usernameMalformed' },
  { what: 'a blank', name: 'ana b@woodgrove.test', code: 'usernameMalformed' },
  { what: 'an invisible character', name: 'ana\u200b@woodgrove.test', code: 'usernameMalformed' },
  { what: 'a letter that only looks like another', name: 'ａna@woodgrove.test', code: 'usernameMalformed' },
  { what: 'the domain of another tenant', name: 'ana@contoso.test', code: 'userDomainForeign' },
  { what: 'a subdomain', name: 'ana@sub.woodgrove.test', code: 'userDomainForeign' },
])
  test(`a name with ${what} is refused with ${code}`, () => {
    assert.throws(() => orThrow(checkUserPrincipalName(name, tenant)), refusedWith(code));
  });
