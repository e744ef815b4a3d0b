import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { boundedCache } from '#net/bounded-cache.ts';
import { isSoft, publishStatement } from '../statements/statement-channel.ts';
import type { WriteCount } from '../statements/write-count.ts';
import { WriteTurns } from './write-turns.ts';

export interface SqliteOptions {
  /** Gives SQLite's errors the names of the table of reasons. */
  faultOf(problem: unknown): unknown;
  /** Throws where nothing that is written now would last. Asked before each commit. */
  checkFile(): void;
  /** Resolves when everything that is committed now is on disk; without it, a commit waits for nothing. */
  readonly onDisk?: () => Promise<void>;
  /** Counts what is written; absent where nothing is read from memory. */
  readonly writes?: WriteCount;
  /** Other processes of the same parent write into the file too. */
  readonly isShared?: boolean;
  /** Called when the file is closed. */
  onClose?(): void;
}

/** Kysely on `node:sqlite`, with group commit. */
export function sqliteDialect(database: DatabaseSync, options: SqliteOptions): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => new SqliteDriver(database, options),
  };
}

/**
 * SQLite changes tables in a transaction as it changes rows; Kysely does not use that of its own accord. All migrations of a start
 * are one transaction, so that an upgrade that was cut off has changed nothing.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Needs no commit. Our `with` is always followed by a select. */
const isReading = (sql: string): boolean => /^\s*(select|pragma|with)\b/i.test(sql);

interface Waiting {
  readonly query: CompiledQuery;
  readonly resolve: (result: QueryResult<unknown>) => void;
  readonly reject: (problem: unknown) => void;
}

/**
 * One file, one writer. Single statements that arrive together are committed together and acknowledged after the
 * commit; a transaction has the file for itself, and all others, readers too, wait until it is over. While another process
 * writes, statements gather here, and their one commit follows its. The event loop never waits for that process, nor for the disk: a commit is
 * acknowledged when the log is on disk, and others read and write meanwhile.
 */
class SqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #faultOf: SqliteOptions['faultOf'];
  readonly #checkFile: SqliteOptions['checkFile'];
  readonly #logOnDisk: () => Promise<void>;
  readonly #writes: WriteCount | undefined;
  readonly #turns: WriteTurns;
  readonly #onClose: SqliteOptions['onClose'];
  /** Migrations and lists of many lengths make many texts; the ones that matter are asked for again at once. */
  readonly #statements = boundedCache<StatementSync>(500);
  #waiting: Waiting[] = [];
  #scheduled = false;
  #holder: SqliteConnection | undefined;
  readonly #queue: (() => void)[] = [];

  constructor(database: DatabaseSync, options: SqliteOptions) {
    this.#database = database;
    this.#faultOf = options.faultOf;
    this.#checkFile = options.checkFile;
    this.#logOnDisk = options.onDisk ?? (async () => undefined);
    this.#writes = options.writes;
    this.#turns = new WriteTurns(options.isShared ?? false);
    this.#onClose = options.onClose;
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<SqliteConnection> {
    return new SqliteConnection(this);
  }
  async releaseConnection(): Promise<void> {}

  async beginTransaction(connection: SqliteConnection): Promise<void> {
    for (const began = performance.now(); ; await this.#turns.pause()) {
      while (this.#holder) await new Promise<void>((resolve) => this.#queue.push(resolve));
      if (this.#begin(connection, began)) return;
    }
  }
  /** False while another process writes. */
  #begin(connection: SqliteConnection, began: number): boolean {
    this.#holder = connection;
    this.#drain(); // what waited to be written goes first
    try {
      this.#checkFile();
      this.#control('begin immediate');
      return true;
    } catch (problem) {
      this.#release();
      if (this.#turns.mayWait(problem, began)) return false;
      throw this.#faultOf(problem);
    }
  }
  async commitTransaction(): Promise<void> {
    try {
      this.#control('commit');
    } catch (problem) {
      throw this.#faultOf(problem);
    } finally {
      this.#release();
    }
    await this.#onDisk();
  }
  /** Kysely asks for it after a commit that failed as well: by then another transaction may hold the file. */
  async rollbackTransaction(connection: SqliteConnection): Promise<void> {
    if (this.#holder === connection) this.#release();
  }
  #release(): void {
    try {
      if (this.#database.isTransaction) this.#control('rollback');
    } finally {
      this.#holder = undefined;
      for (const next of this.#queue.splice(0)) next();
      if (this.#waiting.length > 0) this.#schedule();
    }
  }

  async destroy(): Promise<void> {
    while (!this.#drain()) await this.#turns.pause();
    await this.#logOnDisk().catch(() => undefined); // its own callers receive the error
    this.#database.close();
    this.#onClose?.();
  }

  async run(connection: SqliteConnection, query: CompiledQuery): Promise<QueryResult<unknown>> {
    if (this.#holder === connection) return this.#within(query);
    while (this.#holder) await new Promise<void>((resolve) => this.#queue.push(resolve));
    if (isReading(query.sql)) return this.#turns.read(() => this.#named(query));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ query, resolve, reject });
      this.#schedule();
    });
  }

  /** A full disk ends the transaction at once. What came after would be kept by itself: half of a whole. */
  #within(query: CompiledQuery): QueryResult<unknown> {
    if (!this.#database.isTransaction) throw new Error('the transaction was ended by an earlier failure');
    return this.#named(query);
  }

  #named(query: CompiledQuery): QueryResult<unknown> {
    try {
      return this.#execute(query);
    } catch (problem) {
      throw this.#faultOf(problem);
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const attempt = () => {
      this.#scheduled = false;
      if (!this.#holder) this.#drain();
    };
    if (this.#turns.isWaiting) void this.#turns.pause().then(attempt);
    else setImmediate(attempt);
  }

  /**
   * Everything that waits, in one transaction. A statement that fails undoes only itself; a commit that fails, all. False while
   * another process writes: what waits continues waiting, and what comes meanwhile joins it.
   */
  #drain(): boolean {
    const jobs = this.#waiting.splice(0);
    if (jobs.length === 0) return true;
    const isSoftCommit = jobs.every(({ query }) => isSoft(query.sql));
    const answers: (() => void)[] = [];
    try {
      this.#checkFile();
      this.#control('begin immediate');
      this.#turns.begins();
      for (const job of jobs) answers.push(this.#attempt(job));
      this.#control(isSoftCommit ? 'commit /* soft */' : 'commit');
    } catch (problem) {
      if (this.#database.isTransaction) this.#control('rollback');
      else if (this.#turns.mayWaitOn(problem)) {
        this.#waiting.unshift(...jobs);
        this.#schedule();
        return false;
      }
      for (const { reject } of jobs) reject(this.#faultOf(problem));
      return true;
    }
    const answerAll = () => {
      for (const answer of answers) answer();
    };
    const refuseAll = (problem: unknown) => {
      for (const { reject } of jobs) reject(problem);
    };
    if (isSoftCommit) answerAll();
    else this.#onDisk().then(answerAll, refuseAll);
    return true;
  }

  /** Waits until what is committed now is on disk. */
  async #onDisk(): Promise<void> {
    try {
      await this.#logOnDisk();
    } catch (problem) {
      throw this.#faultOf(problem);
    }
  }

  #attempt({ query, resolve, reject }: Waiting): () => void {
    try {
      const result = this.#execute(query);
      return () => resolve(result);
    } catch (problem) {
      // A full disk rolls the whole transaction back, with every statement of this drain.
      if (!this.#database.isTransaction) throw problem;
      return () => reject(this.#faultOf(problem));
    }
  }

  #control(sql: string): void {
    publishStatement(sql);
    this.#database.exec(sql);
  }

  #execute({ sql, parameters }: CompiledQuery): QueryResult<unknown> {
    publishStatement(sql);
    if (!isReading(sql)) this.#writes?.note(sql);
    const statement = this.#prepared(sql);
    const values = parameters as SQLInputValue[];
    if (isReading(sql) || /\breturning\b/i.test(sql)) {
      // Rows of node:sqlite have no prototype, which deepEqual and spreading libraries trip over.
      return { rows: statement.all(...values).map((row) => ({ ...row })) };
    }
    const { changes } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  #prepared(sql: string): StatementSync {
    const cached = this.#statements.get(sql);
    if (cached) return cached;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #driver: SqliteDriver;
  constructor(driver: SqliteDriver) {
    this.#driver = driver;
  }
  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#driver.run(this, query) as Promise<QueryResult<R>>;
  }
  // biome-ignore lint/correctness/useYield: Kysely asks for a generator; lists are read in pages instead of streamed.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not offered: read in pages');
  }
}
