import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';

/** What the version before cannot work with: its statements name every column, and its rows lack new ones. */
const contractions: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['removes or renames', /\b(?:drop|rename)(?:Table|Column|To)?\b/i],
  ['changes a column', /\balter(?:Column| column)\b/i],
  ['adds a column that must have a value', /alterTable\((?![^;]*defaultTo)[^;]*addColumn\([^;]*notNull\(\)/s],
];

/** Migrations that remove what the version before last read, by file, each with the reason. */
const allowed: Readonly<Record<string, string>> = {};

const contractionsIn = (text: string): readonly string[] =>
  contractions.flatMap(([label, pattern]) =>
    pattern.test(text.replaceAll(/\/\*.*?\*\/|\/\/.*$/gms, '')) ? [label] : [],
  );

describe('a migration only adds, because the version before serves beside this one', () => {
  for (const file of globSync(join(import.meta.dirname, '..', '**', 'm[0-9]*.ts')).sort()) {
    const name = basename(file);
    test(name, () => {
      assert.deepEqual(allowed[name] ? [] : contractionsIn(readFileSync(file, 'utf8')), []);
    });
  }
  const examples: Readonly<Record<string, string>> = {
    'removes or renames': "db.schema.alterTable('users').dropColumn('mail').execute()",
    'changes a column': "db.schema.alterTable('users').alterColumn('mail', (c) => c.setNotNull()).execute()",
    'adds a column that must have a value':
      "db.schema.alterTable('users').addColumn('mail', 'text', (c) => c.notNull())",
  };
  for (const [label, text] of Object.entries(examples))
    test(`what ${label} is found`, () => assert.deepEqual(contractionsIn(text), [label]));
});
