import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkConfirmation, confirmationOf } from './confirmation.ts';

const [own, other] = [Buffer.from('own certificate'), Buffer.from('other certificate')];
const cnf = confirmationOf(own);

describe('a bound token counts on a connection with its certificate alone (RFC 8705 §3)', () => {
  const rows: readonly (readonly [string, unknown, Uint8Array | undefined, 'passed' | 'refused'])[] = [
    ['no cnf, no certificate', undefined, undefined, 'passed'],
    ['no cnf, a certificate', undefined, own, 'passed'],
    ['its certificate', cnf, own, 'passed'],
    ['another certificate', cnf, other, 'refused'],
    ['no certificate', cnf, undefined, 'refused'],
    ['a key instead of a certificate', { jkt: 'x' }, own, 'refused'],
    ['a key beside the certificate', { ...cnf, jkt: 'x' }, own, 'refused'],
    ['an empty cnf', {}, own, 'refused'],
    ['null', null, own, 'refused'],
    ['a thumbprint that is a number', { 'x5t#S256': 7 }, own, 'refused'],
    ['a thumbprint cut short', { 'x5t#S256': cnf['x5t#S256'].slice(0, -1) }, own, 'refused'],
  ];
  for (const [name, value, certificate, outcome] of rows)
    test(`${name}: ${outcome}`, () => assert.equal(checkConfirmation(value, () => certificate).outcome, outcome));

  test('a token that is not bound does not ask for the certificate', () => {
    checkConfirmation(undefined, () => assert.fail());
  });
});
