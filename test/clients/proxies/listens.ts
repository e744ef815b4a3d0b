import { createConnection } from 'node:net';

/** Whether a program accepts connections at a port of this computer. */
export const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createConnection(port, '127.0.0.1');
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
