import '#server/reasons/join.ts';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { login, startUnderEntraNames } from './entra-named-server.ts';

/**
 * Runs in a network and mount namespace whose hosts file maps the names of Entra to loopback. Starts a server under these
 * names and runs the client that is built with libhimmelblau. Its device is disabled before its last step. Prints what
 * came of each step (JSON).
 */
const { client } = JSON.parse(process.argv[2]!) as { client: string };
const server = await startUnderEntraNames();
const steps: Record<string, unknown> = {};
try {
  const { refresh_token: refreshToken } = await server.signInForRegistration();
  const words = [`https://${login}/woodgrove.test`, 'woodgrove.test', 'ana@woodgrove.test', String(refreshToken)];
  const child = spawn(client, words, { env: { ...process.env, SSL_CERT_FILE: server.trustFile } });
  let problems = '';
  child.stderr.on('data', (chunk: Buffer) => {
    problems += chunk;
  });
  const end = new Promise((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const { name, ...result } = JSON.parse(line) as { name: string; value?: string; error?: string };
    steps[name] = result;
    if (name !== 'hello') continue;
    const [device] = JSON.parse(await server.cardea('device', 'list', '--json')) as { id: string }[];
    steps.device = device;
    steps.disabled = await server.cardea('device', 'disable', device!.id);
    child.stdin.end('\n');
  }
  steps.exit = await end;
  steps.problems = problems;
} finally {
  await server.stop();
}
process.stdout.write(`${JSON.stringify(steps)}\n`);
