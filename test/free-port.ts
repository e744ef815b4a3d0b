import { randomInt } from 'node:crypto';
import { createServer, type ListenOptions } from 'node:net';

/**
 * Ports that no system hands to a client of its own accord (Linux begins at 32768, others at 49152). A port of that
 * range could go to any connection on the machine between the probe and the server that wants it.
 */
const [lowest, highest] = [10_000, 32_000];

/** The ports that this process has assigned: a server that starts later still has its port free. */
const assignedPorts = new Set<number>();

/**
 * A port on which nothing listens, on either loopback address, and which no call of this function returns again while this process
 * runs: on Linux in no process of the machine.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if ((await reservePort(port)) && (await isFree({ port }))) return port;
  }
}

/**
 * Reserves a port until this process ends, for a server that binds it later. Other processes see it by an abstract socket of
 * Linux, which needs no file and ends with the process. @returns false where it is reserved
 */
export async function reservePort(port: number): Promise<boolean> {
  if (assignedPorts.has(port)) return false;
  assignedPorts.add(port);
  return process.platform !== 'linux' || isFree({ path: `\0cardea-test-port-${port}` }, 'held');
}

/** Whether this process can listen at an address, which it then gives up again, or holds until it ends. */
function isFree(address: ListenOptions, hold?: 'held'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(address, () => (hold ? resolve(true) : probe.close(() => resolve(true))));
    probe.unref();
  });
}
