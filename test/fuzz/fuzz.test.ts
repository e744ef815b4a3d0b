import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';
import { targets } from './targets.ts';

for (const [name, target] of Object.entries(targets)) {
  test(`whatever 2,000 mutated inputs say, ${name} answers and throws nothing`, () => {
    const { inputs, findings } = fuzz(target, 20_270_301, 0, 2000);
    assert.deepEqual(findings, []);
    assert.equal(inputs, 2000);
  });
}

test('a parser with a fault is found out', () => {
  const faulty = {
    from: ['certificate'],
    run: (input: Uint8Array) => void (input.length < 200 && input[9999]!.toString()),
  };
  assert.ok(fuzz(faulty, 1, 0, 2000).findings.length > 0);
});

test('the same number is the same input', () => {
  const inputs: string[] = [];
  const recording = { from: ['crl'], run: (input: Uint8Array) => void inputs.push(Buffer.from(input).toString('hex')) };
  fuzz(recording, 7, 100, 20);
  fuzz(recording, 7, 110, 1);
  assert.equal(inputs.at(-1), inputs[10]);
});
