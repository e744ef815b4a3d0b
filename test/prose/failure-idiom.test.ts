import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { lostRulings, type TypedFunction, typedFunctions } from './functions.ts';
import { scan } from './scan.ts';

/**
 * One failure idiom (ARCHITECTURE.md): a function that can refuse returns a `Ruling`, in every module. In these ones none throws a
 * refusal. At an edge `orThrow` makes an exception of a ruling.
 */
const layers = /^src\/(?:admin|signin|core)\//;

const inStore = 'in the callback of a store, which an exception makes leave its transaction';
const wasRead = 'a stored certificate was read when it was added';

/** Files that throw a refusal, each with the reason. */
const throwing: Readonly<Record<string, string>> = {
  'src/admin/applications/directory-applications.ts': inStore,
  'src/admin/applications/service-principal.ts': inStore,
  'src/admin/applications/credentials/named-authorities.ts': inStore,
  'src/admin/directory/groups.ts': inStore,
  'src/admin/policies/change-access.ts': inStore,
  'src/admin/policies/feature-rollouts.ts': inStore,
  'src/admin/tenant/domains.ts': inStore,
  'src/admin/trust/authority/certificate-file.ts': wasRead,
  'src/admin/trust/upload/upload.ts': 'writes down the end of an upload, which decides nothing',
  'src/core/trace/ruling.ts': '`orThrow` is the way from a ruling to an exception',
  'src/core/x509/trust-store.ts': wasRead,
};

/** Functions that say in another form that they refuse, by the reason. */
const otherForms: Readonly<Record<string, readonly string[]>> = {
  'words for the evidence of the one refusal that its caller makes': [
    'src/admin/trust/authority/authority-rules.ts ldapProblem',
    'src/core/binding/identifiers/certificate-user-ids.ts malformation',
    'src/core/crl/revocation.ts #problemOfSignerPath',
    'src/core/crl/issuers/signature.ts algorithmProblem',
    'src/core/crl/issuers/signature.ts findAlgorithmProblem',
    'src/core/device/jose/claimed-times.ts timesProblem',
    'src/core/device/request-nonce.ts problemOfAge',
    'src/core/device/workstation/account-map.ts problemOf',
    'src/core/device/workstation/offline-grace.ts problemOf',
    'src/core/directory/extension-property.ts extensionValueProblem',
    'src/core/x509/algorithms/curve-point.ts edwardsFlaw',
    'src/core/x509/algorithms/curve-point.ts weierstrassFlaw',
    'src/core/x509/algorithms/public-key.ts exponentFlaw',
    'src/core/x509/algorithms/public-key.ts modulusFlaw',
    'src/core/x509/rules/name-constraints.ts problemOf',
    'src/core/x509/algorithms/signature.ts schemeOf',
    'src/signin/user/username.ts problemOf',
    'src/crls/fetch/bundles.ts problemOf',
    'src/crls/fetch/download.ts problemOfAddress',
    'src/device/prt/requests/assertion.ts timeProblem',
    'src/device/registration/nonces.ts problemOf',
    'src/device/registration/renew.ts proofProblem',
    'src/keys/passkeys.ts refusedAsProblem',
    'src/net/address-policy.ts httpUrlProblem',
    'src/net/bodies.ts formShapeProblem',
    'src/net/bodies.ts jsonShapeProblem',
    'src/net/pem-files.ts authoritiesProblem',
    'src/oidc/provider/client-assertion.ts problemOfKey',
    'src/ports/credentials.ts verifyAssertion',
    'src/schema/odata-type.ts typeProblem',
    'src/server/commands/keys-rotate.ts retireProblem',
  ],
  'the failure of the last download of a CRL, which the cache keeps and shows': [
    'src/crls/cache/flights.ts #land',
    'src/crls/cache/flights.ts renew',
  ],
  'no objection is not a pass yet: its caller goes on to the next rule': [
    'src/core/access/evaluate-access.ts text',
    'src/core/access/controls/grant-controls.ts demand',
    'src/core/access/controls/grant-controls.ts evaluateBuiltIn',
    'src/core/access/controls/session-controls.ts evaluateFrequency',
  ],
  'says why a file of the user was not written, through the socket where the server executes the command': [
    'src/cli/command.ts write',
    'src/cli/input/files.ts write',
    'src/cli/input/files.ts writeHere',
    'src/cli/remote/files-of-client.ts sendFile',
    'src/cli/remote/files-of-client.ts writeTo',
    'src/cli/remote/offered-files.ts #writingOr',
  ],
  'looks for a refusal among several answers, where none is a finding, too': [
    'src/admin/trust/import-crl.ts reasonOfNone',
    'src/core/x509/search/path-search.ts #explain',
    'src/core/x509/search/path-search.ts from',
  ],
  'reads a refusal that a port has thrown': ['src/admin/refusals.ts refusalIn'],
  'one of a list of problems that are reported together': [
    'src/admin/document/entra-objects.ts Read',
    'src/core/binding/identifiers/certificate-user-ids.ts problemOf',
  ],
};

