import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports that no system hands to a client of its own accord (Linux begins at 32768, others at 49152). A port of that
 * range could go to any connection on the machine between the probe and the server that wants it.
 */
const [lowest, highest] = [10_000, 32_000];

/** The ports that this process has assigned: a server that starts later still has its port free. */
const assignedPorts = new Set<number>();

/** A port on which nothing listens, on either loopback address, and which this function returns once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (assignedPorts.has(port) || !(await isFree(port))) continue;
    assignedPorts.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
}
