import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { mayImport, root } from './modules.ts';

const document = join(dirname(root), 'ARCHITECTURE.md');

/** The rows of the table of modules: what each may import, by its name. What is in parentheses is said of single files. */
function documentedImports(): Readonly<Record<string, readonly string[]>> {
  const [, table = ''] = /\| Module \|.*\n\|[-|]+\n((?:\|.*\n)+)/.exec(readFileSync(document, 'utf8')) ?? [];
  const rows = table.trimEnd().split('\n');
  return Object.fromEntries(
    rows.map((row) => {
      const [, name = '', , targets = ''] = row.split('|');
      return [namesIn(name)[0]!, namesIn(targets.replaceAll(/\([^)]*\)/g, '')).toSorted()];
    }),
  );
}
const namesIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

/** What a row of {@link mayImport} allows, without the parts of modules that it allows as a whole, and of itself. */
function allowedImports(module: string): readonly string[] {
  const targets = mayImport[module]!;
  const wholes = [module, ...targets];
  return targets.filter((target) => !wholes.some((whole) => target.startsWith(`${whole}/`))).toSorted();
}

test('the table of modules in ARCHITECTURE.md says what the modules may import', () => {
  const modules = Object.keys(mayImport).filter((module) => !module.includes('/'));
  const imports = modules.map((module) => [module, module === 'server' ? ['main.ts'] : allowedImports(module)]);
  assert.deepEqual(documentedImports(), Object.fromEntries(imports));
});
