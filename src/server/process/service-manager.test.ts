import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { openServiceManager } from './service-manager.ts';

const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
const missing = ['systemd-notify', 'python3'].filter((program) => !has(program));
const skip = missing.length > 0 ? `missing: ${missing.join(', ')} (apt-get install systemd python3)` : false;

/** Prints what arrives at a datagram socket, a line each; Node has no such sockets. */
const receiver = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    for line in s.recv(4096).decode().split('\\n'):
        if line and 'BARRIER' not in line: print(line, flush=True)
`;

describe('the service manager', { skip }, () => {
  test('hears of an upgrade, of the start, of life as long as the event loop runs, and of the stop', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-notify-'));
    const socket = join(folder, 'notify');
    const python = spawn('python3', ['-c', receiver, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
    const next = async () => String((await lines.next()).value);
    try {
      assert.equal(await next(), 'listening');
      const environment = { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '300000' };
      const manager = openServiceManager(environment, (problem) => assert.fail(String(problem)));
      // The pings do not keep a process alive; this test does.
      const alive = setInterval(() => undefined, 1000);
      manager.upgrading();
      assert.equal(await next(), 'EXTEND_TIMEOUT_USEC=3600000000');
      manager.ready();
      assert.equal(await next(), 'READY=1');
      assert.equal(await next(), 'WATCHDOG=1');
      assert.equal(await next(), 'WATCHDOG=1');
      manager.stopping();
      // Pings may be under way: on a busy computer, more than one.
      let last = await next();
      while (last === 'WATCHDOG=1') last = await next();
      assert.equal(last, 'STOPPING=1');
      clearInterval(alive);
    } finally {
      python.kill();
      await once(python, 'exit');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('without a service manager nothing is sent', () => {
  const manager = openServiceManager({ WATCHDOG_USEC: '1000' }, (problem) => assert.fail(String(problem)));
  manager.upgrading();
  manager.ready();
  manager.stopping();
});
