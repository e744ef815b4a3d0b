import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('an unknown user costs the processor time of a wrong password', async () => {
  const cost = async (storedHash: string | undefined) => {
    const before = process.cpuUsage();
    for (let i = 0; i < 5; i++) await passwords.verify(storedHash, 'correct hearse');
    return process.cpuUsage(before).user;
  };
  const [known, unknown] = [await cost(phc), await cost(undefined)];
  assert.ok(unknown > known / 2, `${unknown} µs, ${known} µs`);
});
