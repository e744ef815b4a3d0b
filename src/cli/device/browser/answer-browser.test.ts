import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fault } from '#core/trace/fault.ts';
import type { DeviceRecord, PrimaryRefreshToken } from '../state/device-state.ts';
import { answerBrowser, type BrowserSession } from './answer-browser.ts';
import { encodeMessage, readMessages } from './native-messages.ts';

const record = { tenantId: 'T', loginOrigin: 'https://login.example:8443' } as DeviceRecord;
const tokenOf = (userPrincipalName: string, objectId: string) =>
  ({ userPrincipalName, objectId }) as PrimaryRefreshToken;
const [ana, ben] = [tokenOf('ana@woodgrove.test', 'A'), tokenOf('ben@woodgrove.test', 'B')];
const session: BrowserSession = {
  record,
  tokens: [ana, ben],
  version: '1.2.3',
  credential: async (token, nonce) => ({
    name: 'x-ms-RefreshTokenCredential',
    data: `${token.objectId}.${nonce ?? 'fetched'}`,
  }),
};
const ask = (message: Record<string, unknown>) => answerBrowser(() => session, message);

describe('GetCookies (windows-sign-in §3.12)', () => {
  const cookie = (data: string) => ({
    response: [
      {
        name: 'x-ms-RefreshTokenCredential',
        data: `${data}; path=/; domain=login.example; secure; httponly`,
        p3pHeader: 'CP="CAO"',
        flags: 8256,
      },
    ],
  });
  const cases: readonly (readonly [string, unknown, object])[] = [
    ['a page of the login host', 'https://login.example:8443/common/oauth2/authorize', cookie('A.fetched')],
    ['the nonce of the page', 'https://login.example:8443/login?sso_nonce=N1', cookie('A.N1')],
    ['another host', 'https://login.example.attacker.test:8443/', { response: [] }],
    ['another port', 'https://login.example/', { response: [] }],
    ['another scheme', 'http://login.example:8443/', { response: [] }],
    ['no address', 'x', { response: [] }],
    ['a number in place of an address', 7, { response: [] }],
  ];
  for (const [name, uri, expectedValue] of cases)
    test(`for ${name}`, async () => assert.deepEqual(await ask({ method: 'GetCookies', uri }), expectedValue));

  test('another method, and a session without a registration, fail in words', async () => {
    assert.equal(((await ask({ method: 'GetToken' })) as { status: string }).status, 'Fail');
    const gone = () => {
      throw fault('deviceNotRegistered', { folder: '/run/user/1' });
    };
    assert.match(
      JSON.stringify(await answerBrowser(gone, { method: 'GetCookies' })),
      /"Fail".*does not contain a device registration/,
    );
  });
});

describe('the commands of linux-entra-sso', () => {
  test('getAccounts has every user of the session', async () => {
    const answer = (await ask({ command: 'getAccounts' })) as { message: { accounts: { username: string }[] } };
    assert.deepEqual(
      answer.message.accounts.map(({ username }) => username),
      ['ana@woodgrove.test', 'ben@woodgrove.test'],
    );
  });
  test('acquirePrtSsoCookie is for the account that it names', async () => {
    const message = {
      command: 'acquirePrtSsoCookie',
      account: { localAccountId: 'B' },
      ssoUrl: 'https://login.example:8443/',
    };
    const item = { cookieName: 'x-ms-RefreshTokenCredential', cookieContent: 'B.fetched' };
    assert.deepEqual(await ask(message), { command: message.command, message: { ...item, cookieItems: [item] } });
  });
  for (const message of [
    { command: 'acquirePrtSsoCookie', account: { localAccountId: 'C' }, ssoUrl: 'https://login.example:8443/' },
    { command: 'acquirePrtSsoCookie', account: {}, ssoUrl: 'https://login.microsoftonline.com/' },
    { command: 'toString' },
  ])
    test(`${JSON.stringify(message)} is an error`, async () =>
      assert.match(JSON.stringify(await ask(message)), /"error":\{"context"/));
});

describe('messages of a browser', () => {
  async function* piecesOf(octets: Uint8Array, size: number) {
    for (let place = 0; place < octets.length; place += size) yield octets.subarray(place, place + size);
  }
  async function read(octets: Uint8Array, size = 3) {
    const messages = [];
    for await (const message of readMessages(piecesOf(octets, size))) messages.push(message);
    return messages;
  }
  const two = Buffer.concat([encodeMessage({ a: 'ä' }), encodeMessage({ b: 2 })]);

  test('come in pieces of any size', async () => {
    for (const size of [1, 3, 1000]) assert.deepEqual(await read(two, size), [{ a: 'ä' }, { b: 2 }]);
  });
  test('a message that breaks off is left out', async () =>
    assert.deepEqual(await read(two.subarray(0, -1)), [{ a: 'ä' }]));
  test('one that is too long or no object ends the host', async () => {
    await assert.rejects(read(Buffer.from([0xff, 0xff, 0xff, 0x7f])), { name: 'CardeaError' });
    await assert.rejects(read(Buffer.concat([Buffer.from([2, 0, 0, 0]), Buffer.from('[]')])), { name: 'CardeaError' });
  });
});
