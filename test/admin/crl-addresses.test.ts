import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkUrls } from '#admin/trust/authority/authority-rules.ts';
import { orThrow } from '#core/trace/ruling.ts';

const addresses: readonly (readonly [url: string, problem: RegExp | undefined])[] = [
  ['http://crl.test/a.crl', undefined],
  ['http://crl.test/a%20b.crl', undefined],
  ['http://crl.test/a b.crl', /it has a space; write %20/],
  ['ldap://dc1.woodgrove.test/CN=CA,DC=test', undefined],
  ['ldaps://dc1.woodgrove.test/CN=My%20CA,DC=test?certificateRevocationList;binary', undefined],
  ['ldap:///CN=CA,DC=test?certificateRevocationList?base?objectClass=cRLDistributionPoint', /it names no server/],
  ['ldap://dc1.woodgrove.test/CN=My CA,DC=test', /it has a space; write %20/],
  ['ldap://dc1.woodgrove.test/', /it names no entry/],
  ['ldap://dc1.woodgrove.test', /more than one attribute|names no entry/],
  ['ldap://dc1.woodgrove.test/CN=CA?a,b', /more than one attribute of one entry/],
  ['ftp://crl.test/a.crl', /neither http, https, ldap nor ldaps/],
];
for (const [url, problem] of addresses)
  test(`${url} is ${problem ? 'refused' : 'accepted'} when it is entered`, () => {
    const check = () => orThrow(checkUrls({ certificateRevocationListUrl: url }));
    if (problem) assert.throws(check, problem);
    else check();
  });
