import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessLimits, UserCodeGuesses } from './user-code-guesses.ts';

const { perSource, inAll, windowSeconds } = guessLimits;

test('a source may post so many wrong codes in a window, another source is not concerned', () => {
  const guesses = new UserCodeGuesses();
  for (let i = 0; i < perSource; i++) assert.equal(guesses.take('192.0.2.1', 0), undefined);
  assert.equal(guesses.take('192.0.2.1', 0), windowSeconds / perSource);
  assert.equal(guesses.take('192.0.2.2', 0), undefined);
  assert.equal(guesses.take('192.0.2.1', (windowSeconds / perSource) * 1000), undefined);
});

test('a right code is no guess', () => {
  const guesses = new UserCodeGuesses();
  for (let i = 0; i < 2 * inAll; i++) {
    assert.equal(guesses.take('192.0.2.1', 0), undefined);
    guesses.giveBack('192.0.2.1');
  }
});

test('all sources together are limited, too, and a refusal for that costs the source nothing', () => {
  const guesses = new UserCodeGuesses();
  for (let i = 0; i < inAll; i++) assert.equal(guesses.take(`source ${i}`, 0), undefined);
  for (let i = 0; i < 2 * perSource; i++) assert.equal(guesses.take('late source', 0), 1);
  assert.equal(guesses.take('late source', 1000), undefined);
});
