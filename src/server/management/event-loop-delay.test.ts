import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Metrics } from './metrics.ts';

const sources = { droppedLogLines: () => 0, version: '1' };

/** The turns of the event loop of a new process in one second of rest, after it has run `statement`. */
function turnsAfter(statement: string): number {
  const program = `
    import { setTimeout } from 'node:timers/promises';
    const { Metrics } = await import(${JSON.stringify(join(import.meta.dirname, 'metrics.ts'))});
    ${statement}
    const turns = () => performance.nodeTiming.uvMetricsInfo.loopCount;
    await setTimeout(200);
    const before = turns();
    await setTimeout(1000);
    console.log(turns() - before);
    process.exit();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.match(stdout, /^\d+\n$/, stderr);
  return Number(stdout);
}

test('metrics wake a process that is at rest about ten times a second', () => {
  const turns = turnsAfter('new Metrics({ droppedLogLines: () => 0, version: "1" });') - turnsAfter('');
  assert.ok(turns >= 5 && turns <= 15, `${turns} turns a second`);
});

test('a turn of half a second is measured until the metrics are read; at rest there is no delay', async () => {
  const metrics = new Metrics(sources);
  const read = async () => Number(/^nodejs_eventloop_lag_p99_seconds (.*)$/m.exec(await metrics.text())?.[1]);
  await pause(300); // two looks: the first one begins the measurement
  const begin = performance.now();
  while (performance.now() - begin < 500);
  await pause(200);
  const delay = await read();
  assert.ok(delay >= 0.35 && delay < 5, `${delay} s`);
  assert.equal(await read(), 0, 'each reading begins again');
});