/** Files that may drop a ruling, each with the reason. */
const dropping: Readonly<Record<string, string>> = {
  'test/fuzz/targets.ts': 'looks for exceptions, and any ruling will do',
};

interface Source {
  /** Below the root of the repository. */
  readonly file: string;
  readonly text: string;
}
const root = resolve(import.meta.dirname, '..', '..');
const sources: readonly Source[] = globSync('{src,test,bench,packaging}/**/*.ts', {
  cwd: root,
  exclude: (name) => name === 'node_modules' || name === 'output',
}).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const inSrc = sources.filter(({ file }) => file.startsWith('src/') && !file.endsWith('.test.ts'));
const inLayers = inSrc.filter(({ file }) => layers.test(file));

/** Whether a file throws a refusal. A helper that makes one is a function that returns a `CardeaError`: see {@link isOtherForm}. */
const throwsRefusal = (text: string): boolean =>
  /\b(?:throw (?:fault\(|new CardeaError\b)|orThrow\()/.test(scan(text).code);

/** The members of a union that is written on one line. */
const partsOfUnion = (type: string): readonly string[] => type.split(/ \| (?![^{]*\})/);

/** `{ readonly problem: string }` */
const isProblemAlone = (type: string): boolean => /^\{ ?(?:readonly )?(?:problem|because)\??:[^;]*;? ?\}$/.test(type);

/** Names of types that are a value or a problem. */
const problemTypes = (text: string): readonly string[] =>
  [...scan(text).code.matchAll(/\btype (\w+)(?:<[^=]*>)? =([^=]*?);\n/g)].flatMap(([, name, type]) =>
    partsOfUnion(type!.replace(/\s+/g, ' ').trim()).some(isProblemAlone) ? [name!] : [],
  );

/** Functions that return no ruling although their comment says that they refuse. Types that are not written are not looked at. */
function documentedRefusals(text: string): readonly string[] {
  const comments = text.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export )?(?:async )?(?:(?:function|const) )?([\w$]+)(?=[<(]| =)/g,
  );
  const refusing = new Set(
    [...comments].flatMap(([, comment, name]) => (/\bRefuses (?:with|as)\b/.test(comment!) ? [name!] : [])),
  );
  // A call before the colon of a conditional expression looks like a typed function: any ruling of the name is its own.
  const typed = typedFunctions(text);
  const ruling = new Set(
    typed.flatMap(({ name, returns }) => (/\b(?:Ruling|Refusal|Passed)\b/.test(returns) ? [name] : [])),
  );
  return [...refusing].filter((name) => !ruling.has(name) && typed.some((one) => one.name === name));
}

/** Whether a function declares in another form than a ruling that it refuses. */
function isOtherForm({ name, returns }: Pick<TypedFunction, 'name' | 'returns'>, mayThrow = false): boolean {
  const type = returns.replace(/^Promise<(.*)>$/, '$1');
  const parts = partsOfUnion(type);
  if (parts.length < 2) return type === 'CardeaError' && name !== 'fault' && !mayThrow;
  if (
    parts.some((part) =>
      /^(?:(?:Omit<|Pick<)?\w*Refusal\b.*|Interruption|Unmet|Missing|Because|CardeaError|ReturnType<typeof refused>)$/.test(
        part,
      ),
    )
  )
    return true;
  if (parts.some(isProblemAlone)) return true;
  // The words of a problem in the place of what was read, or of nothing.
  if (parts.includes('string') && parts.some((part) => /^(?!Markup$)[A-Z]/.test(part))) return true;
  return type === 'string | undefined' && /problem|flaw|malformation|objection/i.test(name);
}

/** The names by which a file calls functions that return a ruling: its own, and those that it imports. */
function rulingsIn({ file, text }: Source): ReadonlySet<string> {
  const imported = [...text.matchAll(/\bimport \{([^}]*)\} from '([#.][^']*)'/g)].flatMap(([, names, from]) => {
    const target = from!.startsWith('#') ? `src/${from!.slice(1)}` : posix.join(dirname(file), from!);
    return names!.split(',').flatMap((name) => {
      const [exported = '', local = exported] = name.trim().split(' as ');
      return rulingNames.get(target)?.has(exported) ? [local] : [];
    });
  });
  return new Set([...(rulingNames.get(file) ?? []), ...imported]);
}
const rulingsOf = (text: string): ReadonlySet<string> =>
  new Set(typedFunctions(text).flatMap(({ name, returns }) => (/^(?:Promise<)?Ruling</.test(returns) ? [name] : [])));
