import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { hashPassword } from './passwords.ts';

const rows: readonly { readonly name: string; readonly password: string; readonly isTaken: boolean }[] = [
  { name: 'seven characters', password: 'Abc-de7', isTaken: false },
  { name: 'eight characters of three kinds', password: 'Abcdefg7', isTaken: true },
  { name: 'two kinds', password: 'correct horse battery', isTaken: false },
  { name: 'a space as the third kind', password: 'Correct horse', isTaken: true },
  { name: 'letters of another alphabet', password: 'Пароль-пароль', isTaken: true },
  { name: '256 characters', password: `Aa7${'x'.repeat(253)}`, isTaken: true },
  { name: '257 characters', password: `Aa7${'x'.repeat(254)}`, isTaken: false },
  { name: 'nothing', password: '', isTaken: false },
];

describe('a password that an administrator sets has 8 to 256 characters of three kinds', () => {
  for (const { name, password, isTaken } of rows)
    test(`${name}: ${isTaken ? 'taken' : 'refused'}`, async () => {
      const hashing = hashPassword(password, { hash: async () => 'hash' }).then(orThrow);
      if (isTaken) assert.equal(await hashing, 'hash');
      else
        await assert.rejects(hashing, (problem) => {
          assert.ok(problem instanceof CardeaError);
          return problem.because.code === 'passwordTooWeak';
        });
    });
});
