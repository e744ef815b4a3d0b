import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '#core/trace/fault.ts';
import { faultIn, type ProviderError } from './internals/explain-error.ts';
import { redirectWord } from './response-modes.ts';

const wrapping = (cause: unknown): ProviderError =>
  Object.assign(new Error('invalid_request', { cause }), { expose: true, error: 'invalid_request' });

for (const [name, error, word] of [
  ['a database that is away', fault('databaseUnavailable', { host: 'x', problem: 'y' }), 'temporarily_unavailable'],
  ['a full disk that the provider wraps', wrapping(fault('diskFull', { folder: 'x' })), 'temporarily_unavailable'],
  ['a bug', new TypeError('x is not a function'), 'server_error'],
  ['a refusal of the provider', wrapping(undefined), 'invalid_request'],
  [
    'a refusal of Cardea that the provider wraps',
    wrapping(fault('nothingFound', { what: 'x' } as never)),
    'invalid_request',
  ],
] as const) {
  test(`the error that an authorize redirect carries for ${name} is ${word}`, () =>
    assert.equal(redirectWord('invalid_request', faultIn(error as ProviderError)), word));
}
