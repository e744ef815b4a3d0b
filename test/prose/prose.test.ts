import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonTables } from '#server/reasons/join.ts';
import { textFiles, webFiles } from '../docs/files.ts';
import { bannedWordsIn } from './banned-words.ts';
import { glossaryNamesIn, glossaryWordIn, insteadOf, nowNamesIn, x509NamesIn } from './glossary.ts';
import { declaredNames, isBareName } from './names.ts';

/** Other languages have words of the same letters; a released migration is not edited; these files name the words. */
const exempt =
  /^src\/languages\/(?:texts|reasons)\/(?!english)|^src\/storage\/migrations\/m0|^test\/prose\/|^CHANGELOG\.md$/;

const files = [...textFiles(), ...webFiles()].filter(({ file }) => !exempt.test(file));

test('comments, messages and documents hold none of the banned words', () => {
  const findings = files.flatMap(({ file, text }) => bannedWordsIn(file, text));
  const lines = findings.map(({ file, line, word, instead }) => `${file}:${line} "${word}": ${instead}`);
  assert.deepEqual(lines, [], `${lines.length} banned words`);
});

test('fewer than 1.6 % of all names are bare participles or pronouns', (t) => {
  const names = files.filter(({ file }) => /\.tsx?$/.test(file)).flatMap(({ text }) => declaredNames(text));
  const bare = names.filter(isBareName);
  const percent = (100 * bare.length) / names.length;
  t.diagnostic(`${bare.length} of ${names.length} names (${percent.toFixed(2)} %) are bare participles or pronouns`);
  assert.ok(percent < 1.6, `${percent.toFixed(2)} %: ${mostFrequent(bare).join(', ')}`);
});

test('no name has a word of the glossary as a part', () => {
  const codes = new Set(Object.values(reasonTables).flatMap((table) => Object.keys(table)));
  const scripts = files.filter(({ file }) => /\.(?:tsx?|m?js)$/.test(file));
  const names = scripts.flatMap(({ file, text }) =>
    glossaryNamesIn(text)
      .filter((name) => !codes.has(name))
      .map((name) => `${file} ${name}: ${insteadOf(glossaryWordIn(name)!)}`),
  );
  assert.deepEqual(names, [], `${names.length} names`);
});

test('no file or folder has a word of the glossary as a part of its name', () =>
  assert.deepEqual(
    files.map(({ file }) => file).filter((file) => glossaryWordIn(file) !== undefined),
    [],
  ));

const glossaryExamples: readonly (readonly [source: string, names: readonly string[]])[] = [
  ['const scopesAsked = 1;', ['scopesAsked']],
  ['const { a: mostKept } = f(isOwnOrigin);', ['mostKept']],
  ['function judgeProofs(proofs: readonly Proof[]): Verdict {}', ['judgeProofs']],
  ['interface KeptOptions {\n  readonly most: number;\n}', ['KeptOptions']],
  ['interface Options {\n  readonly longestKeptMilliseconds?: number;\n}', ['longestKeptMilliseconds']],
  ['class Cache {\n  #kept = 1;\n  endKept(): void {}\n}', ['kept', 'endKept']],
  ['const port = { ownHost: host, isFound: true };', ['ownHost', 'isFound']],
  ['const given = { userShown: 1 };', ['given', 'userShown']],
  ['const visit: SignInRequest = visitOf(c);\nconst visits = rows(db);', ['visit']],
  ['const owner = { ownedDevices, keeper, told: 1 };', ['told']],
  ['const isKnown = Object.hasOwn(a, b); // judged, asked and told', []],
  ['const body = { givenName, foundBy: 1, found: 2, voice: 3 };', []],
];
for (const [source, names] of glossaryExamples)
  test(`${JSON.stringify(source)} has ${names.length} names with a word of the glossary`, () =>
    assert.deepEqual(glossaryNamesIn(source), names));