const rulingNames = new Map(inSrc.map(({ file, text }) => [file, rulingsOf(text)]));

describe('a function that can refuse returns a ruling', () => {
  test('no file of admin, signin and core throws a refusal, but for those pinned here', () => {
    const files = inLayers.filter(({ text }) => throwsRefusal(text)).map(({ file }) => file);
    assert.deepEqual(files.sort(), Object.keys(throwing).sort());
  });

  test('no function of any module says in another form that it refuses, but for those pinned here', () => {
    const violations = inSrc.flatMap(({ file, text }) => {
      const functions = typedFunctions(text).filter((one) => isOtherForm(one, !layers.test(file)));
      return [...functions.map(({ name }) => name), ...problemTypes(text)].map((name) => `${file} ${name}`);
    });
    assert.deepEqual([...new Set(violations)].sort(), Object.values(otherForms).flat().sort());
  });

  test('a function whose comment says that it refuses returns a ruling', () =>
    assert.deepEqual(
      inSrc.flatMap(({ file, text }) => documentedRefusals(text).map((name) => `${file} ${name}`)),
      [],
    ));

  test('no call drops the ruling of a function', () => {
    assert.ok([...rulingNames.values()].reduce((count, names) => count + names.size, 0) > 300);
    const violations = sources
      .filter(({ file }) => !(file in dropping))
      .flatMap((source) => lostRulings(source.text, rulingsIn(source)).map((line) => `${source.file}:${line}`));
    assert.deepEqual(violations, []);
    const needless = Object.keys(dropping).filter((file) => {
      const source = sources.find((one) => one.file === file);
      return !source || lostRulings(source.text, rulingsIn(source)).length === 0;
    });
    assert.deepEqual(needless, []);
  });
});

