import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runCardea } from '#server/command-line.ts';
import { freePort } from '#test/free-port.ts';
import { usualOrigin } from './network.ts';
import { loginOriginFor } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardea-address-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function complaintOf(...words: string[]) {
  const complaints: string[] = [];
  const output = { cwd: folder, say: () => undefined, complain: (text: string) => complaints.push(text) };
  return { exit: await runCardea([...words, '--data', folder], output), complaint: complaints.join('') };
}

describe('the address of the server without --url', () => {
  const commands = [
    ['sign-in', '--user', 'ana@woodgrove.test'],
    ['device', 'join', '--token', 'x', '--tenant', 'woodgrove.test', '--state', join(folder, 'state')],
  ];
  for (const words of commands)
    test(`cardea ${words.slice(0, 2).join(' ')} does not try another server while the database is away`, async () => {
      const port = await freePort();
      const { exit, complaint } = await complaintOf(
        ...words,
        '--database',
        `postgres://cardea@127.0.0.1:${port}/cardea`,
      );
      assert.equal(exit, 1);
      assert.match(
        complaint,
        /the address of the server is not known without its database: The PostgreSQL server at 127/,
      );
      assert.match(complaint, /\nSpecify the address of the server with --url/);
    });

  test('is that of this computer where there is no installation', async () => {
    const elsewhere = async (words: readonly string[]) => {
      const texts: string[] = [];
      const output = { cwd: folder, say: (text: string) => texts.push(text), complain: () => undefined };
      return { exit: await runCardea([...words, '--data', folder], output), out: texts.join('') };
    };
    assert.equal(await loginOriginFor({ values: {}, elsewhere }), usualOrigin);
  });
});
