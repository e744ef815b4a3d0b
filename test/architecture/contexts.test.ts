import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterParts } from '../prose/names.ts';
import { fileNamed, type Source, sources } from './modules.ts';

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

const storeName = new RegExp(String.raw`^(?:Pick<\s*)?(?:(?:${storeTypes.join('|')})\b(?!\[)|\w*Ports\[)`);

/** Whether an inline object type has stores of the ports as its members. */
const holdsStores = (type: string): boolean => type.startsWith('{') && storeMember.test(type);

/** Further names that a file, or one that it imports from, has for the parts of a context. */
interface Aliases {
  /** Of the database. */
  readonly database: readonly string[];
  /** Of some of the ports, or of an object of another kind that has some as members. */
  readonly ports: readonly string[];
  /** Of an object that has an actor as a member, and no ports. An entry of the audit log names its actor itself. */
  readonly actor: readonly string[];
}

/** Types that a file declares, with their members; those that are contexts are left out. */
const declarationsIn = (text: string): readonly (readonly [name: string, declaration: string])[] =>
  [
    ...text.matchAll(/\binterface (\w+)(?:<[^>{]*>)?(?: extends ([^{]+))? (\{[\s\S]*?\n\}|\{\})/g),
    ...text.matchAll(/\btype (\w+)(?:<[^=]*>)?\s*(=)\s*(\{[^;]*\}|Pick<[^;]*);/g),
  ]
    .filter(([, name, base = '']) => !/Context\b/.test(`${name} ${base}`))
    .map(([, name, , declaration]) => [name!, declaration!]);

/** The members that an object has, and not those of an object within it or the parameters of a method. */
const membersOf = (declaration: string): string =>
  declaration.startsWith('{')
    ? declaration
        .slice(1, -1)
        .replaceAll(/\{[^{}]*\}/g, '{}')
        .replaceAll(/\([^()]*\)/g, '()')
        .split(/[;\n]/)
        .filter((member) => /^\s*(?:readonly )?\w+\??:(?!.*=>)/.test(member))
        .join(';\n')
    : declaration;

function aliasesOf(text: string): Aliases {
  const declarations = declarationsIn(text).map(([name, declaration]) => [name, membersOf(declaration)] as const);
  const isOfPorts = (members: string) => /^Pick<\s*\w*Ports\b/.test(members) || storeMember.test(members);
  const namesOf = (test: (members: string) => boolean) =>
    declarations.flatMap(([name, members]) => (test(members) ? [name] : []));
  return {
    database: aliasesIn(text),
    ports: namesOf((members) => isOfPorts(members) && !/\bat: Date\b/.test(members)),
    actor: namesOf(
      (members) =>
        /\bactor: string\b/.test(members) && !isOfPorts(members) && !/\b(?:ports|activity)\??:/.test(members),
    ),
  };
}

/** What the parameters of a function have apart that one context holds. */
function partsApart(list: readonly string[], aliases: Aliases): string | undefined {
  const parameters = list.map(readParameter);
  const isContext = (type: string) => /Context\b/.test(type);
  const has = (test: (parameter: ReturnType<typeof readParameter>) => boolean) => parameters.some(test);
  const isOneOf = (names: readonly string[], type: string) =>
    names.length > 0 && new RegExp(String.raw`^(?:(?:Pick|Omit)<\s*)?(?:${names.join('|')})\b(?!\[)`).test(type);
  const ports = has(
    ({ name, type }) =>
      name === 'ports' ||
      (!isContext(type) &&
        (/^(?:Pick<)?\w*Ports\b(?!\[)/.test(type) ||
          holdsStores(type) ||
          storeName.test(type) ||
          isOneOf(aliases.ports, type))),
  );
  const at = has(
    ({ name, type }) => (name === 'at' && (type === '' || /^Date\b/.test(type))) || /^\{[^}]*\bat: Date\b/.test(type),
  );
  if (ports && at) return 'ports and at';
  const actor = has(
    ({ name, type }) =>
      name === 'actor' ||
      /^\{(?![^}]*\b(?:ports|activity):)[^}]*\bactor: string\b/.test(type) ||
      isOneOf(aliases.actor, type),
  );
  if (ports && actor) return 'actor and ports';
  const context = has(({ type }) => /^(?:Admin|SignIn|Timed)Context\b/.test(type));
  if (context && (at || ports)) return 'a context and a part of one';
  const isDatabase = new RegExp(`^${databaseText}`);
  const database = has(({ type }) => isDatabase.test(type) || isOneOf(aliases.database, type));
  const tenantId = has(({ name, type }) => name === 'tenantId' || /^\{[^}]*\btenantId: string\b/.test(type));
  return database && tenantId ? 'database and tenantId' : undefined;
}

/** Files import the names of others. */
const aliasesOfStorage = sources
  .filter(({ file }) => file.startsWith('storage/'))
  .flatMap(({ text }) => aliasesIn(text));

/** The aliases of the files of src, by file. */
const aliasesByFile = new Map(sources.map(({ file, text }) => [file, aliasesOf(text)]));

/** The aliases that a file declares, and those that it imports by name. */
function aliasesWithin({ file, text }: Source): Aliases {
  const declaredHere = aliasesOf(text);
  const imported = [...text.matchAll(/\bimport (?:type )?\{([^}]*)\} from '([#.][^']*)'/g)].flatMap(
    ([, names, from]) => {
      const declared = aliasesByFile.get(fileNamed(file, from!)!);
      return declared
        ? names!.split(',').map((name) => ({ name: name.replace(/^\s*type /, '').trim(), declared }))
        : [];
    },
  );
  const importedAs = (part: 'ports' | 'actor') =>
    imported.flatMap(({ name, declared }) => (declared[part].includes(name) ? [name] : []));
  return {
    database: [...new Set([...aliasesOfStorage, ...declaredHere.database])],
    ports: [...declaredHere.ports, ...importedAs('ports')],
    actor: [...declaredHere.actor, ...importedAs('actor')],
  };
}