describe('seeded violations are found', () => {
  for (const [text, isViolation] of [
    ["throw fault('nothingFound', { kind: 'user', wanted: id });", true],
    ['if (!user) throw new CardeaError(ruling.because);', true],
    ["// throw fault('x', {})\nreturn refused('nothingFound', { kind: 'user', wanted: id });", false],
    ['const user = orThrow(await userOf(id, ports));', true],
    ["throw new DerError(0, 'x', 'y');", false],
  ] as const)
    test(`a refusal is ${isViolation ? '' : 'not '}thrown: ${text}`, () =>
      assert.equal(throwsRefusal(text), isViolation));

  for (const [text, isViolation] of [
    ['function check(a: string): Refusal | undefined {', true],
    ['async function check<T extends Map<A, B>>(a: T): Promise<Because | undefined> {', true],
    ['const refuse = (a: string): CardeaError => fault(a, {});', true],
    ['const check = async (a: string): Promise<Found | Refusal> => found;', true],
    ['function read(a: string): { readonly value: number } | { readonly problem: string } {', true],
    ['function read(a: string): { value: number } | { because: Because | undefined } {', true],
    ['function read(a: string): Rule | string {', true],
    ['function row(a: Row): Markup | string {', false],
    ['  #problemOf(a: string): string | undefined {', true],
    ['  judge(a: Facts): Interruption | undefined;', true],
    ["function check(a: Form): Omit<Refusal, 'status'> | undefined {", true],
    ['function check(a: Form): RequestRefusal | undefined {', true],
    ['type Read<T> = { readonly value: T } | { readonly problem: string };\n', true],
    ["type Match = { readonly action: 'add' } | { readonly action: 'refuse'; readonly problem: string };\n", false],
    ['function check(a: string): Ruling<void> {', false],
    ['function nameOf(a: string): string | undefined {', false],
    ['const missing = (id: string): Refusal => refused(code, { id });', false],
  ] as const)
    test(`it is ${isViolation ? 'another form' : 'none'}: ${text}`, () =>
      assert.equal(typedFunctions(text).some((one) => isOtherForm(one)) || problemTypes(text).length > 0, isViolation));

  test('a helper of a module that may throw may make the error', () => {
    const [helper] = typedFunctions('const refuse = (a: string): CardeaError => fault(a, {});');
    assert.ok(!isOtherForm(helper!, true));
    const [union] = typedFunctions('async function post(url: string): Promise<Uint8Array | Because> {');
    assert.ok(isOtherForm(union!, true));
  });

  for (const [text, isViolation] of [
    ['/** Adds it. Refuses with domainTaken. */\nexport const add = (a: string): Promise<void> => keep(a);', true],
    ['/**\n * Ends all.\n * Refuses as {@link x}.\n */\nexport async function end(a: string): Promise<Ended> {', true],
    [
      '/** Adds it. Refuses with domainTaken. */\nexport const add = (a: string): Promise<Ruling<void>> => keep(a);',
      false,
    ],
    ['/** Adds it. */\nexport const add = (a: string): Promise<void> => keep(a);', false],
  ] as const)
    test(`its comment is ${isViolation ? 'not ' : ''}true: ${text}`, () =>
      assert.equal(documentedRefusals(text).length > 0, isViolation));

  const declaration = 'export async function change(id: string): Promise<Ruling<void>> {}\n';
  for (const [statement, isLost] of [
    ['await change(id);', true],
    ['void change(id);', true],
    ['if (isDue) change(id);', true],
    ['for (const { id } of users) await change(id);', true],
    ['if (isDue) keep();\nelse await change(id);', true],
    ['await Promise.all([change(a), orThrow(await change(b))]);', true],
    ['await Promise.all(ids.map((id) => change(id)));', true],
    ['const results = await Promise.allSettled([change(a)]);', true],
    ['await assert.doesNotReject(change(a));', true],
    ['await ports.trustStore.edit((now) => decide(now), actor);', true],
    ['const message = await change(id).catch((problem: Error) => problem.message);', true],
    ['orThrow(await change(id));', false],
    ['const ruling = await change(id);', false],
    ['return change(id);', false],
    ['await Promise.all([change(a).then(orThrow), change(b).then(orThrow)]);', false],
    ['const rulings = await Promise.all(ids.map((id) => change(id)));', false],
    ['await Promise.all([guard((inside) => change(id, inside))]);', false],
    ['await other.change(id);', false],
    ['const work = (id: string) => change(id);', false],
  ] as const)
    test(`a ruling is ${isLost ? '' : 'not '}lost: ${JSON.stringify(statement)}`, () => {
      const text = `function use() {\n${statement}\n}`;
      assert.equal(lostRulings(text, rulingsOf(declaration)).length > 0, isLost);
    });

  test('a name is the name that the file imports', () => {
    const text =
      "import { assignRole as assign } from '#admin/directory/role-assignments.ts';\nawait assign(request, call);";
    const source = { file: 'test/architecture.test.ts', text };
    assert.deepEqual(lostRulings(text, rulingsIn(source)), [2]);
    assert.deepEqual(lostRulings(text, rulingsIn({ ...source, text: 'await assign(request, call);' })), []);
  });
});
