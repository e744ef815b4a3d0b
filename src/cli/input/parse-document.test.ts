import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDocument } from './parse-document.ts';

const octets = (text: string) => new Uint8Array(Buffer.from(text));

describe('a document of an administrator', () => {
  for (const [form, text, value] of [
    ['json', '\ufeff{"a":[1,null,"é"],"__proto__":2}', JSON.parse('{"a":[1,null,"é"],"__proto__":2}')],
    ['yaml', 'a:\n  - 1\n  - ~\n  - é\n', { a: [1, null, 'é'] }],
    ['yaml', '{"a": true}', { a: true }],
  ] as const)
    test(`is read as ${form}: ${JSON.stringify(text)}`, async () =>
      assert.deepEqual(await parseDocument(octets(text), form), value));

  test('is read in UTF-16, which the shell of Windows writes', async () => {
    const bytes = new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a: é\r\n', 'utf16le')]));
    assert.deepEqual(await parseDocument(bytes, 'yaml'), { a: 'é' });
  });

  for (const [form, text, problem] of [
    ['json', '{"a":', /JSON/],
    ['yaml', 'a: 1\na: 2\n', /unique/],
    ['yaml', `a: &a [x]\nb: [${'*a,'.repeat(200)}]`, /alias/],
  ] as const)
    test(`is refused in the words of the parser: ${text.slice(0, 20)}`, () =>
      assert.rejects(parseDocument(octets(text), form), problem));

  test('keeps the event loop from nothing, however deep it is', async () => {
    let [turns, isRead] = [0, false];
    const turn = () => {
      turns++;
      if (!isRead) setImmediate(turn);
    };
    const reading = parseDocument(octets('['.repeat(5_000_000)), 'json');
    setImmediate(turn);
    await assert.rejects(reading, /JSON/);
    isRead = true;
    assert.ok(turns > 100, `${turns} turns`);
  });

  test('that takes too long is refused', () =>
    assert.rejects(parseDocument(octets('['.repeat(300_000)), 'yaml', 200), /longer than 0.2 s/));
});