test('a CRL is not called a list, and a certificate is not called a card', () => {
  const source = 'function verify(deltaList: Crl, list: Uint8Array, certificateRevocationListUrl: string) {}';
  assert.deepEqual(x509NamesIn('src/crls/cache/cached.ts', source), ['deltaList', 'list']);
  assert.deepEqual(x509NamesIn('src/storage/storage.ts', source), []);
  const cards = 'const revokedCard = 1; const smartCardLogon = oid;';
  assert.deepEqual(x509NamesIn('src/core/x509/path.ts', cards), ['revokedCard']);
  assert.deepEqual(x509NamesIn('src/pki/card-file/card-file.ts', cards), []);
  assert.deepEqual(
    files.flatMap(({ file, text }) => x509NamesIn(file, text).map((name) => `${file} ${name}`)),
    [],
  );
});

test('what is called now is a time', () =>
  assert.deepEqual(
    files.flatMap(({ file, text }) =>
      /\.tsx?$/.test(file) ? nowNamesIn(text).map((declaration) => `${file} ${declaration}`) : [],
    ),
    [],
  ));

const nowExamples: readonly (readonly [source: string, names: readonly string[]])[] = [
  ['const now = new Date();\nconst dayFromNow = clock.now();', []],
  ['const now = { ...flow, username };', ['const now = { ...flow, username };']],
  ['let now: Flow = at;', ['let now: Flow = at;', 'now: Flow']],
  ['function compare(now: TrustStoreState, policyNow: TenantPolicy) {}', ['now: TrustStoreState', 'policyNow']],
];
for (const [source, names] of nowExamples)
  test(`${JSON.stringify(source)} has ${names.length} names of states in which something is now`, () =>
    assert.deepEqual(nowNamesIn(source), names));

test('names of files are looked at, too', () => {
  const names = ['http/own-forms.ts', 'oidc/claims-asked.test.ts', 'a/owners.ts', 'known/tellers.ts'];
  assert.deepEqual(names.map(glossaryWordIn), ['own', 'asked', undefined, undefined]);
});

const examples: readonly (readonly [text: string, words: readonly string[], file?: string])[] = [
  ["const message = 'the colour is not valid';", ['colour'], 'src/main.ts'],
  ["const message = 'the organization synchronizes';", [], 'src/main.ts'],
  ["import { authorise } from '#core/roles/authorise.ts';", [], 'src/main.ts'],
  ["const message = 'the colour of a test';", ['colour'], 'test/until.ts'],
  ['// Nobody signs in.\nconst nobody = 1;', ['Nobody']],
  ["const message = 'somebody else has the name';", ['somebody']],
  ["const key = 'nobody';", []],
  [`const text = \`\${somebody} is told\`; // fine`, ['is told']],
  ['const pattern = /nobody at all/;', []],
  ['/** Free space\n * in the room. */', ['room']],
  ['/** The list of another CA, which a delta list needs. */', ['list'], 'src/crls/cache/cached.ts'],
  [
    '/** An indirect CRL lists certificates of others; a list of extensions. */',
    [],
    'src/core/crl/distribution-points/scope.ts',
  ],
  ['/** The list of the users. */', []],
  ['/** Which CA issued the card, and whether it is for smart card logon. */', ['card'], 'src/core/x509/path.ts'],
  ['/** The PIN of the card. */', [], 'src/cli/device/keys/card-key.ts'],
];
for (const [text, words, file = 'a.ts'] of examples) {
  test(`${JSON.stringify(text)} has ${words.length} banned words`, () => {
    assert.deepEqual(
      bannedWordsIn(file, text).map(({ word }) => word),
      words,
    );
  });
}

test('names are found where they are declared', () => {
  const source =
    'const { a: kept, b } = f(x, y);\nfor (const [c] of d) {}\nfunction told(asked: string, { e, g: { own } }: Map<A, B>, one = 2): T { return (it: T) => it; }';
  const names = ['asked', 'b', 'c', 'e', 'it', 'kept', 'one', 'own', 'told'];
  assert.deepEqual(declaredNames(source).toSorted(), names);
  assert.deepEqual(['kept', 'seed', 'user', 'asked'].filter(isBareName), ['kept', 'asked']);
});

function mostFrequent(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 10)
    .map(([name, count]) => `${name} ${count}`);
}
