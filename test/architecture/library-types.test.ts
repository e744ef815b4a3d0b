import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';

/**
 * Members of the table of reaches with common names, which the text of a file does not tell apart from others of that name: TypeScript
 * compiles `src/oidc` with declarations of oidc-provider in which they are private. The id of a session is only set in `internals`.
 */
const members: readonly (readonly [className: string, member: string, modifier: 'private' | 'readonly'])[] = [
  ['Session', 'exp', 'private'],
  ['Session', 'amr', 'private'],
  ['Session', 'state', 'private'],
  ['Session', 'uid', 'readonly'],
  ['IdToken', 'payload', 'private'],
  ['IdToken', 'issue', 'private'],
  ['OIDCContext', 'claims', 'private'],
  ['Provider', 'on', 'private'],
  ['Provider', 'ctx', 'private'],
];

const root = resolve(import.meta.dirname, '..', '..');
mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
const folder = mkdtempSync(join(root, 'node_modules', '.cache', 'library-types-'));
after(() => rmSync(folder, { recursive: true }));

/** The declarations of the library, with the members as {@link members} says. */
function narrowedDeclarations(): string {
  let text = readFileSync(join(root, 'node_modules', '@types', 'oidc-provider', 'index.d.ts'), 'utf8');
  for (const [className, member, modifier] of members) {
    const begin = text.search(new RegExp(`^(?:declare|export default) class ${className}\\b`, 'm'));
    const end = text.indexOf('\n}', begin);
    const declaration = new RegExp(`^ {4}(?=(?:static |readonly |get )*${member}\\b)`, 'gm');
    const narrowed = text.slice(begin, end).replaceAll(declaration, `    ${modifier} `);
    assert.notEqual(narrowed, text.slice(begin, end), `oidc-provider declares no ${className}.${member}`);
    text = text.slice(0, begin) + narrowed + text.slice(end);
  }
  return text;
}

/** Uses, one a line, and whether each is held. */
const seeds: readonly (readonly [use: string, isHeld: boolean])[] = [
  ["session.uid = 'id';", true],
  ['session.exp;', true],
  ['const { state } = session;', true],
  ['delete session.amr;', true],
  ["token.issue({ use: 'logout' });", true],
  ['token.payload();', true],
  ["provider.on('server_error', () => undefined);", true],
  ['context.oidc.claims;', true],
  ['Provider.ctx;', true],
  ['session.uid;', false],
  ['context.oidc.params;', false],
  ['const record = { uid: 1, exp: 2, state: 3 }; record.exp = record.state;', false],
];
const declarations = `import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
declare const provider: Provider;
declare const session: InstanceType<Provider['Session']>;
declare const token: InstanceType<Provider['IdToken']>;
declare const context: KoaContextWithOIDC;
`;

/** What TypeScript says of files below `src/oidc`, tests not counted, and of the lines of the seeds. */
function compile(): readonly { readonly file: string; readonly line: number; readonly message: string }[] {
  writeFileSync(join(folder, 'index.d.ts'), narrowedDeclarations());
  writeFileSync(join(folder, 'seeds.ts'), declarations + seeds.map(([use]) => `${use}\n`).join(''));
  const compilerOptions = { noUnusedLocals: false, paths: { 'oidc-provider': ['./index.d.ts'] } };
  const include = ['seeds.ts', join(root, 'src', 'oidc'), join(root, 'src', '**', 'reasons.ts')];
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include }),
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...stdout.matchAll(/^(\S+\.ts)\((\d+),\d+\): error (.*)$/gm)].map(([, file, line, message]) => ({
    file: file!,
    line: Number(line),
    message: message!,
  }));
}

describe('members of oidc-provider with common names are used in one folder alone', () => {
  const findings = compile();
  const ofLibrary = findings.filter(({ file }) => file.startsWith('src/oidc/') && !file.endsWith('.test.ts'));

  test('no other file uses one', () => {
    const outside = ofLibrary.filter(({ file }) => !file.startsWith('src/oidc/provider/internals/'));
    assert.deepEqual(outside, []);
    assert.notEqual(ofLibrary.length, 0, 'the folder itself uses them');
  });

  for (const [index, [use, isHeld]] of seeds.entries())
    test(`it ${isHeld ? 'reaches into the library' : 'does not'}: ${use}`, () => {
      const line = declarations.split('\n').length + index;
      const ofUse = findings.filter((finding) => finding.file.endsWith('seeds.ts') && finding.line === line);
      assert.equal(ofUse.length > 0, isHeld, JSON.stringify(ofUse));
    });
});
