import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { completionScript } from './completion.ts';
import { housekeeping } from './housekeeping.ts';
import { manualPage } from './manual.ts';

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe('completion in bash', { skip: has('bash') ? false : 'bash is missing' }, () => {
  const complete = (...words: string[]): readonly string[] => {
    const list = words.map((word) => `'${word}'`).join(' ');
    const script = `${completionScript('bash', housekeeping)}
COMP_WORDS=(cardea ${list}); COMP_CWORD=${words.length}; _cardea; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd: '/' });
    assert.equal(stderr, '');
    return stdout.split('\n').filter(Boolean);
  };
  test('offers the first words', () => assert.ok(complete('c').includes('ca') && complete('c').includes('crl')));
  test('offers the commands of a group', () => assert.deepEqual(complete('crl', 'i'), ['import']));
  test('offers the options of a command', () => assert.ok(complete('ca', 'add', '--te').includes('--tenant')));
  test('offers them after an argument, too', () => assert.deepEqual(complete('tenant', 'add', '--na'), ['--name']));
  test('offers files where a command takes one', () => assert.ok(complete('ca', 'add', 'etc').includes('etc')));
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

test('the manual page has every command and option', () => {
  const page = manualPage(housekeeping, '0.2.0');
  for (const { usage, options } of housekeeping) {
    assert.ok(page.includes(`.SS ${usage.replaceAll('-', '\\-')}`), usage);
    for (const name of Object.keys(options)) assert.ok(page.includes(`\\-\\-${name.replaceAll('-', '\\-')}`), name);
  }
});
