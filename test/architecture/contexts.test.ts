import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterParts } from '../prose/names.ts';
import { sources } from './modules.ts';

/** Files with functions that take the parts of a context apart, each with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'storage/stores/sign-in/log/uses.ts': 'migration 020 calls noteUse, and a released migration is not edited',
};

/** `name: Type` of a parameter; the name is empty where it is a pattern. */
function readParameter(part: string): { readonly name: string; readonly type: string } {
  const [, name = '', type = ''] =
    /^\s*(?:readonly\s+)?(\w*)[^:]*?(?:\?\s*)?(?::\s*([\s\S]*))?$/.exec(
      part.replace(/^\s*\{[^}]*(?:\{[^}]*\}[^}]*)*\}/, ''),
    ) ?? [];
  return { name, type };
}

/** What statements are made with: the database, a transaction, or some methods of one. */
const databaseText = String.raw`(?:Pick<\s*)?(?:Database|Step|Transaction|Kysely)\b`;

/** Other names of the database that a file declares. */
const aliasesIn = (text: string): readonly string[] =>
  [
    ...text.matchAll(
      new RegExp(String.raw`\b(?:type|interface) (\w+)(?:<[^>]*>)?\s*(?:=|\bextends)\s*${databaseText}`, 'g'),
    ),
  ].map(([, name]) => name!);

const portsText = sources.find(({ file }) => file === 'ports/ports.ts')!.text;
/** The types of the stores that `Ports` and `AdminPorts` hold. */
const storeTypes = [...portsText.matchAll(/^import type \{ ([^}]+) \} from '\.\//gm)].flatMap(([, names]) =>
  names!.split(',').map((name) => name.trim()),
);
const storeMember = new RegExp(String.raw`:\s*(?:(?:Pick<\s*)?(?:${storeTypes.join('|')})\b|\w*Ports\[)`);

/** Whether an inline object type has stores of the ports as its members. */
const holdsStores = (type: string): boolean => type.startsWith('{') && storeMember.test(type);

/** What the parameters of a function have apart that one context holds. `aliases` are further names of the database. */
function partsApart(list: readonly string[], aliases: readonly string[]): string | undefined {
  const parameters = list.map(readParameter);
  const isContext = (type: string) => /Context\b/.test(type);
  const has = (test: (parameter: ReturnType<typeof readParameter>) => boolean) => parameters.some(test);
  const ports = has(
    ({ name, type }) =>
      name === 'ports' || ((/^(?:Pick<)?\w*Ports\b(?!\[)/.test(type) || holdsStores(type)) && !isContext(type)),
  );
  const at = has(
    ({ name, type }) => (name === 'at' && (type === '' || /^Date\b/.test(type))) || /^\{[^}]*\bat: Date\b/.test(type),
  );
  if (ports && at) return 'ports and at';
  if (ports && has(({ name }) => name === 'actor')) return 'actor and ports';
  const context = has(({ type }) => /^(?:Admin|SignIn|Timed)Context\b/.test(type));
  if (context && (at || ports)) return 'a context and a part of one';
  const isDatabase = new RegExp(`^(?:${[databaseText, ...aliases.map((name) => String.raw`${name}\b`)].join('|')})`);
  const database = has(({ type }) => isDatabase.test(type));
  const tenantId = has(({ name, type }) => name === 'tenantId' || /^\{[^}]*\btenantId: string\b/.test(type));
  return database && tenantId ? 'database and tenantId' : undefined;
}

/** Files import the names of others. */
const aliasesOfStorage = sources
  .filter(({ file }) => file.startsWith('storage/'))
  .flatMap(({ text }) => aliasesIn(text));

const violations = (text: string): readonly string[] => {
  const aliases = [...new Set([...aliasesOfStorage, ...aliasesIn(text)])];
  return parameterParts(text).flatMap(({ line, parts }) => {
    const apart = partsApart(parts, aliases);
    return apart === undefined ? [] : [`${line}: ${apart}`];
  });
};

test('what a context holds is one parameter, but for the files pinned here', () => {
  const places = sources
    .filter(({ file }) => !file.startsWith('storage/migrations/'))
    .flatMap(({ file, text }) => violations(text).map((violation) => `${file}:${violation}`));
  assert.deepEqual(
    places.filter((place) => !(place.split(':')[0]! in exceptions)),
    [],
  );
  assert.deepEqual(
    Object.keys(exceptions).filter((file) => !places.some((place) => place.startsWith(`${file}:`))),
    [],
  );
});

for (const [text, expected] of [
  ['function f(request: R, ports: Ports, at: Date): void {}', ['1: ports and at']],
  ["function f({ tickets }: Pick<Ports, 'tickets'>, at: Date) {}", ['1: ports and at']],
  ['const f = (at: Date, of: string, inside: TrustPorts) => of;', ['1: ports and at']],
  ['edit(call, (ports, at) => change(ports, at));', ['1: ports and at']],
  ['interface W {\n  watch(ports: WatchPorts, at: Date): void;\n}', ['2: ports and at']],
  ['function f(id: string, actor: string, ports: AdminPorts): void {}', ['1: actor and ports']],
  ['function f(context: AdminContext, at: Date): void {}', ['1: a context and a part of one']],
  ['function f(database: Database, tenantId: string, clock: Clock): void {}', ['1: database and tenantId']],
  ['async function f(step: Step, tenantId: string): Promise<void> {}', ['1: database and tenantId']],
  [
    "type Rows = Pick<Database, 'selectFrom'>;\nfunction f(db: Rows, tenantId: string) {}",
    ['2: database and tenantId'],
  ],
  ['interface Rows extends Kysely<Schema> {}\nfunction f(db: Rows, tenantId: string) {}', ['2: database and tenantId']],
  ['function f(db: Step, { tenantId }: { readonly tenantId: string }) {}', ['1: database and tenantId']],
  ["function f(at: Date, { log }: { readonly log: Pick<SignInLog, 'list'> }) {}", ['1: ports and at']],
  ["function f(at: Date, inside: { readonly log: Ports['signInLog'] }) {}", ['1: ports and at']],
  ['function f({ at }: { readonly at: Date }, { log }: { readonly log: SignInLog }) {}', ['1: ports and at']],
  ['function f(at: Date, { top }: { readonly top: number }): void {}', []],
  ['function f({ log }: { readonly log: SignInLog; readonly top: number }): void {}', []],
  ['function f(request: R, { ports, at }: SignInContext<Ports>): void {}', []],
  ['function f(request: R, context: TimedContext<TrustPorts>): void {}', []],
  ['function f({ database, tenantId }: TenantDatabase, at: Date): void {}', []],
  ["function f(address: string, attempts: Ports['attempts'], at: Date): void {}", []],
] as const)
  test(`${expected.length === 0 ? 'one context' : expected[0]}: ${text}`, () =>
    assert.deepEqual(violations(text), expected));
