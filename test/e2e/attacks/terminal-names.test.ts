import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { askServer } from '#cli/remote/remote.ts';
import { housekeeping } from '#cli/shell/housekeeping.ts';
import { unseenCharacters } from '#core/unseen-characters.ts';
import { type RecordRow, unpack } from '#storage/stores/sign-in/log/packing/packed-record.ts';
import { RunningServer } from '../server.ts';

/** Stored before names were checked, or by another program: ESC, C1, a line, bidirectional, invisible, a tag, a lone surrogate. */
const hostile = 'x\x1b[2J\x9b2J\x85\nFORGED row\r\u202e\u2066\u200b\u{e0041}\u2028y';
const raw = new RegExp(`(?!\\n)(?:${unseenCharacters})`, 'u');
/** What names are stored under: in columns and in the documents within them. */
const isName =
  /^(?:(?:app|user)?_?display_?name|name|mail|job_?title|description|subject|issuer|reason|homepage|ip_?address|user_?agent)$/i;

/** The same document with every name hostile. */
function withHostileNames(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withHostileNames(item, key));
  if (typeof value === 'string') return isName.test(key) ? hostile : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withHostileNames(item, name)]));
}

function hostileCell(column: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (!/^[{[]/.test(value)) return withHostileNames(value, column);
  try {
    return JSON.stringify(withHostileNames(JSON.parse(value)));
  } catch {
    return value;
  }
}

/** Makes every stored name hostile. Answers how many cells it changed. */
function poison(file: string): number {
  const database = new DatabaseSync(file);
  let count = 0;
  // Entries of the sign-in log are packed; as earlier versions stored them, their names can be changed.
  for (const row of database.prepare('select * from sign_ins where packed is not null').all())
    database
      .prepare('update sign_ins set packed = null, document = ? where id = ?')
      .run(JSON.stringify(unpack(row as unknown as RecordRow)), row.id as string);
  // The index of lists, which has no row ids, is read and never shown.
  const tables = database.prepare(
    "select name from sqlite_master where type = 'table' and sql not like '%virtual%' and sql not like '%without rowid%'",
  );
  for (const { name: table } of tables.all() as { name: string }[]) {
    if (/^(?:migrations?|kysely|sqlite)/.test(table)) continue;
    for (const row of database.prepare(`select rowid as row_id, * from "${table}"`).all())
      for (const [column, value] of Object.entries(row)) {
        const next = hostileCell(column, value);
        if (column === 'row_id' || next === value) continue;
        const update = database.prepare(`update or ignore "${table}" set "${column}" = ? where rowid = ?`);
        count += Number(update.run(next as string, row.row_id as number).changes);
      }
  }
  database.close();
  return count;
}

describe('stored names on a terminal', () => {
  let server: RunningServer;
  const correlationId = crypto.randomUUID();
  before(async () => {
    server = await RunningServer.start();
    await server.signIn('ana@woodgrove.test', server.card('ana'), { correlationId });
    await server.signIn('ana@woodgrove.test', server.card('stranger'), { correlationId: crypto.randomUUID() });
    await server.cardea('app', 'add', 'payroll', '--homepage', 'https://payroll.example.test/');
    await server.stop();
    assert.ok(poison(join(server.folder, 'cardea.db')) > 20);
    await server.run();
  });
  after(() => server.remove());

  const commands: readonly (readonly string[])[] = [
    ...[
      ['user', 'list'],
      ['app', 'list'],
      ['tenant', 'list'],
      ['role', 'list'],
      ['ca', 'list'],
      ['crl', 'list'],
      ['audit', 'list'],
      ['device', 'list'],
      ['group', 'list'],
      ['sign-in', 'list'],
    ],
    ...[
      ['block', 'list'],
      ['policy', 'get'],
      ['policy', 'get', '--yaml'],
      ['tenant', 'brand', '--text', 'hello'],
    ],
    ...[
      ['explain', correlationId],
      ['explain', '--list', '10'],
      ['user', 'remove', 'ben@woodgrove.test', '--force'],
    ],
    ['user', 'restore', 'ben@woodgrove.test'],
  ];
  /** The command as the server that holds the data folder runs it, without a process for each. */
  const run = async (...words: readonly string[]) => {
    let [out, err] = ['', ''];
    const say = (text: string) => {
      out += text;
    };
    const complain = (text: string) => {
      err += text;
    };
    await askServer(server.folder, words, { cwd: '/', say, complain });
    return { out, err };
  };
  const check = ({ out, err }: { readonly out: string; readonly err: string }, isJson: boolean) => {
    assert.notEqual(out + err, '');
    assert.doesNotMatch(out, raw);
    assert.doesNotMatch(err, raw);
    assert.doesNotMatch(err, /internal error/);
    for (const line of `${out}\n${err}`.split('\n')) assert.ok(!line.startsWith('FORGED'), out);
    if (isJson) JSON.parse(out);
  };

  for (const words of commands)
    test(`cardea ${words.join(' ').replace(correlationId, 'ID')}`, async () => {
      check(await run(...words), false);
      if (words[1] !== 'remove' && words[1] !== 'restore' && !words.includes('--yaml'))
        check(await run(...words, '--json'), true);
    });

  test('the names are hostile, and shown as escapes', async () => {
    for (const words of [
      ['user', 'list'],
      ['app', 'list'],
      ['tenant', 'list'],
      ['explain', '--list', '10'],
    ])
      assert.match((await run(...words)).out, /\\u001b\[2J/, words.join(' '));
  });

  test('every command that lists or explains is in the table', () => {
    const listed = housekeeping
      .map(({ usage }) => usage)
      .filter((usage) => /^(?:\S+ (?:list|get)|explain)\b/.test(usage));
    for (const usage of listed)
      assert.ok(
        commands.some((words) => usage.startsWith(words.slice(0, usage.startsWith('explain') ? 1 : 2).join(' '))),
        usage,
      );
  });
});
