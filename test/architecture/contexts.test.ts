import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameterParts } from '../prose/names.ts';
import { sources } from './modules.ts';

/** Files with functions that take the parts of a context apart, each with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'storage/stores/sign-in/uses.ts': 'migration 020 calls noteUse, and a released migration is not edited',
};

/** `name: Type` of a parameter; the name is empty where it is a pattern. */
function readParameter(part: string): { readonly name: string; readonly type: string } {
  const [, name = '', type = ''] =
    /^\s*(?:readonly\s+)?(\w*)[^:]*?(?:\?\s*)?(?::\s*([\s\S]*))?$/.exec(
      part.replace(/^\s*\{[^}]*(?:\{[^}]*\}[^}]*)*\}/, ''),
    ) ?? [];
  return { name, type };
}

/** What the parameters of a function have apart that one context holds. */
function partsApart(list: readonly string[]): string | undefined {
  const parameters = list.map(readParameter);
  const isContext = (type: string) => /Context\b/.test(type);
  const has = (test: (parameter: ReturnType<typeof readParameter>) => boolean) => parameters.some(test);
  const ports = has(
    ({ name, type }) => name === 'ports' || (/^(?:Pick<)?\w*Ports\b(?!\[)/.test(type) && !isContext(type)),
  );
  const at = has(({ name, type }) => name === 'at' && (type === '' || /^Date\b/.test(type)));
  if (ports && at) return 'ports and at';
  if (ports && has(({ name }) => name === 'actor')) return 'actor and ports';
  const context = has(({ type }) => /^(?:Admin|SignIn|Timed)Context\b/.test(type));
  if (context && (at || ports)) return 'a context and a part of one';
  const database = has(({ type }) => /^(?:Database|Step|Transaction<|Kysely<|Pick<Step)/.test(type));
  return database && has(({ name }) => name === 'tenantId') ? 'database and tenantId' : undefined;
}

const violations = (text: string): readonly string[] =>
  parameterParts(text).flatMap(({ line, parts }) => {
    const apart = partsApart(parts);
    return apart === undefined ? [] : [`${line}: ${apart}`];
  });

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
  ['function f(request: R, { ports, at }: SignInContext<Ports>): void {}', []],
  ['function f(request: R, context: TimedContext<TrustPorts>): void {}', []],
  ['function f({ database, tenantId }: TenantDatabase, at: Date): void {}', []],
  ["function f(address: string, attempts: Ports['attempts'], at: Date): void {}", []],
] as const)
  test(`${expected.length === 0 ? 'one context' : expected[0]}: ${text}`, () =>
    assert.deepEqual(violations(text), expected));
