import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, reservePort } from '../free-port.ts';

const module = JSON.stringify(join(import.meta.dirname, '..', 'free-port.ts'));

test('a port that was returned is not returned again in this process', async () => {
  assert.equal(await reservePort(await freePort()), false);
});

const skip = process.platform === 'linux' ? false : 'needs Linux: abstract sockets';

test('a port is reserved for other processes, until the one that has it ends', { skip }, async () => {
  const holder = await childWith('await freePort()');
  const seen = await childWith(`await reservePort(${holder.value})`);
  await end(holder.child);
  const later = await childWith(`await reservePort(${holder.value})`);
  await end(seen.child);
  await end(later.child);
  assert.deepEqual([seen.value, later.value], [false, true]);
});

/** A process that runs until its channel is closed, and what `expression` is in it. */
async function childWith(expression: string): Promise<{ readonly child: ChildProcess; readonly value: unknown }> {
  const code = `const { freePort, reservePort } = await import(${module});
    process.once('disconnect', () => process.exit());
    process.send(${expression});`;
  const child = fork('-', [], { execArgv: ['--input-type=module', '--eval', code] });
  const [value] = await once(child, 'message');
  return { child, value };
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
}
