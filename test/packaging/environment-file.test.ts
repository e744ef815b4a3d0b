import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readEnvironmentFile } from '../../packaging/debian/environment-file.ts';

const url = 'postgres://cardea:p;w@db/e1?application_name=cardea&sslmode=disable';

/** A file, and what systemd reads of it: whether it does is compared with systemd itself where it is installed. */
const cases: readonly (readonly [name: string, text: string, variables: Readonly<Record<string, string>>])[] = [
  ['a URL with & and ;', `A=${url}\n`, { A: url }],
  ['a value with spaces', 'A=My Org\n', { A: 'My Org' }],
  ['a list', 'A=10.0.0.0/8, 192.168.0.0/16  \n', { A: '10.0.0.0/8, 192.168.0.0/16' }],
  ['backquotes', 'A=x`id`y\n', { A: 'x`id`y' }],
  ['double quotes', 'A="a b  "\nB="a\\"b\\\\c\\x"\n', { A: 'a b  ', B: 'a"b\\c\\x' }],
  ['single quotes', "A='a \\\" b'\n", { A: 'a \\" b' }],
  ['a quote within a word', 'A=a"b"c\n', { A: 'a"b"c' }],
  ['words beside each other', `A='a' "b" c d\n`, { A: 'abc d' }],
  ['a value of several lines', 'A="one\ntwo"\n', { A: 'one\ntwo' }],
  ['a line that is continued', 'A=one\\\ntwo\nB="one\\\ntwo"\n', { A: 'onetwo', B: 'onetwo' }],
  ['a backslash outside of quotes', 'A=a\\b\\ \n', { A: 'ab ' }],
  ['comments', '# A=1\n; B=2\n  # C=3\nD=4 # no comment\n', { D: '4 # no comment' }],
  ['spaces around a name', '  A  =  1  \n\tB=2\n', { A: '1', B: '2' }],
  ['lines without an equals sign, and names that no variable has', 'export\nA B=1\n2C=3\nD=4\n', { D: '4' }],
  ['a name twice', 'A=1\nA=2\n', { A: '2' }],
  ['lines with CR LF', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ['no end of the last line', 'A=1', { A: '1' }],
  ['an open double quote at the end', 'A=1\nB="one\ntwo', { A: '1', B: 'one\ntwo' }],
  ['an open single quote at the end', "A=1\nB='one two  ", { A: '1', B: 'one two  ' }],
  ['a line break after an open quote', "A='one\n", { A: 'one\n' }],
  ['a backslash at the end', 'A=one\\', { A: 'one' }],
  ['a backslash at the end, after a space', 'A=one \\', { A: 'one ' }],
  ['a backslash at the end, in quotes', 'A="one\\', { A: 'one' }],
  ['a line at the end that is continued by nothing', 'A=one\\\n', { A: 'one' }],
  ['a name without a value at the end', 'A=1\nB', { A: '1' }],
];

/** It prints what the same reader of systemd makes of the files of a folder. It also replaces $, and refuses an empty value: no case has one. */
const generator = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';

describe('an EnvironmentFile is read by the rules of systemd:', () => {
  for (const [name, text, variables] of cases)
    test(name, () => assert.deepEqual(Object.fromEntries(readEnvironmentFile(text)), variables));

  test('a dollar sign stands for itself', () =>
    assert.deepEqual(Object.fromEntries(readEnvironmentFile('A=$HOME$1\nB="$A"\n')), { A: '$HOME$1', B: '$A' }));

  test('an empty value is a value', () =>
    assert.deepEqual(Object.fromEntries(readEnvironmentFile('A=\nB=""\nC=1')), { A: '', B: '', C: '1' }));

  test('a comment with a backslash at its end does not continue', () =>
    assert.deepEqual(Object.fromEntries(readEnvironmentFile('# C:\\\nA=1\n')), { A: '1' }));
});

describe('systemd reads the same', { skip: existsSync(generator) ? false : 'systemd is missing' }, () => {
  for (const [name, text, variables] of cases)
    test(name, () => {
      const home = mkdtempSync(join(tmpdir(), 'cardea-environment-'));
      try {
        mkdirSync(join(home, 'environment.d'));
        writeFileSync(join(home, 'environment.d', 'a.conf'), text);
        const { stdout, stderr } = spawnSync(generator, [], { encoding: 'utf8', env: { XDG_CONFIG_HOME: home } });
        // It prints for a shell, but for the end of a line.
        const script = `${stdout.replaceAll('\\n', '\n')}\nexec env -0`;
        const printed = spawnSync('sh', ['-ac', script], { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } }).stdout;
        const read = Object.fromEntries(
          printed
            .split('\0')
            .flatMap((line) => [...line.matchAll(/^([A-D])=(.*)$/gs)].map(([, key, value]) => [key, value])),
        );
        assert.deepEqual(read, variables, stdout + stderr);
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    });
});
