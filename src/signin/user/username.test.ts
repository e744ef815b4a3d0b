import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUsername } from './username.ts';

const acceptance = [
  { name: 'a plain name', typed: 'ana@woodgrove.test', username: 'ana@woodgrove.test', domain: 'woodgrove.test' },
  {
    name: 'blanks around it',
    typed: '  ana@woodgrove.test ',
    username: 'ana@woodgrove.test',
    domain: 'woodgrove.test',
  },
  {
    name: 'capitals, kept in the name and lowered in the domain',
    typed: 'Ana@WoodGrove.TEST',
    username: 'Ana@WoodGrove.TEST',
    domain: 'woodgrove.test',
  },
  { name: 'a domain without a dot (UB-17)', typed: 'bob@woodgrove', username: 'bob@woodgrove', domain: 'woodgrove' },
];
for (const { name, typed: typedName, ...value } of acceptance) {
  test(`FLOW-2: ${name} is a user name`, () => {
    const ruling = readUsername(typedName);
    assert.equal(ruling.outcome, 'passed');
    assert.deepEqual(ruling.outcome === 'passed' && ruling.value, value);
  });
}

const refusals = [
  { name: 'nothing', typed: '', problem: 'it needs exactly one @' },
  { name: 'no @', typed: 'ana', problem: 'it needs exactly one @' },
  { name: 'two @', typed: 'ana@a@b', problem: 'it needs exactly one @' },
  { name: 'no name', typed: '@woodgrove.test', problem: 'there is nothing before the @' },
  {
    name: 'a trailing dot in the domain',
    typed: 'ana@woodgrove.test.',
    problem: 'the part after the @ is not a domain name',
  },
  { name: 'a NUL', typed: 'ana\u0000@woodgrove.test', problem: 'it has blanks or invisible characters' },
  { name: 'a right-to-left mark', typed: 'ana\u200f@woodgrove.test', problem: 'it has blanks or invisible characters' },
  { name: 'full-width letters', typed: 'ａna@woodgrove.test', problem: 'it has characters that only look like others' },
  { name: 'a full-width @', typed: 'ana＠woodgrove.test', problem: 'it has characters that only look like others' },
  { name: 'a Cyrillic domain', typed: 'ana@wооdgrove.test', problem: 'the part after the @ is not a domain name' },
  { name: '321 characters', typed: `${'a'.repeat(310)}@woodgrove.test`, problem: 'it is longer than 320 characters' },
];
for (const { name, typed: typedName, problem } of refusals) {
  test(`FLOW-2: ${name} is refused as a user name, and never repaired`, () => {
    const ruling = readUsername(typedName);
    assert.deepEqual(ruling.because, { code: 'usernameMalformed', evidence: { problem } });
  });
}
