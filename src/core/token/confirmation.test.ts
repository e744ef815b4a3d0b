import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkConfirmation, confirmationOf } from './confirmation.ts';

const [boundDer, otherDer] = [Buffer.from('own certificate'), Buffer.from('other certificate')];
const cnf = confirmationOf(boundDer);

describe('a bound token counts on a connection with its certificate alone (RFC 8705 §3)', () => {
  const rows: readonly (readonly [string, unknown, Uint8Array | undefined, 'passed' | 'refused'])[] = [
    ['no cnf, no certificate', undefined, undefined, 'passed'],
    ['no cnf, a certificate', undefined, boundDer, 'passed'],
    ['its certificate', cnf, boundDer, 'passed'],
    ['another certificate', cnf, otherDer, 'refused'],
    ['no certificate', cnf, undefined, 'refused'],
    ['a key instead of a certificate', { jkt: 'x' }, boundDer, 'refused'],
    ['a key beside the certificate', { ...cnf, jkt: 'x' }, boundDer, 'refused'],
    ['an empty cnf', {}, boundDer, 'refused'],
    ['null', null, boundDer, 'refused'],
    ['a thumbprint that is a number', { 'x5t#S256': 7 }, boundDer, 'refused'],
    ['a thumbprint cut short', { 'x5t#S256': cnf['x5t#S256'].slice(0, -1) }, boundDer, 'refused'],
  ];
  for (const [name, value, certificate, outcome] of rows)
    test(`${name}: ${outcome}`, () => assert.equal(checkConfirmation(value, () => certificate).outcome, outcome));

  test('a token that is not bound does not ask for the certificate', () => {
    assert.equal(checkConfirmation(undefined, () => assert.fail()).outcome, 'passed');
  });
});
