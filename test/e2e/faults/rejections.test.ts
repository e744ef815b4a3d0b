import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { until } from '../../until.ts';
import { RunningServer } from '../server.ts';

/** Makes a promise that nothing waits for reject, when the process gets the signal. */
const rejecting = `process.on('SIGUSR2', () => void Promise.reject(new Error('nothing waits for this')));`;

test('a rejection that nothing waits for is in the log, and the server continues', {
  skip: process.platform === 'win32' && 'Windows has no such signal',
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-rejections-'));
  const file = join(folder, 'reject.mjs');
  writeFileSync(file, rejecting);
  const server = await RunningServer.start({ NODE_OPTIONS: `--import ${pathToFileURL(file)}` });
  try {
    process.kill(server.pid, 'SIGUSR2');
    await until('the line of the log', () => server.output.includes('nothing waits for this'));
    assert.match(server.output, /"level":50[^\n]*nothing waits for this/);
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'));
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
  } finally {
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});
