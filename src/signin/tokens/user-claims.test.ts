import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { extensionName, extensionPropertyKind } from '#core/directory/extension-property.ts';
import type { Profile } from '#model/user.ts';
import { applicationOf } from '#test/contract/documents.ts';
import { domainOf, type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { ClaimsRequest } from './claims-request.ts';
import { extensionClaims, userClaimNames, userClaims } from './user-claims.ts';

const application = applicationOf();
const badge = extensionName(application.appId, 'badge');
const profile: Profile = {
  ...{ givenName: 'Ana', surname: '', country: 'de', preferredLanguage: 'de-DE', userType: 'Guest' },
  ...{ otherMails: ['ana@woodgrove.test', 'ana@elsewhere.test', 7], [badge]: 'badge 7' },
};
const ana = userOf('ana@woodgrove.test', { mail: 'ana@WOODGROVE.test' });

describe('what a token says of its user because of the settings of the application', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    const unverified = { ...domainOf('elsewhere.test'), isVerified: false };
    woodgrove = await openTenant([domainOf('woodgrove.test'), unverified as never]);
    await woodgrove.ports.users.add(ana, 'test', profile);
  });
  afterEach(() => woodgrove.end());
  const requestOf = (names: readonly string[], change: Partial<ClaimsRequest> = {}): ClaimsRequest => ({
    ...{ user: ana, token: 'idToken', tenant: woodgrove.tenant, origin: 'https://login.test', mostGroups: 200 },
    ...{ ipAddress: '192.0.2.7', authTime: 1_800_000_000, physicalIds: ['[HWID]:1', '[ZTDID]:7'] },
    application: { ...application, profile: { optionalClaims: { idToken: names.map((name) => ({ name })) } } },
    ...change,
  });
  const claims = (names: readonly string[], change: Partial<ClaimsRequest> = {}) =>
    userClaims(requestOf(names, change), woodgrove.ports);
  const add = (kind: string, id: string, document: object) =>
    woodgrove.ports.objects.add({ kind, id, owner: application.appId, document }, { activity: 'Add', actor: 'test' });

  for (const { name, value, why } of [
    { name: 'acct', value: 1, why: 'of a guest' },
    { name: 'auth_time', value: 1_800_000_000, why: 'in seconds' },
    { name: 'ctry', value: 'DE', why: 'as ISO 3166 has it' },
    { name: 'email', value: 'ana@WOODGROVE.test', why: 'as it is in the directory' },
    { name: 'given_name', value: 'Ana', why: 'as it is in the directory' },
    { name: 'family_name', value: undefined, why: 'an empty one is left out' },
    { name: 'ipaddr', value: '192.0.2.7', why: 'of the request' },
    { name: 'pwd_url', value: 'https://login.test/security-info', why: 'on the login host' },
    { name: 'verified_primary_email', value: ['ana@WOODGROVE.test'], why: 'of a domain of the tenant' },
    { name: 'verified_secondary_email', value: ['ana@woodgrove.test'], why: 'of verified domains alone' },
    { name: 'xms_edov', value: true, why: 'the domain of the address is verified' },
    { name: 'xms_pl', value: 'de-DE', why: 'as it is in the directory' },
    { name: 'ztdid', value: '7', why: 'of the device that signed the request' },
    { name: 'no_claim', value: undefined, why: 'Entra passes over unknown names' },
  ])
    test(`${name} is ${JSON.stringify(value) ?? 'absent'}: ${why}`, async () =>
      assert.deepEqual(await claims([name]), value === undefined ? {} : { [name]: value }));

  test('a claim is in the token whose list names it, and in no other', async () => {
    assert.deepEqual(await claims([]), {});
    assert.deepEqual(await claims(['ctry'], { token: 'accessToken' }), {});
  });

  test('facts of the tenant come from what an administrator entered about the organization', async () => {
    await add('organization', 'o', { countryLetterCode: 'US', preferredLanguage: 'en' });
    assert.deepEqual(await claims(['tenant_ctry', 'xms_tpl']), { tenant_ctry: 'US', xms_tpl: 'en' });
  });

  test('the name of a country in full is left out', async () => {
    await add('organization', 'o', { countryLetterCode: 'Germany' });
    assert.deepEqual(await claims(['tenant_ctry']), {});
  });

  test('a user without an address has no claim about one', async () => {
    const ben = userOf('ben@woodgrove.test');
    await woodgrove.ports.users.add(ben, 'test');
    assert.deepEqual(await claims(['email', 'xms_edov', 'verified_primary_email'], { user: ben }), {});
  });

  test('a login hint names the user without the name', async () => {
    const { login_hint: hint } = await claims(['login_hint']);
    assert.ok(typeof hint === 'string' && hint !== '' && !hint.includes('ana'));
  });

  test('discovery lists each claim that can be made, those of groups too', () => {
    for (const name of ['ctry', 'groups', 'roles', 'wids', 'hasgroups', '_claim_names'])
      assert.ok(userClaimNames.includes(name), name);
  });

  test('a directory extension is the claim extn.{name}, and is left out where its definition is gone', async () => {
    const extensions = () => extensionClaims(requestOf([badge]), woodgrove.ports);
    assert.deepEqual(await extensions(), {});
    const definition = { name: badge, dataType: 'String', isMultiValued: false, targetObjects: ['User'] };
    await add(extensionPropertyKind, 'e', definition);
    assert.deepEqual(await extensions(), { 'extn.badge': 'badge 7' });
    assert.deepEqual(await extensionClaims(requestOf(['ctry']), woodgrove.ports), {});
  });
});
