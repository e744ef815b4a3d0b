import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { describe, test } from 'node:test';
import { until } from '#test/until.ts';
import { openLogWriter } from './log-writer.ts';

describe('the log', { skip: !existsSync('/dev/full') }, () => {
  test('on a full disk drops lines and counts them', () => {
    const log = openLogWriter(openSync('/dev/full', 'w'));
    for (let i = 0; i < 5; i++) log.write('line\n');
    assert.equal(log.dropped, 5);
  });

  test('on a pipe that is not read never waits; when it is read, the number of dropped lines is in it', async () => {
    const program = `
      import { openLogWriter } from ${JSON.stringify(`${import.meta.dirname}/log-writer.ts`)};
      const log = openLogWriter(2);
      const begin = Date.now();
      for (let i = 0; i < 3000; i++) log.write('x'.repeat(1000) + '\\n');
      process.on('SIGUSR2', () => log.write('the end\\n'));
      process.stdout.write(String(Date.now() - begin));
      setTimeout(() => {}, 120_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const took = await new Promise<number>((done) => child.stdout.once('data', (chunk: Buffer) => done(Number(chunk))));
    assert.ok(took < 5000, `${took} ms`);
    let read = '';
    child.stderr.on('data', (chunk: Buffer) => {
      read += chunk;
    });
    await until('the number of dropped lines', () => {
      child.kill('SIGUSR2');
      return read.includes('log lines were dropped');
    }).finally(() => child.kill('SIGKILL'));
    assert.match(read.slice(-2000), /"dropped":\d+,"msg":"log lines were dropped"/);
  });

  test('whose reader is gone does not end the process', () => {
    const program = `import { openLogWriter } from ${JSON.stringify(`${import.meta.dirname}/log-writer.ts`)};
      await new Promise((next) => setTimeout(next, 300));
      const log = openLogWriter(2); for (let i = 0; i < 10; i++) log.write('line\\n'); console.log(log.dropped);`;
    const shell = `{ "$NODE" --input-type=module -e "$PROGRAM" 2>&1 1>&3 | true; } 3>&1`;
    const env = { ...process.env, NODE: process.execPath, PROGRAM: program };
    assert.equal(execFileSync('bash', ['-c', shell], { env }).toString().trim(), '10');
  });
});
