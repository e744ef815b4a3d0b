import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

const program = '/usr/sbin/haproxy';

/** Why no balancer can run here; undefined where one can. */
export const haproxyMissing = existsSync(program) ? undefined : 'HAProxy is not installed: apt-get install haproxy';

/** The address from which {@link Haproxy} connects to the nodes: another one than that of its clients. */
export const balancerAddress = '127.0.0.77';

/** HAProxy passes TLS through, one connection to this node and the next to another, with version 2 of the PROXY protocol. */
export class Haproxy {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'cardea-haproxy-'));
  #process: ChildProcess | undefined;

  constructor(port: number) {
    this.port = port;
  }

  /** Starts it; resolves when its statistics answer. */
  async start(nodePorts: readonly number[]): Promise<void> {
    const configuration = join(this.#folder, 'haproxy.cfg');
    const nodes = nodePorts.map(
      (port, index) => `  server node${index} 127.0.0.1:${port} send-proxy-v2 source ${balancerAddress}`,
    );
    writeFileSync(
      configuration,
      `global
  stats socket ${this.#statistics}
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend https
  bind 127.0.0.1:${this.port}
  default_backend cardea
backend cardea
  balance roundrobin
${nodes.join('\n')}
`,
    );
    const child = spawn(program, ['-f', configuration, '-db'], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    let problem = '';
    child.stderr.on('data', (chunk: Buffer) => (problem += chunk));
    while (!(await this.connections().catch(() => undefined))) {
      if (child.exitCode !== null) throw new Error(`HAProxy ended: ${problem}`);
      await wait(20);
    }
  }

  get #statistics(): string {
    return join(this.#folder, 'statistics');
  }

  /** How many connections each node has had. */
  async connections(): Promise<readonly number[]> {
    const socket = connect(this.#statistics);
    await once(socket, 'connect');
    socket.write('show stat\n');
    const [names = '', ...rows] = (await text(socket)).trim().split('\n');
    const columns = names.split(',');
    return rows
      .map((row) => row.split(','))
      .filter((row) => row[1]?.startsWith('node'))
      .map((row) => Number(row[columns.indexOf('stot')]));
  }

  async remove(): Promise<void> {
    if (this.#process?.exitCode === null) {
      const end = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await end;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
