import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import type { Outcome } from './reporter.ts';

const root = resolve(import.meta.dirname, '..', '..');

/** Runs files of these texts as one batch, as a run of the suite does. @returns what they came to by name, and the output */
function runTexts(folder: string, texts: Readonly<Record<string, string>>, limit: number) {
  const files = Object.keys(texts).map((name) => relative(root, join(folder, name)));
  for (const [name, text] of Object.entries(texts))
    writeFileSync(join(folder, name), `import { after, before, describe, test } from 'node:test';\n${text}`);
  const [entry, runner] = [join(folder, 'batch.mjs'), join(folder, 'run.mjs')];
  const module = (name: string) => JSON.stringify(join(import.meta.dirname, name));
  writeFileSync(
    entry,
    `import { runBatch } from ${module('batch.ts')}; await runBatch(${JSON.stringify(files)}, ${limit});`,
  );
  writeFileSync(
    runner,
    `import { run } from 'node:test';
     import { report } from ${module('reporter.ts')};
     const outcomes = new Map();
     const execArgv = ['--import', ${module('left-running.ts')}];
     await report(run({ files: [${JSON.stringify(entry)}], execArgv }), ${JSON.stringify(root)}, outcomes, console.error);
     console.log(JSON.stringify([...outcomes]));`,
  );
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [runner], { encoding: 'utf8', env });
  const outcomes = JSON.parse(stdout) as readonly (readonly [file: string, outcome: Outcome])[];
  assert.deepEqual(
    outcomes.map(([file]) => file),
    files,
  );
  const results = outcomes.map(([, { passed, failures }]) => ({
    passed,
    failures: failures.map((text) => text.trim()),
  }));
  return { results, stderr };
}

test('each file of a batch passes and fails by itself, in a process whose files run one after the other', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-batch-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { results, stderr } = runTexts(
    folder,
    {
      'a.test.mjs': `import { spawn } from 'node:child_process';
        globalThis.order = [];
        before(() => { globalThis.order.push('before a'); spawn('sleep', ['601']); });
        after(() => { globalThis.order.push('after a'); throw new Error('the hook failed'); });
        describe('suite', () => { test('a1', () => { throw new Error('a1 failed'); }); test('a2', () => {}); });`,
      'b.test.mjs': `throw new Error('cannot be loaded');`,
      'c.test.mjs': `import assert from 'node:assert/strict';
        globalThis.order.push(await Promise.resolve('loads c'));
        test('c1', () => assert.deepEqual(globalThis.order, ['before a', 'after a', 'loads c']));`,
      'd.test.mjs': '',
      'e.test.mjs': `test('e1', () => new Promise((done) => setTimeout(done, 2_000)));`,
      'f.test.mjs': `test('f1', () => {});`,
    },
    1000,
  );
  const place = (name: string, line: number) => `${relative(root, join(folder, name))}:${line}`;
  assert.deepEqual(
    results.map(({ passed }) => passed),
    [1, 0, 1, 0, 0, 1],
  );
  const [a, b, c, d, e, f] = results.map(({ failures }) => failures);
  assert.equal(a![0], `a1 (${place('a.test.mjs', 6)}): a1 failed`);
  assert.match(a![1]!, /the hook failed$/);
  assert.match(b!.join(), /cannot be loaded$/);
  assert.deepEqual([c, f], [[], []]);
  assert.match(d!.join(), /the file holds no test$/);
  assert.match(e!.at(-1)!, /test timed out after 1000ms$/);
  assert.match(stderr, /^ended what the tests left running:\s+sleep 601$/m);
});
