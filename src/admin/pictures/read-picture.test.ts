import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPicture } from './read-picture.ts';

const text = (value: string) => [...Buffer.from(value, 'latin1')];
const png = [0x89, ...text('PNG\r\n\u001a\n'), 0, 0, 0, 13, ...text('IHDR'), 0, 0, 1, 0, 0, 0, 0, 64];
const frame = [0xff, 0xc0, 0, 17, 8, 0, 32, 0, 48];
const webp = (chunk: string, rest: readonly number[]) => [
  ...text('RIFF'),
  0,
  0,
  0,
  0,
  ...text(`WEBP${chunk}`),
  0,
  0,
  0,
  0,
  ...rest,
];

const cases: readonly (readonly [name: string, octets: readonly number[], facts: string | undefined])[] = [
  ['a PNG', png, 'image/png 256 × 64'],
  ['a PNG that ends before its size', png.slice(0, 22), undefined],
  ['a PNG of no width', png.with(18, 0), undefined],
  ['a JPEG', [0xff, 0xd8, ...frame], 'image/jpeg 48 × 32'],
  ['a JPEG with other segments before', [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, ...frame], 'image/jpeg 48 × 32'],
  ['a JPEG without a frame', [0xff, 0xd8, 0xff, 0xda, 0, 2], undefined],
  ['a WebP of the form VP8X', webp('VP8X', [0, 0, 0, 0, 99, 0, 0, 49, 0, 0]), 'image/webp 100 × 50'],
  ['a WebP of the form VP8L', webp('VP8L', [0x2f, 99, 0x40, 0x0c, 0]), 'image/webp 100 × 50'],
  ['a GIF', [...text('GIF89a'), 16, 0, 8, 0, 0, 0, 0], 'image/gif 16 × 8'],
  ['an icon, where 0 means 256', [0, 0, 1, 0, 1, 0, 0, 32], 'image/x-icon 256 × 32'],
  ['an SVG, which is a document with scripts', text('<svg xmlns="http://www.w3.org/2000/svg">'), undefined],
  ['nothing', [], undefined],
];
for (const [name, octets, expected] of cases)
  test(`${name}: ${expected}`, () => {
    const facts = readPicture(Uint8Array.from(octets));
    assert.equal(facts && `${facts.mediaType} ${facts.width} × ${facts.height}`, expected);
  });
