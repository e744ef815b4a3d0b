import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { openSealing } from '#keys/sealing.ts';
import type { Clock } from '#ports/clock.ts';
import { openDatabase, type Place } from '#storage/database/open.ts';
import { openStorage, type Storage } from '#storage/storage.ts';
import { keepBetweenFiles } from '#test/children.ts';
import { until } from '#test/until.ts';
import { makeDataFolder } from './database/postgres-data.ts';

/** A clock that tests move. */
export class TestClock implements Clock {
  at = new Date('2027-03-01T12:00:00Z');
  now(): Date {
    return this.at;
  }
  pass(milliseconds: number): void {
    this.at = new Date(this.at.getTime() + milliseconds);
  }
}

export interface DatabaseUnderTest {
  readonly name: string;
  /** Why it cannot be had here, and what would help. */
  readonly missing: string | undefined;
  /** An empty database that has had every migration. Opened twice with the same place it is the same database. */
  place(): Promise<Place>;
  /** A database without a table: for what a server does at its first start, and for other versions. */
  emptyPlace(): Promise<Place>;
  /** A database of its own with what is in the one at this place, which no storage has open. */
  copyOf(place: Place): Promise<Place>;
  /** Can two processes have it open at once? */
  readonly isShared: boolean;
  /** The server process: `kill` ends it at once, `start` brings it back with what it had; `pause` makes it hang, `resume` continue. */
  readonly server?: { kill(): void; start(): Promise<unknown>; pause(): void; resume(): void };
  end(): void;
}

const folders: string[] = [];
export const emptyFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-store-'));
  folders.push(folder);
  return folder;
};
const sealing = openSealing(emptyFolder(), undefined);

export const openAt = (place: Place, clock: Clock = new TestClock()): Promise<Storage> =>
  openStorage(place, clock, sealing);

/** A data folder whose database has had every migration: they take forty milliseconds, and a copy takes one. */
const migratedFolder = once(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-store-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await migrate({ kind: 'sqlite', folder });
  return folder;
});

async function migrate(place: Place): Promise<void> {
  const database = await openDatabase(place);
  await sql`select 1`.execute(database); // Kysely closes only what it has used
  await database.destroy();
}

