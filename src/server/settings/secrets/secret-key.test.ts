import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { secretKeyFrom } from './secret-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-custody-'));
const file = join(folder, 'key');
writeFileSync(file, 'c2VjcmV0\n');
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the secret key comes from', () => {
  for (const [name, value] of [
    ['CARDEA_SECRET_KEY', 'c2VjcmV0'],
    ['CARDEA_SECRET_KEY_FILE', file],
    ['CARDEA_SECRET_KEY_COMMAND', `cat ${file}`],
  ] as const)
    test(name, () => assert.deepEqual(secretKeyFrom({ [name]: value }), { text: 'c2VjcmV0', source: name }));

  test('the data folder where no variable is set', () => assert.equal(secretKeyFrom({}), undefined));

  for (const [name, environment, says] of [
    [
      'two variables',
      { CARDEA_SECRET_KEY: 'a', CARDEA_SECRET_KEY_FILE: file },
      /CARDEA_SECRET_KEY_FILE is not valid: CARDEA_SECRET_KEY is set as well/,
    ],
    [
      'a file that is missing',
      { CARDEA_SECRET_KEY_FILE: join(folder, 'none') },
      /CARDEA_SECRET_KEY_FILE is not valid: there is no such file/,
    ],
    [
      'a command that fails',
      { CARDEA_SECRET_KEY_COMMAND: 'exit 3' },
      /CARDEA_SECRET_KEY_COMMAND is not valid: the command ended with the exit code 3; run it as the user/,
    ],
    [
      'a command that prints without an end',
      { CARDEA_SECRET_KEY_COMMAND: 'yes' },
      /CARDEA_SECRET_KEY_COMMAND is not valid: the command printed more than 64 KiB/,
    ],
  ] as const)
    test(`${name} is refused in words`, () => assert.throws(() => secretKeyFrom(environment), says));
});
