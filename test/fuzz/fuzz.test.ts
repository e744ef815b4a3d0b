import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Coverage } from './coverage.ts';
import { Fuzz } from './fuzz.ts';
import { measure, Top } from './measure.ts';
import { everyByte } from './mutations/every-byte.ts';
import { type Target, targets } from './targets.ts';
import { type Slice, watched } from './watch.ts';

for (const [name, target] of Object.entries(targets)) {
  // The same inputs in every run: `npm run fuzz` is what tries others.
  test(`whatever 1,000 mutated inputs say, ${name} answers and throws nothing`, () => {
    const { inputs, findings } = new Fuzz(name, target, { seed: 20_270_301 }).run(0, 1000);
    assert.deepEqual(findings, []);
    assert.equal(inputs, 1000);
  });
}

describe('mutants that are signed again', () => {
  /** An answer that only comes once the signature is right. */
  const behind = { path: 'pathValid', revocation: 'revocationChecked', ocsp: 'ocspGood', pkcs12: 'read' };
  for (const [name, answer] of Object.entries(behind))
    test(`reach what lies behind the first check of ${name}`, () => {
      const { answers } = new Fuzz(name, targets[name]!, { seed: 1 }).run(0, 2000);
      assert.ok((answers.get(answer) ?? 0) > 20, JSON.stringify([...answers]));
    });
});

const faulty = (run: Target['run']): Target => ({ from: ['certificate'], run });

test('a parser with a fault is found out', () => {
  const target = faulty((input) => (input.length < 200 ? input[9999]!.toString() : undefined));
  assert.ok(new Fuzz('faulty', target, { seed: 1 }).run(0, 2000).findings.length > 0);
});

test('an input that takes much memory is found and reported', () => {
  const holding: unknown[] = [];
  const target = faulty((input) => void (input.length === 3 && holding.push(new Uint8Array(80_000_000))));
  assert.equal(measure(target, 0, new Uint8Array(2)).problem, undefined);
  // Garbage of something else may be collected while one input is measured, which hides what it takes.
  const measurements = Array.from({ length: 5 }, (_, i) => measure(target, i, new Uint8Array(3)));
  const measurement = measurements.find(({ problem }) => problem !== undefined) ?? measurements[0]!;
  assert.match(measurement.problem ?? '', /octets of memory/);
  assert.ok(measurement.octets > 64 * 1024 * 1024);
});

test('the same number is the same input', () => {
  const fuzz = new Fuzz('crl', targets.crl!, { seed: 7 });
  const once = fuzz.inputOf(110);
  fuzz.run(0, 300);
  assert.deepEqual(fuzz.inputOf(110), once);
  assert.notDeepEqual(fuzz.inputOf(111), once);
});

test('inputs without which some code would not be reached are reported, whichever run found them', async () => {
  let reach = 0;
  const essential: Uint8Array[] = [];
  const job = { target: 'text', seed: 3, first: 0, count: 5000, guided: true };
  const findings = await watched(job, 60, (slice) => {
    reach = Math.max(reach, slice.reached);
    essential.push(...(slice.essential ?? []));
  });
  assert.deepEqual(findings, []);
  assert.ok(essential.length > 0 && reach > 1000, `${essential.length} of them, ${reach} characters`);
});

test('what has run once is not new', async () => {
  const coverage = new Coverage();
  // A copy of the module that was not run: V8 counts blocks of code that is compiled after counting began.
  const copy = new URL('../../src/http/front/client-hello.ts?copy', import.meta.url).href;
  const { readClientHello } = (await import(copy)) as typeof import('#http/front/client-hello.ts');
  const look = (bytes: string) => {
    readClientHello(Buffer.from(bytes, 'hex'));
    const ran = coverage.look();
    const fresh = coverage.fresh(ran);
    coverage.add(ran);
    return fresh;
  };
  assert.ok(look('16') > 0);
  assert.equal(look('16'), 0);
  assert.ok(look('16030100050100000100') > 0);
  coverage.stop();
});

test('of many the slowest are kept, slowest first', () => {
  const top = new Top(2, ({ milliseconds }) => milliseconds);
  for (const milliseconds of [3, 1, 9, 4]) top.offer({ number: 0, input: '', milliseconds, octets: 0, answer: 'none' });
  assert.deepEqual(
    top.top.map(({ milliseconds }) => milliseconds),
    [9, 4],
  );
});

describe('a thread that runs a target', () => {
  const job = (target: string) => ({ target, seed: 1, first: 0, count: 400, guided: false });

  test('tells what it found', async () => {
    let inputs = 0;
    const count = (slice: Slice) => {
      inputs += slice.inputs;
    };
    assert.deepEqual(await watched(job('hello'), 60, count), []);
    assert.equal(inputs, 400);
  });

  const ends = [
    { name: 'hangs', target: 'hanging', patience: 1, problem: /^no answer within 1 s$/ },
    { name: 'needs more memory than there is', target: 'greedy', patience: 60, problem: /memory/ },
  ];
  for (const { name, target, patience, problem } of ends)
    test(`and ${name} is ended, its input told, and the next inputs run`, async () => {
      let inputs = 0;
      const count = (slice: Slice) => {
        inputs += slice.inputs;
      };
      const thread = new URL('./testing/bad-thread.ts', import.meta.url);
      const findings = await watched(job(target), patience, count, thread);
      assert.equal(findings.length, 1);
      assert.match(findings[0]!.problem!, problem);
      assert.deepEqual([findings[0]!.number, findings[0]!.input], [150, Buffer.from('input 150').toString('hex')]);
      assert.equal(inputs, 249);
    });
});

test('no byte of a certificate, its CA or its CRL can be another and pass', () => {
  const lines: string[] = [];
  const isRight = everyByte((line) => lines.push(line), ['Ed25519'], 16);
  assert.equal(isRight, true, lines.join('\n'));
  assert.equal(lines.length, 4);
});
