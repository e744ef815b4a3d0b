import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { RunningServer } from '../server.ts';

/** Sign-ins after which both workers have read what they keep, and those of which the median counts. */
const [warmUps, counted] = [12, 7];
/** Statements of one certificate sign-in, at most, those left out that begin or end a transaction. */
const mostStatements = 21;
/** Requests of a sign-in: each looks at the change marks once more where the other worker has written since. */
const requests = 8;

describe('the statements of a sign-in on two workers, which share a database of SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-statements-'));
  const file = join(folder, 'statements');
  let server: RunningServer;
  before(async () => {
    writeFileSync(file, '');
    server = await RunningServer.start({
      CARDEA_WORKERS: '2',
      NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'record-statements.mjs'))}`,
      CARDEA_TEST_STATEMENTS: file,
    });
  });
  after(async () => {
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function statementsOf(): Promise<readonly string[]> {
    writeFileSync(file, '');
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'));
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    const texts = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return texts.map((text) => JSON.parse(text) as string).filter((sql) => !/^(begin|commit|rollback)\b/.test(sql));
  }

  test(`are at most ${mostStatements}, and one look at the change marks for each request`, async () => {
    for (let turn = 0; turn < warmUps; turn++) await statementsOf();
    const counts: { readonly marks: number; readonly others: number }[] = [];
    while (counts.length < counted) {
      const all = await statementsOf();
      const marks = all.filter((sql) => sql.includes('from "change_marks"')).length;
      counts.push({ marks, others: all.length - marks });
    }
    const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(counted / 2)]!;
    assert.ok(median(counts.map(({ marks }) => marks)) <= requests, JSON.stringify(counts));
    const others = median(counts.map(({ others }) => others));
    assert.ok(others > 10 && others <= mostStatements, JSON.stringify(counts));
  });
});
