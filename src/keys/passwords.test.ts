import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verify } from '@node-rs/argon2';
import { openPasswords } from './passwords.ts';

const passwords = openPasswords();
const phc = await passwords.hash('correct horse');

test('a password is kept as an Argon2id PHC string, with a new salt each time', async () => {
  assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.notEqual(phc, await passwords.hash('correct horse'));
});

const cases: [string, string | undefined, string, boolean][] = [
  ['the right password is right', phc, 'correct horse', true],
  ['a wrong password is wrong', phc, 'correct hearse', false],
  ['an unknown user has no right password', undefined, 'correct horse', false],
  ['a malformed hash is a wrong password, not an error', 'garbage', 'correct horse', false],
  ['a password of a mebibyte is wrong before it is hashed', phc, 'x'.repeat(2 ** 20), false],
];
for (const [name, storedHash, typedPassword, right] of cases) {
  test(name, async () => assert.equal(await passwords.verify(storedHash, typedPassword), right));
}

test('an unknown user costs a comparison with a hash of the same form as that of a wrong password', async () => {
  const compared: string[] = [];
  const counted = openPasswords((hash, password) => {
    compared.push(hash);
    return verify(hash, password);
  });
  for (const storedHash of [phc, undefined]) assert.equal(await counted.verify(storedHash, 'correct hearse'), false);
  const [known, unknown] = compared;
  const formOf = (hash = '') => {
    const [, name, version, cost, salt = '', digest = ''] = hash.split('$');
    return [name, version, cost, salt.length, digest.length];
  };
  assert.deepEqual(formOf(unknown), formOf(known));
  assert.notEqual(unknown, known);
  assert.equal(
    await verify(unknown!, 'correct hearse'),
    false,
    'which is read as a hash, and not refused before it costs anything',
  );
  assert.equal(compared.length, 2);
});
