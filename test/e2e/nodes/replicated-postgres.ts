import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

type Server = 'first' | 'second';
const bin = globSync('/usr/lib/postgresql/*/bin').sort().at(-1) ?? '';
const isRoot = userInfo().uid === 0;
const user = isRoot ? 'postgres' : userInfo().username;

/** Why no replication can run here; undefined where it can. */
export const replicationMissing =
  existsSync(join(bin, 'pg_basebackup')) && (!isRoot || spawnSync('id', ['postgres']).status === 0)
    ? undefined
    : 'PostgreSQL is not installed: apt-get install postgresql';

/** Two servers of PostgreSQL: commits of the first one wait until the second one, its replica, has them. */
export class ReplicatedPostgres {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cardea-replicated-'));
  readonly #processes = new Map<Server, ChildProcess>();

  async start(): Promise<void> {
    if (isRoot) chownSync(this.#folder, idOf('-u'), idOf('-g'));
    chmodSync(this.#folder, 0o700);
    for (const server of ['first', 'second'] as const) this.#makeFolder(this.#socketFolder(server));
    this.#run('initdb', '-D', this.#data('first'), '-A', 'trust', '-N');
    await this.#serve('first');
    this.#run('createdb', '-h', this.#socketFolder('first'), 'cardea');
    const source = ['-h', this.#socketFolder('first'), '-U', user];
    this.#run('pg_basebackup', ...source, '-D', this.#data('second'), '-R', '-X', 'stream', '-c', 'fast', '-N');
    await this.#serve('second');
    await this.#until('second', "select status = 'streaming' from pg_stat_wal_receiver");
    this.#query('first', "alter system set synchronous_standby_names = '*'");
    this.#query('first', 'select pg_reload_conf()');
    await this.#until('first', "select sync_state = 'sync' from pg_stat_replication");
  }

  /** The URL that names both. */
  get url(): string {
    return `postgres://${user}@localhost/cardea?host=${this.#socketFolder('first')},${this.#socketFolder('second')}`;
  }

  /** Ends a server at once, without writing anything. */
  kill(server: Server): void {
    this.#run('pg_ctl', '-D', this.#data(server), '-m', 'immediate', 'stop');
  }

  /** Starts the replica again, and returns when commits of the primary reach it. */
  async follow(): Promise<void> {
    await this.#serve('second');
    await this.#until('first', "select sync_state = 'sync' from pg_stat_replication");
  }

  /** Makes the replica the primary; returns when it takes writes. */
  promote(): void {
    this.#run('pg_ctl', '-D', this.#data('second'), '-w', 'promote');
  }

  remove(): void {
    for (const [server, child] of this.#processes)
      if (child.exitCode === null && existsSync(join(this.#data(server), 'postmaster.pid'))) this.kill(server);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #data = (server: Server): string => join(this.#folder, `${server}-data`);
  #socketFolder = (server: Server): string => join(this.#folder, server);

  #makeFolder(folder: string): void {
    mkdirSync(folder, { mode: 0o700 });
    if (isRoot) chownSync(folder, idOf('-u'), idOf('-g'));
  }

  async #serve(server: Server): Promise<void> {
    const socket = this.#socketFolder(server);
    const words = ['-D', this.#data(server), '-k', socket, '-c', 'listen_addresses=', '-c', 'fsync=off'];
    const [command, commandWords] = asOwner('postgres', words);
    this.#processes.set(server, spawn(command, commandWords, { stdio: 'ignore' }));
    await this.#until(server, 'select true');
  }

  /** Waits for a query to answer true. */
  async #until(server: Server, sql: string): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (this.#query(server, sql) !== 't') {
      if (Date.now() > deadline) throw new Error(`PostgreSQL (${server}) does not come to: ${sql}`);
      await wait(50);
    }
  }

  #query(server: Server, sql: string): string {
    const [command, commandWords] = asOwner('psql', ['-h', this.#socketFolder(server), '-d', 'postgres', '-Atc', sql]);
    return spawnSync(command, commandWords, { encoding: 'utf8' }).stdout.trim();
  }

  #run(program: string, ...words: readonly string[]): void {
    const [command, commandWords] = asOwner(program, words);
    execFileSync(command, commandWords, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

const idOf = (option: string): number => Number(execFileSync('id', [option, user], { encoding: 'utf8' }));

/** PostgreSQL refuses to be root. */
function asOwner(program: string, words: readonly string[]): [string, string[]] {
  const path = join(bin, program);
  return isRoot ? ['runuser', ['-u', user, '--', path, ...words]] : [path, [...words]];
}
