import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Command } from '../command.ts';
import { completionScript } from './completion.ts';
import { housekeeping } from './housekeeping.ts';
import { manualPage } from './manual.ts';

const shell: Command = {
  usage: 'shell NAME',
  choices: ['bash', 'zsh'],
  summary: 'Chooses.',
  takes: [1, 1],
  options: {},
  run: async () => 0,
};
const every = [...housekeeping, shell];

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe('completion in bash', { skip: has('bash') ? false : 'bash is missing' }, () => {
  const complete = (...words: string[]): readonly string[] => {
    const list = words.map((word) => `'${word}'`).join(' ');
    const script = `${completionScript('bash', every)}
COMP_WORDS=(cardea ${list}); COMP_CWORD=${words.length}; _cardea; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd: '/' });
    assert.equal(stderr, '');
    return stdout.split('\n').filter(Boolean);
  };
  test('offers the first words', () => assert.ok(complete('c').includes('ca') && complete('c').includes('crl')));
  test('offers the commands of a group', () => assert.deepEqual(complete('crl', 'i'), ['import']));
  test('offers the choices of an argument', () => assert.deepEqual(complete('shell', 'z'), ['zsh']));
  for (const [name, words, values] of [
    ['of an option', ['sign-in', 'list', '--result', ''], ['success', 'failure', 'interrupted']],
    ['of an option that begin with a letter', ['sign-in', 'list', '--result', 'f'], ['failure']],
    ['after an equals sign', ['ca', 'list', '--store', '='], ['classic', 'pki']],
    ['after an equals sign and a letter', ['ca', 'list', '--store', '=', 'p'], ['pki']],
    ['of the argument of policy prefer', ['policy', 'prefer', 'en'], ['enabled']],
  ] as const)
    test(`offers the values ${name}`, () => assert.deepEqual(complete(...words), values));
  test('offers files, and no option, as the value of an option without choices', () => {
    const values = complete('ca', 'add', 'ca.pem', '--crl-url', '');
    assert.deepEqual([values.includes('etc'), values.some((value) => value.startsWith('-'))], [true, false]);
  });
  test('offers the options of a command', () => assert.ok(complete('ca', 'add', '--te').includes('--tenant')));
  test('offers them after an argument, too', () =>
    assert.deepEqual(complete('tenant', 'add', 'example.org', '--json', '--na'), ['--name']));
  test('offers files where a command takes one', () => assert.ok(complete('ca', 'add', 'etc').includes('etc')));
});

describe('completion in zsh', { skip: has('zsh') ? false : 'zsh is missing: apt-get install zsh' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-zsh-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, '_cardea'), completionScript('zsh', housekeeping));
  const ways = {
    'by source': 'autoload -U compinit; compinit -u -D; source ./_cardea',
    'from a folder of functions': 'fpath=($PWD $fpath); autoload -U compinit; compinit -u -D',
  };
  for (const [way, setting] of Object.entries(ways))
    for (const [typed, line] of [
      ['cardea crl im', 'cardea crl import'],
      ['cardea ca add --te', 'cardea ca add --tenant'],
      ['cardea tenant add example.org --json --na', 'cardea tenant add example.org --json --name'],
      ['cardea ca add ./_c', 'cardea ca add ./_cardea'],
      ['cardea sign-in list --result int', 'cardea sign-in list --result interrupted'],
      ['cardea ca list --store=cl', 'cardea ca list --store=classic'],
    ] as const)
      test(`${way}, "${typed}" becomes "${line}"`, () => {
        // A shell in a terminal of its own: what it writes is read until the line is there.
        const script = `zmodload zsh/zpty
          zpty shell 'TERM=dumb zsh -f -i'
          zpty -w shell "unsetopt zle_bracketed_paste; \${2}; print RE''ADY"
          zpty -r shell text '*READY*'
          zpty -n -w shell "$1"$'\\t'
          zpty -r shell text "*$3*"`;
        const words = ['-f', '-c', script, 'zsh', typed, setting, line];
        const { signal, stderr } = spawnSync('zsh', words, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
        assert.equal(signal, null, 'the line does not appear');
        assert.equal(stderr, '');
      });
});

test('the manual page is read by man without a warning', {
  skip: has('groff') ? false : 'groff is missing: apt-get install groff',
}, () => {
  const page = manualPage(housekeeping, '0.2.0');
  const { status, stderr, stdout } = spawnSync('groff', ['-man', '-Tutf8', '-P-cbou', '-ww'], {
    input: page,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stderr, /warning: (?!.*can't break)/);
  assert.match(stdout, /ca add FILE/);
});

test('every choice of an option or argument is one word of a shell', () => {
  for (const { usage, options, choices = [] } of housekeeping)
    for (const choice of [...choices, ...Object.values(options).flatMap((option) => option.choices ?? [])])
      assert.match(choice, /^[\w.-]+$/, usage);
});

test('the manual page has every command and option', () => {
  const page = manualPage(housekeeping, '0.2.0');
  for (const { usage, options } of housekeeping) {
    assert.ok(page.includes(`.SS ${usage.replaceAll('-', '\\-')}`), usage);
    for (const name of Object.keys(options)) assert.ok(page.includes(`\\-\\-${name.replaceAll('-', '\\-')}`), name);
  }
});
