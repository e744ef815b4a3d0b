import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'hono/utils/cookie';
import { credentialHeaders, credentialsIn, hasCredential } from './browser-credentials.ts';

const refreshToken = 'x-ms-refreshtokencredential';
const device = 'x-ms-devicecredential';

describe('the credentials of a device that a browser brings (windows-sign-in §3.12)', () => {
  const cases: readonly {
    readonly name: string;
    readonly headers: Parameters<typeof credentialsIn>[0] & { readonly cookie?: string };
    readonly expect: { readonly refreshToken?: string; readonly device?: string };
  }[] = [
    { name: 'none', headers: {}, expect: {} },
    { name: 'a header', headers: { [refreshToken]: 'A.b.c' }, expect: { refreshToken: 'A.b.c' } },
    {
      name: 'a cookie, in any case',
      headers: { cookie: 'a=1; X-MS-RefreshTokenCredential=A.b.c' },
      expect: { refreshToken: 'A.b.c' },
    },
    { name: 'a cookie in quotes', headers: { cookie: `${device}="A.b.c"` }, expect: { device: 'A.b.c' } },
    {
      name: 'a cookie whose value has an equals sign',
      headers: { cookie: `${device}=A=b` },
      expect: { device: 'A=b' },
    },
    {
      name: 'several cookies',
      headers: { cookie: `a=1; ${device}=D; ${refreshToken}=R` },
      expect: { refreshToken: 'R', device: 'D' },
    },
    {
      name: 'the header before the cookie',
      headers: { [device]: 'header', cookie: `${device}=cookie` },
      expect: { device: 'header' },
    },
    { name: 'the first of a repeated header', headers: { [device]: ['one', 'two'] }, expect: { device: 'one' } },
    { name: 'not an empty value', headers: { cookie: `${device}=` }, expect: {} },
    { name: '16 KiB', headers: { [device]: 'x'.repeat(16 * 1024) }, expect: { device: 'x'.repeat(16 * 1024) } },
    { name: 'not a longer value', headers: { [device]: 'x'.repeat(16 * 1024 + 1) }, expect: {} },
    { name: 'not a name that only ends alike', headers: { cookie: `my${device}=D` }, expect: {} },
  ];
  for (const { name, headers, expect } of cases)
    test(name, () => {
      const cookies = parse(headers.cookie ?? '');
      const credentials = credentialsIn(headers, cookies);
      assert.deepEqual(credentials, { refreshToken: undefined, device: undefined, ...expect });
      assert.equal(hasCredential(credentials), Object.keys(expect).length > 0);
      assert.deepEqual(
        credentialsIn(credentialHeaders(headers, cookies), {}),
        credentials,
        'the same in a request of the server',
      );
    });
});