function copyOfFolder(source: string): Place {
  const folder = emptyFolder();
  cpSync(source, folder, { recursive: true });
  return { kind: 'sqlite', folder };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** The nodes on one place: two share PostgreSQL, and SQLite is held by one process, so by one node. */
export async function nodesAt(place: Place, clock: Clock): Promise<readonly [Storage, ...Storage[]]> {
  const first = await openAt(place, clock);
  return place.kind === 'postgres' ? [first, await openAt(place, clock)] : [first];
}

/**
 * SQLite always; PostgreSQL where Debian's server is installed. The files of a process share the server, which ends with it, and
 * `end` drops the databases of a file.
 */
export function databasesUnderTest(): readonly DatabaseUnderTest[] {
  return [
    {
      name: 'SQLite',
      missing: undefined,
      place: async () => copyOfFolder(await migratedFolder()),
      emptyPlace: async () => ({ kind: 'sqlite', folder: emptyFolder() }),
      copyOf: async (place) => copyOfFolder(place.kind === 'sqlite' ? place.folder : ''),
      isShared: false,
      end: () => {
        for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
      },
    },
    {
      name: 'PostgreSQL',
      missing: postgres.missing,
      place: async () => postgres.place(await postgres.migrated()),
      emptyPlace: () => postgres.place(),
      copyOf: (place) => postgres.place(nameIn(place)),
      isShared: true,
      server: {
        kill: () => postgres.kill(),
        start: () => postgres.serve(),
        pause: () => postgres.signal('SIGSTOP'),
        resume: () => postgres.signal('SIGCONT'),
      },
      end: () => postgres.end(),
    },
  ];
}

const nameIn = (place: Place): string => (place.kind === 'postgres' ? new URL(place.url).pathname.slice(1) : '');

class Postgres {
  readonly missing: string | undefined;
  readonly #bin: string | undefined = globSync('/usr/lib/postgresql/*/bin').sort().at(-1);
  #folder: string | undefined;
  #process: ChildProcess | undefined;
  #isServing = false;
  #count = 0;
  #names: string[] = [];

  constructor() {
    if (!this.#bin || !existsSync(join(this.#bin, 'initdb')))
      this.missing = 'PostgreSQL is not installed: apt-get install postgresql';
    else if (userInfo().uid === 0 && spawnSync('id', ['postgres']).status !== 0)
      this.missing = 'PostgreSQL refuses root and there is no user postgres';
  }

  /** The name of a database that has had every migration, and stays until the server ends. */
  readonly migrated = once(async () => {
    const place = await this.place();
    await migrate(place);
    return this.#names.splice(this.#names.indexOf(nameIn(place)), 1)[0]!;
  });

  /** A database of its own on the one server, with what is in the database `template`. */
  async place(template = 'template1'): Promise<Place> {
    if (this.#folder === undefined) await this.#start();
    else if (!this.#isServing) await this.serve();
    const name = `cardea_${++this.#count}`;
    this.#names.push(name);
    const client = new pg.Client({ host: this.#folder!, user: this.#user, database: 'postgres' });
    await client.connect();
    await client.query(`create database ${name} template ${template}`);
    await client.end();
    return { kind: 'postgres', url: `postgres://${this.#user}@localhost/${name}?host=${this.#folder}` };
  }

  get #user(): string {
    return userInfo().uid === 0 ? 'postgres' : userInfo().username;
  }

  async #start(): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-pg-'));
    if (userInfo().uid === 0)
      chownSync(folder, Number(execFileSync('id', ['-u', 'postgres'])), Number(execFileSync('id', ['-g', 'postgres'])));
    chmodSync(folder, 0o700);
    this.#folder = folder;
    makeDataFolder(join(folder, 'data'), (program, args) => this.#run(program, args));
    await this.serve();
    process.once('exit', () => this.#remove());
  }

  async serve(): Promise<string> {
    const folder = this.#folder!;
    const [command, args] = this.#as('postgres', [
      '-D',
      join(folder, 'data'),
      '-k',
      folder,
      '-c',
      'listen_addresses=',
      '-c',
      'fsync=off',
    ]);
    this.#process = spawn(command, args, { stdio: 'ignore', detached: false });
    keepBetweenFiles(this.#process);
    this.#isServing = true;
    const isReady = () => spawnSync(join(this.#bin!, 'pg_isready'), ['-h', folder]).status === 0;
    return until('PostgreSQL to answer', () => isReady() && folder);
  }

  #as(program: string, args: readonly string[]): [string, string[]] {
    const path = program === 'cp' ? program : join(this.#bin!, program);
    return userInfo().uid === 0 ? ['runuser', ['-u', 'postgres', '--', path, ...args]] : [path, [...args]];
  }

  #run(program: string, args: readonly string[]): void {
    const [command, words] = this.#as(program, args);
    execFileSync(command, words, { stdio: 'pipe' });
  }

  kill(): void {
    this.#isServing = false;
    this.#run('pg_ctl', ['-D', join(this.#folder!, 'data'), '-m', 'immediate', 'stop']);
  }

  /** Sends a signal to the server and to the process of each connection. */
  signal(signal: NodeJS.Signals): void {
    const [pid] = readFileSync(join(this.#folder!, 'data', 'postmaster.pid'), 'utf8').split('\n');
    const { stdout } = spawnSync('pgrep', ['-P', pid!], { encoding: 'utf8' });
    for (const id of [pid!, ...stdout.split('\n').filter((line) => line !== '')]) {
      try {
        process.kill(Number(id), signal);
      } catch (problem) {
        // A connection's process may have ended since it was listed.
        if ((problem as NodeJS.ErrnoException).code !== 'ESRCH') throw problem;
      }
    }
    if (signal === 'SIGCONT') this.#process?.kill(signal); // runuser stops itself with its child
  }

  /** Drops the databases of a file, or lets that to the next file where the server was ended by a test. */
  end(): void {
    if (!this.#isServing) return;
    const drops = this.#names.splice(0).flatMap((name) => ['-c', `drop database ${name} with (force)`]);
    if (drops.length === 0) return;
    const words = ['-q', '-h', this.#folder!, '-U', this.#user, '-d', 'postgres', ...drops];
    execFileSync(join(this.#bin!, 'psql'), words, { stdio: 'pipe' });
  }

  #remove(): void {
    if (this.#isServing) this.kill();
    rmSync(this.#folder!, { recursive: true, force: true });
  }
}

const postgres = new Postgres();
