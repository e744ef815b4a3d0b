import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAccessToken, isIdToken } from './token-kind.ts';

const access = { idtyp: 'user', azpacr: '0', scp: 'User.Read', aud: 'a' };
const app = { idtyp: 'app', appidacr: '1', roles: [], aud: 'a' };
const id = { aud: 'a', nonce: 'n', preferred_username: 'ana' };

const kinds = [
  ['an access token of a user', 'JWT', access, true, false],
  ['an access token of an application, version 1.0', 'JWT', app, true, false],
  ['an access token of an earlier version', 'at+jwt', access, true, false],
  ['an ID token', 'JWT', id, false, true],
  ['an ID token without a nonce', 'JWT', { aud: 'a' }, false, true],
  ['an ID token of an earlier version', undefined, id, false, true],
  ['an ID token with the scope of an API in it', 'JWT', { ...id, scp: 'User.Read' }, false, false],
  ['an access token with a nonce in it', 'JWT', { ...access, nonce: 'n' }, false, false],
  ['an access token with at_hash in it', 'JWT', { ...access, at_hash: 'h' }, false, false],
  ['a logout token', 'logout+jwt', { aud: 'a', sid: 's' }, false, false],
  ['an access token that does not say how the client proved itself', 'JWT', { idtyp: 'user' }, false, false],
  ['an access token that does not say what it is about', 'JWT', { azpacr: '0' }, false, false],
] as const;
for (const [name, typ, payload, isAccess, isId] of kinds)
  test(`${name} is ${isAccess ? 'an access token' : isId ? 'an ID token' : 'neither'}`, () => {
    const token = { protectedHeader: { typ }, payload };
    assert.deepEqual([isAccessToken(token), isIdToken(token)], [isAccess, isId]);
  });
