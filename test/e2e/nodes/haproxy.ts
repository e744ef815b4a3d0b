import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const page = join(import.meta.dirname, '..', '..', '..', 'docs', 'admin', 'several-nodes.md');

/** The configuration of the page with the addresses of a test. */
function configurationFor(port: number, nodes: readonly { readonly port: number; readonly managementPort: number }[]) {
  const [, block] = /```haproxy\n(.*?)```/s.exec(readFileSync(page, 'utf8')) ?? [];
  return block!
    .replace('bind :443', `bind 127.0.0.1:${port}`)
    .replaceAll(/10\.0\.0\.1(\d):8443 (.*)/g, (_, number, words: string) => {
      const node = nodes[Number(number) - 1]!;
      return `127.0.0.1:${node.port} ${words.replace('8481', `${node.managementPort}`)} source ${balancerAddress}`;
    });
}

/** HAProxy passes TLS through, one connection to this node and the next to another, with version 2 of the PROXY protocol. */
export class Haproxy {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'cardea-haproxy-'));
  #process: ChildProcess | undefined;

  constructor(port: number) {
    this.port = port;
  }

  /** Starts it with the configuration of docs/admin/several-nodes.md; resolves when it has found every node ready. */
  async start(nodes: readonly { readonly port: number; readonly managementPort: number }[]): Promise<void> {
    const configuration = join(this.#folder, 'haproxy.cfg');
    const statistics = `global\n  stats socket ${this.#statistics}\n`;
    writeFileSync(configuration, statistics + configurationFor(this.port, nodes));
    const child = spawn(program, ['-f', configuration, '-db'], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    let problem = '';
    child.stderr.on('data', (chunk: Buffer) => (problem += chunk));
    const isReady = async () => (await this.#rows()).every(({ status }) => status === 'UP');
    while (!(await isReady().catch(() => false))) {
      if (child.exitCode !== null) throw new Error(`HAProxy ended: ${problem}`);
      await wait(20);
    }
  }

  get #statistics(): string {
    return join(this.#folder, 'statistics');
  }

  /** Whether no node is ready. */
  async isUnready(): Promise<boolean> {
    return (await this.#rows()).every(({ status }) => status === 'DOWN');
  }

  /** How many connections each node has had. */
  async connections(): Promise<readonly number[]> {
    return (await this.#rows()).map(({ stot }) => Number(stot));
  }

  /** The columns of the statistics, by name, one row a node. */
  async #rows(): Promise<readonly Readonly<Record<string, string>>[]> {
    const socket = connect(this.#statistics);
    await once(socket, 'connect');
    socket.write('show stat\n');
    const [names = '', ...rows] = (await text(socket)).trim().split('\n');
    const columns = names.replace(/^# /, '').split(',');
    return rows
      .map((row) => Object.fromEntries(row.split(',').map((value, index) => [columns[index] ?? '', value])))
      .filter(({ pxname, svname }) => pxname === 'cardea' && svname?.startsWith('node'));
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