/** What is below the ports has no context: the methods of a store name the actor. */
const isBelowPorts = (file: string): boolean => file.startsWith('storage/');

const violations = (source: Source): readonly string[] => {
  const aliases = aliasesWithin(source);
  return parameterParts(source.text).flatMap(({ line, parts }) => {
    const apart = partsApart(parts, aliases);
    const isOfStore = apart === 'actor and ports' && isBelowPorts(source.file);
    return apart === undefined || isOfStore ? [] : [`${line}: ${apart}`];
  });
};

/** Calls that pass one context twice, as two parameters: the function takes its parts apart. */
const passedTwice = (text: string): readonly string[] =>
  [
    ...text.matchAll(
      /\b\w+\((?:[^()]*,\s*)?(?:\.\.\.)?(context|call|signIn|signedIn|person|tenant|ports|inside)\s*,(?:[^()]*,)?\s*\1\s*\)/g,
    ),
  ].map(([text]) => text);

test('what a context holds is one parameter, but for the files pinned here', () => {
  const places = sources
    .filter(({ file }) => !file.startsWith('storage/migrations/'))
    .flatMap((source) => violations(source).map((violation) => `${source.file}:${violation}`));
  assert.deepEqual(
    places.filter((place) => !(place.split(':')[0]! in exceptions)),
    [],
  );
  assert.deepEqual(
    Object.keys(exceptions).filter((file) => !places.some((place) => place.startsWith(`${file}:`))),
    [],
  );
});

test('no call passes one context as two parameters', () =>
  assert.deepEqual(
    sources.flatMap(({ file, text }) => passedTwice(text).map((call) => `${file}: ${call}`)),
    [],
  ));

for (const [text, isTwice] of [
  ['const ticket = await beginApp(signedIn, signedIn);', true],
  ['const secret = await secretOf(ticket, signedIn, signedIn);', true],
  ['await change(context, { name }, context);', true],
  ['await change(context, { name });', false],
  ['return Math.max(now, now);', false],
] as const)
  test(`it passes one context ${isTwice ? 'twice' : 'once'}: ${text}`, () =>
    assert.equal(passedTwice(text).length > 0, isTwice));

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
  ["function f(address: string, attempts: Ports['attempts'], at: Date): void {}", ['1: ports and at']],
  ['function f(log: SignInLog, at: Date): void {}', ['1: ports and at']],
  ["function f(change: C, actor: string, objects: Pick<Objects, 'add'>): void {}", ['1: actor and ports']],
  [
    "type Reading = { readonly objects: Pick<Objects, 'find'> };\nfunction f(at: Date, reading: Reading) {}",
    ['2: ports and at'],
  ],
  [
    "type Reading = Pick<Ports, 'objects'>;\nfunction f(at: Date, reading: Pick<Reading, 'objects'>) {}",
    ['2: ports and at'],
  ],
  [
    'interface Trust extends Names {\n  readonly tenants: Tenants;\n}\nfunction f(at: Date, trust: Trust) {}',
    ['4: ports and at'],
  ],
  [
    'interface Target {\n  readonly id: string;\n  readonly actor: string;\n}\nfunction f(target: Target, objects: Objects) {}',
    ['5: actor and ports'],
  ],
  [
    'function f({ id, actor }: { readonly id: string; readonly actor: string }, objects: Objects) {}',
    ['1: actor and ports'],
  ],
  [
    "type Rows = Pick<Database, 'selectFrom'>;\nfunction f(db: Pick<Rows, 'selectFrom'>, tenantId: string) {}",
    ['2: database and tenantId'],
  ],
  ['interface Found {\n  readonly actor: string;\n}\nfunction f(found: Found, name: string): void {}', []],
  [
    'interface TokenContext extends Names {\n  readonly at: Date;\n  readonly tenants: Tenants;\n}\nfunction f(context: TokenContext) {}',
    [],
  ],
] as const)
  test(`${expected.length === 0 ? 'one context' : expected[0]}: ${text}`, () =>
    assert.deepEqual(violations({ file: 'seed.ts', text }), expected));
