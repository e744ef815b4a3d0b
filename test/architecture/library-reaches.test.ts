import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reaches } from '#oidc/provider/internals/reaches.ts';
import { type Source, sources } from './modules.ts';

/** Everything that is used of the inside of oidc-provider is here. */
const home = 'oidc/provider/internals/';
/** The records of the library pass through here as they are; a released migration is never edited. */
const stores = /^oidc\/provider\/(?:adapter|record-batch)\.ts$|^storage\/migrations\//;
const readers = '#core/token/provider-records.ts';

/** Members of the library whose name nothing else in `src/oidc` has, so that the name alone tells of a use; `library-types.test.ts` has the others. */
const members = Object.keys(reaches)
  .flatMap((reach) => /^(?:Session|OIDCContext|Provider|IdToken)\.(\w+)$/.exec(reach)?.[1] ?? [])
  .filter((name) => !['uid', 'exp', 'amr', 'state', 'claims', 'payload', 'on', 'ctx', 'issue'].includes(name));

const rules: readonly (readonly [rule: string, isBroken: (source: Source) => boolean])[] = [
  [
    'casts a value of the library',
    ({ text }) => /\bas (?:never|any|unknown as)\b|@ts-(?:expect-error|ignore)/.test(text),
  ],
  [
    'uses a member of the library that is in the table of reaches',
    ({ text }) =>
      new RegExp(`(?:\\.|[{,]\\s*)(?:${members.join('|')})\\b(?=\\s*[(.,;)}[=?!])(?![^\\n]*\\bfrom ')`).test(text),
  ],
  ['reaches into a class of the library', ({ text }) => /\.prototype\b|\bIN_PAYLOAD\b|\bProvider\.ctx\b/.test(text)],
  ['knows how the library signs cookies', ({ text }) => /\.sig['"`]|keygrip(?!, which)/i.test(text)],
];

/** Sentences like "oidc/x.ts casts a value of the library". */
function faultsOf(source: Source): readonly string[] {
  if (source.file.startsWith(home)) return [];
  const broken = source.file.startsWith('oidc/') ? rules.filter(([, isBroken]) => isBroken(source)) : [];
  return [
    ...broken.map(([rule]) => rule),
    ...(readsRecords(source) ? ['reads a record of the library itself'] : []),
  ].map((rule) => `${source.file} ${rule}`);
}

/** Does a file read what the library has stored, without the functions that know its members? */
function readsRecords({ file, text }: Source): boolean {
  if (stores.test(file) || text.includes(readers)) return false;
  const isParsed = text.includes('oidc_records') && /JSON\.parse\([\w.]*\) as (?!Record<string, unknown>)/.test(text);
  return isParsed || /\.find\(\s*'(?:RefreshToken|Grant|AuthorizationCode|DeviceCode|Session|Interaction)'/.test(text);
}

test('the inside of oidc-provider is used in one folder alone', () => {
  assert.deepEqual(sources.flatMap(faultsOf), []);
  assert.ok(sources.filter(({ file }) => file.startsWith(home)).length > 3);
  assert.ok(members.length > 8, members.join(', '));
});

const seeds: readonly (readonly [line: string, file: string, isFault: boolean])[] = [
  ["  ctx.oidc.entity('Account', account as never);", 'oidc/broker/sign-on.ts', true],
  ['  } as never);', 'oidc/broker/redeem.ts', true],
  ['  (provider as unknown as NodeJS.EventEmitter).on(event, tell);', 'oidc/provider/provider.ts', true],
  ['  // @ts-expect-error: the types leave it out', 'oidc/tokens/x.ts', true],
  ['  delete session.transient;', 'oidc/provider/interaction-policy.ts', true],
  ['  const { transient } = session;', 'oidc/provider/interaction-policy.ts', true],
  ['  session.loginTs === undefined', 'oidc/provider/provider.ts', true],
  ['  const grantId = session!.grantIdFor(clientId);', 'oidc/tokens/grant.ts', true],
  ['  session.authorizations![clientId]!.version = 1;', 'oidc/tokens/session-version.ts', true],
  ['  provider.Client.prototype.includeSid = () => true;', 'oidc/provider/provider.ts', true],
  ['  const { req } = Provider.ctx ?? {};', 'oidc/provider/adapter.ts', true],
  ["  drop(name + '.sig');", 'oidc/endpoints/logout.ts', true],
  ["import Keygrip from 'keygrip';", 'oidc/requests/cookies.ts', true],
  ["  const grant = await records.find('Grant', id);", 'signin/x.ts', true],
  ['  (JSON.parse(row.document) as { clientId?: string }).clientId // of oidc_records', 'storage/stores/x.ts', true],
  ['  delete session.transient;', `${home}sessions.ts`, false],
  ['  setEndsWithBrowser(session, false);', 'oidc/provider/interaction-policy.ts', false],
  ["  replaceMethod(provider, ['Session', 'persist'], make);", 'oidc/provider/provider.ts', false],
  [`import { grantRecord } from '${readers}'; grantRecord(await records.find('Grant', id))`, 'signin/x.ts', false],
];
for (const [text, file, isFault] of seeds)
  test(`it ${isFault ? 'reaches into the library' : 'does not'}: ${file}: ${text.trim()}`, () =>
    assert.equal(faultsOf({ file, text }).length > 0, isFault));
