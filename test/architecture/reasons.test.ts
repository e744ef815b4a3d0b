import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, test } from 'node:test';
import { joinReasons, type ReasonTables } from '#core/trace/reasons.ts';
import { reasonTables } from '#server/reasons/join.ts';
import { importedBy, isAllowed, moduleOf, root, type Source, sources } from './modules.ts';

/** Codes that nothing makes any more, each with the reason. Logs have them, and no other reason may get them. */
const retiredCodes: Readonly<Record<string, string>> = {
  graphFault: 'Microsoft Graph answers a fault of the service with serviceUnavailable, as every other protocol does',
};

/** Files whose reasons core has: what they make is recorded by the steps of a sign-in. `crls` downloads files of CAs, too: no step does. */
const stepFiles = /^(?:core|signin|crls\/cache)\/|^crls\/fetch\/(?:download|ocsp)\.ts$/;

const joinFile = 'src/server/reasons/join.ts';
const repository = dirname(root);
const entries = Object.entries(reasonTables).flatMap(([owner, table]) =>
  Object.keys(table).map((code) => [code, owner] as const),
);
const ownerOf = new Map(entries);
const moduleOfOwner = (owner: string) => (owner === 'core' ? 'core/trace' : owner);
const isTable = (file: string) => /^(?!languages\/)(?:core\/trace|\w+)\/reasons(?:\.ts$|\/)/.test(file);

/**
 * The codes that a file makes: its literals that are codes, but for those that it compares a code with, also in a list `codes`. `languages`
 * makes none: it repeats the codes of all owners that have a sentence for users.
 */
function codesMadeIn({ file, text }: Source): readonly string[] {
  if (isTable(file) || file.startsWith('languages/')) return [];
  const code = text.replaceAll(/(?<=^|[\s(,])\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$|\bcodes: \[[^\]]*\]/gm, '');
  const literals = code.matchAll(/(?<!(?:[!=]==|\bcase|\bhas\() ?)'(\w+)'/g);
  return [...literals].map(([, literal]) => literal!).filter((literal) => ownerOf.has(literal));
}

/** Sentences like "graph makes dataFolderInUse of storage, which it must not import (graph/x.ts)". */
const foreignCodes = (source: Source): readonly string[] =>
  codesMadeIn(source)
    .filter((code) => !isAllowed(moduleOf(source.file), moduleOfOwner(ownerOf.get(code)!)))
    .map((code) => {
      const module = moduleOf(source.file);
      return `${module} makes ${code} of ${ownerOf.get(code)}, which it must not import (${source.file})`;
    });

/** The files that make each code. */
function makersIn(files: readonly Source[]): ReadonlyMap<string, ReadonlySet<string>> {
  const makers = new Map<string, Set<string>>();
  for (const source of files)
    for (const code of codesMadeIn(source)) {
      if (!makers.has(code)) makers.set(code, new Set());
      makers.get(code)!.add(source.file);
    }
  return makers;
}

/** The one of the modules that make a code which all of them may import; core for the steps of a sign-in, and where there is none. */
function lowest(makers: ReadonlySet<string>): string {
  const files = [...makers];
  if (files.some((file) => stepFiles.test(file))) return 'core';
  const modules = files.map(moduleOf);
  return modules.find((target) => modules.every((module) => isAllowed(module, target))) ?? 'core';
}

/** What a file loads: its imports, but for those of types. Paths are relative to the repository. */
function loadedBy(file: string): readonly string[] {
  const text = readFileSync(join(repository, file), 'utf8').replaceAll(/^(?:import|export) type [^;]*;/gm, '');
  return importedBy({ file, text }).flatMap((name) => {
    if (name.startsWith('#')) return name.startsWith('#test/') ? name.slice(1) : `src/${name.slice(1)}`;
    return name.startsWith('.') ? posix.join(dirname(file), name) : [];
  });
}

/** All files that an entry loads, now or later, itself among them. */
function reachedFrom(entry: string): ReadonlySet<string> {
  const files = new Set([entry]);
  for (const file of files) if (/\.tsx?$/.test(file)) for (const target of loadedBy(file)) files.add(target);
  return files;
}

/** What is started by itself: programs, measures and threads. The files of tests are started by test/run.ts, with the tables. */
function entryPoints(): readonly string[] {
  const { workspaces } = JSON.parse(readFileSync(join(repository, 'knip.json'), 'utf8')) as {
    readonly workspaces: Readonly<Record<string, { readonly entry: readonly string[] }>>;
  };
  const files = workspaces['.']!.entry.flatMap((pattern) => globSync(pattern, { cwd: repository }));
  return files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
}

/** Codes of other owners than core that the files reached from an entry make. */
function codesMadeFrom(files: ReadonlySet<string>): readonly string[] {
  const ofModules = sources.filter(({ file }) => files.has(`src/${file}`));
  return [...new Set(ofModules.flatMap(codesMadeIn).filter((code) => ownerOf.get(code) !== 'core'))];
}

describe('reasons belong to the module that makes them', () => {
  test('a module makes its own codes, and those of modules that it may import', () =>
    assert.deepEqual(sources.flatMap(foreignCodes), []));

  test('a code belongs to the lowest module that makes it', () => {
    const wrong = [...makersIn(sources)]
      .map(([code, makers]) => ({ code, owner: ownerOf.get(code), lowest: lowest(makers) }))
      .filter(({ owner, lowest }) => owner !== lowest);
    assert.deepEqual(wrong, []);
  });

  test('a code is in one table', () => {
    const rows = sources
      .filter(({ file }) => isTable(file))
      .flatMap(({ text }) => [...text.matchAll(/^ {2}(\w+): \{/gm)].map(([, code]) => code!));
    assert.deepEqual(rows.toSorted(), [...ownerOf.keys()].toSorted());
  });

  test('every code is made somewhere, but for those that are retired', () => {
    const makers = makersIn(sources);
    assert.deepEqual(
      entries.map(([code]) => code).filter((code) => !makers.has(code)),
      Object.keys(retiredCodes),
    );
  });

  test('a module that declares a table is an owner under its name', () => {
    const declarations = sources.flatMap(({ file, text }) => {
      const [, owner] = /interface ReasonTables \{\s*readonly (\w+): typeof/.exec(text) ?? [];
      return owner === undefined ? [] : [`${owner}: ${moduleOf(file)}`];
    });
    const owners = Object.keys(reasonTables).map((owner) => `${owner}: ${moduleOfOwner(owner)}`);
    assert.deepEqual(declarations.toSorted(), owners.toSorted());
  });
});

describe('the tables of reasons are joined', () => {
  test('two owners of a code are refused', () => {
    const twoOwners = { ...reasonTables, graph: { ...reasonTables.graph, ...reasonTables.pki } } as ReasonTables;
    assert.throws(() => joinReasons(twoOwners), /the code "\w+" of pki belongs to another module already/);
  });

  test('who joins them loads tables alone', () => {
    const code = [...reachedFrom(joinFile)]
      .map((file) => file.replace('src/', ''))
      .filter((file) => !isTable(file) && file !== 'core/trace/tolerances.ts');
    assert.deepEqual(code, []);
  });

  for (const entry of entryPoints())
    test(`${entry} has the words of every reason that it can make`, () => {
      const files = reachedFrom(entry);
      if (files.has(joinFile)) return;
      assert.deepEqual(codesMadeFrom(files), [], `${entry} must import ${joinFile}`);
    });
});
