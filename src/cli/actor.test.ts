import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { test } from 'node:test';
import { userName } from './actor.ts';

test('a command is run under the name of the user, and under the number where the user has no entry', () => {
  assert.equal(userName(), userInfo().username);
  const noEntry = () => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  };
  assert.equal(userName(noEntry), `uid ${process.getuid!()}`);
});
