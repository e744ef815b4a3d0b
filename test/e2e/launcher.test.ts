import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { freePort } from '../free-port.ts';
import { patience, until } from '../until.ts';
import { noSettings } from './server.ts';

const entry = join(import.meta.dirname, '../../bin/cardea.mjs');
/** An older Node of the path: what `npm` runs has the packaged one before it. */
const older = (process.env.PATH ?? '')
  .split(delimiter)
  .map((place) => join(place, 'node'))
  .find((program) => {
    const { stdout } = spawnSync(program, ['-p', 'process.versions.node'], { encoding: 'utf8' });
    return Number(stdout?.split('.')[0]) < 24;
  });
const skip =
  process.platform === 'win32'
    ? 'Windows has no SIGKILL'
    : older === undefined && 'the path has no Node before 24, which starts the packaged one';

describe('a command that an older Node started with the packaged one', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-launcher-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('ends by the signal that ended it, as a shell and a service manager expect', async () => {
    const file = join(folder, 'process');
    const variables = {
      CARDEA_SECRET_KEY_COMMAND: `echo $$ > '${file}.new'; mv '${file}.new' '${file}'; exec sleep 600`,
    };
    const words = ['config', 'check', '--data', join(folder, 'data')];
    const env = { ...process.env, ...noSettings(), ...variables };
    const launcher = spawn(older!, [entry, ...words], { env, stdio: 'ignore' });
    const exit = once(launcher, 'exit', { signal: AbortSignal.timeout(patience) });
    try {
      await until(
        () => 'the command of the secret key runs',
        async () => existsSync(file),
      );
      launcher.kill('SIGTERM');
      assert.deepEqual(await exit, [null, 'SIGTERM']);
    } finally {
      if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8')));
    }
  });
});

describe('the process of an older Node that started the server with the packaged one', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-launcher-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const signal of ['SIGKILL', 'SIGTERM'] as const)
    test(`ends the server when it is ended by ${signal}`, async () => {
      const [port, crlPort] = [await freePort(), await freePort()];
      const data = join(folder, signal);
      const words = ['serve', '--data', data, '--port', `${port}`];
      const settings = { CARDEA_DEMO_CRL_PORT: `${crlPort}`, CARDEA_MANAGEMENT_PORT: '0', CARDEA_WORKERS: '1' };
      const env = { ...process.env, ...noSettings(), ...settings, CARDEA_BUILD_ADMIN_CENTER: 'false' };
      const launcher = spawn(older!, [entry, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [launcher.stdout, launcher.stderr]) stream.on('data', (chunk) => (output += chunk));
      // When the last process that has it is gone.
      const ended = once(launcher.stdout, 'close', { signal: AbortSignal.timeout(patience) });
      await until(
        () => `ready: ${output}`,
        async () => output.includes(`:${port}`),
      );
      launcher.kill(signal);
      await ended;
      const status = spawnSync(older!, [entry, 'tenant', 'list', '--data', data], { env, encoding: 'utf8' });
      assert.equal(status.status, 0, status.stderr);
    });
});
