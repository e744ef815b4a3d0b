import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const program = '/usr/sbin/pgbouncer';
const port = 6432;
const page = join(import.meta.dirname, '..', '..', '..', 'docs', 'admin', 'several-nodes.md');

/** Why no pooler can run here; undefined where one can. */
export const pgbouncerMissing = existsSync(program)
  ? undefined
  : 'PgBouncer is not installed: apt-get install pgbouncer';

/** The section [pgbouncer] of docs/admin/several-nodes.md. */
function documentedSection(): string {
  const [, block] = /```ini\n(\[pgbouncer\]\n.*?)```/s.exec(readFileSync(page, 'utf8')) ?? [];
  if (block === undefined) throw new Error(`${page} has no section [pgbouncer]`);
  return block;
}

/** PgBouncer with the settings of docs/admin/several-nodes.md, with few connections for many clients. */
export class Pgbouncer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cardea-pgbouncer-'));
  #process: ChildProcess | undefined;

  /** Starts it in front of the database of a URL. @returns the URL that leads through it */
  async start(databaseUrl: string): Promise<string> {
    const { searchParams, pathname, username } = new URL(databaseUrl);
    const configuration = join(this.#folder, 'pgbouncer.ini');
    const users = join(this.#folder, 'users');
    writeFileSync(users, `"${username}" ""\n`);
    writeFileSync(
      configuration,
      `[databases]
cardea = host=${searchParams.get('host')} dbname=${pathname.slice(1)}
${documentedSection()}unix_socket_dir = ${this.#folder}
listen_port = ${port}
auth_type = trust
auth_file = ${users}
default_pool_size = 3
max_client_conn = 200
`,
    );
    // It refuses to be root.
    const owner = userInfo().uid === 0 ? idsOf(username) : undefined;
    if (owner) for (const file of [this.#folder, configuration, users]) chownSync(file, owner.uid, owner.gid);
    const child = spawn(program, ['-q', configuration], { ...owner, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    let problem = '';
    child.stderr.on('data', (chunk: Buffer) => (problem += chunk));
    while (!existsSync(join(this.#folder, `.s.PGSQL.${port}`))) {
      if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${problem}`);
      await wait(20);
    }
    return `postgres://${username}@localhost:${port}/cardea?host=${this.#folder}`;
  }

  async remove(): Promise<void> {
    if (this.#process?.exitCode === null) {
      const end = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await end;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function idsOf(user: string): { readonly uid: number; readonly gid: number } {
  const [uid, gid] = ['-u', '-g'].map((option) => Number(execFileSync('id', [option, user])));
  return { uid: uid!, gid: gid! };
}
