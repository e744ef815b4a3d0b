import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPassTerms, type PassTerms, passFrom, passTyped, passUsability } from './temporary-access-pass.ts';

const terms: PassTerms = {
  startDateTime: new Date('2026-11-21T12:00:00Z'),
  lifetimeInMinutes: 60,
  isUsableOnce: false,
  isUsed: false,
};
const cases: readonly (readonly [name: string, Partial<PassTerms>, at: string, expected: string])[] = [
  ['is not yet valid before its start', {}, '2026-11-21T11:59:59Z', 'notYetValid'],
  ['is usable from its start', {}, '2026-11-21T12:00:00Z', 'enabledByPolicy'],
  ['is usable again where it may be', { isUsed: true }, '2026-11-21T12:30:00Z', 'enabledByPolicy'],
  ['is usable to its last second', {}, '2026-11-21T12:59:59Z', 'enabledByPolicy'],
  ['has expired after its lifetime', {}, '2026-11-21T13:00:00Z', 'expired'],
  ['for one use is usable once', { isUsableOnce: true }, '2026-11-21T12:30:00Z', 'enabledByPolicy'],
  ['for one use is not usable twice', { isUsableOnce: true, isUsed: true }, '2026-11-21T12:30:00Z', 'oneTimeUsed'],
];
for (const [name, change, at, expectedValue] of cases) {
  test(`a Temporary Access Pass ${name}`, () =>
    assert.equal(passUsability({ ...terms, ...change }, new Date(at)), expectedValue));
}

test('a pass lives ten minutes to thirty days', () => {
  const request = [9, 10, 43_200, 43_201, 10.5, Number.NaN].map((lifetimeInMinutes) =>
    checkPassTerms({ lifetimeInMinutes }),
  );
  assert.deepEqual(
    request.map((ruling) => (ruling.outcome === 'passed' ? undefined : ruling.because.code)),
    [
      'temporaryAccessPassInvalid',
      undefined,
      undefined,
      ...Array.from({ length: 3 }, () => 'temporaryAccessPassInvalid'),
    ],
  );
});

test('a pass is read as it was issued, in small letters and with blanks too', () => {
  const pass = passFrom(Uint8Array.from({ length: 12 }, (_, i) => i * 21));
  assert.match(pass, /^[A-HJ-NP-Z2-9]{12}$/);
  assert.equal(passTyped(` ${pass.slice(0, 4)} ${pass.slice(4, 8).toLowerCase()}-${pass.slice(8)}`), pass);
});
