import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Objects } from '#ports/objects.ts';
import { type BrandingChange, changeBranding } from './branding.ts';
import { contrast, inkOn } from './contrast.ts';

/** From WCAG 2.2 and its working examples. */
const pairs = [
  { one: '#000000', other: '#ffffff', ratio: 21 },
  { one: '#ffffff', other: '#ffffff', ratio: 1 },
  { one: '#767676', other: '#ffffff', ratio: 4.54 },
  { one: '#777777', other: '#ffffff', ratio: 4.48 },
  { one: '#0000ff', other: '#ffffff', ratio: 8.59 },
];
for (const { one: firstColour, other: secondColour, ratio } of pairs) {
  test(`${firstColour} on ${secondColour} has the contrast ${ratio}, whichever is on which`, () => {
    assert.equal(Math.round(contrast(firstColour, secondColour) * 100) / 100, ratio);
    assert.equal(contrast(secondColour, firstColour), contrast(firstColour, secondColour));
  });
}
test('the ink of a light ground is dark, of a dark one light', () => {
  assert.equal(inkOn('#f2c811', '#1b232c', '#ffffff'), '#1b232c');
  assert.equal(inkOn('#0b2545', '#1b232c', '#ffffff'), '#ffffff');
});

describe('what a tenant may not make of its pages', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex');
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const cases: readonly { name: string; change: BrandingChange; code: string }[] = [
    { name: 'a color in words', change: { backgroundColor: 'red' }, code: 'brandColourInvalid' },
    {
      name: 'a color that closes the style sheet',
      change: { accentColor: '#000;}*{display:none' },
      code: 'brandColourInvalid',
    },
    { name: 'a gray that neither ink is read on', change: { backgroundColor: '#7f7f7f' }, code: 'brandContrastLow' },
    { name: 'a yellow for links on white', change: { accentColor: '#ffd400' }, code: 'brandContrastLow' },
    { name: 'an SVG, which can carry a script', change: { logo: svg }, code: 'brandLogoInvalid' },
    {
      name: 'a picture of 60 KB',
      change: { logo: Buffer.concat([png, Buffer.alloc(60_000)]) },
      code: 'brandLogoInvalid',
    },
    { name: 'a picture that ends before its size', change: { logo: png.subarray(0, 20) }, code: 'brandLogoInvalid' },
    {
      name: 'a picture of more pixels than any screen',
      change: { logo: Buffer.concat([png.subarray(0, 16), Buffer.from('000186a0000186a0', 'hex')]) },
      code: 'brandLogoInvalid',
    },
    { name: 'an essay', change: { signInPageText: 'x'.repeat(1025) }, code: 'brandTextTooLong' },
  ];
  for (const { name, change, code } of cases) {
    test(`${name} is refused with ${code}, and nothing is kept`, async () => {
      const objects = new Proxy({} as Objects, { get: () => assert.fail('nothing may be written') });
      const context = { actor: 'test', ports: { objects, tenant: { id: 't' } as Tenant } };
      await assert.rejects(
        changeBranding(change, context).then(orThrow),
        (thrown) => thrown instanceof CardeaError && thrown.because.code === code,
      );
    });
  }
});
