import type { Socket } from 'node:net';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { fault } from '#core/trace/fault.ts';
import type { NamedStatements } from '../statements/named-statements.ts';
import { publishStatement } from '../statements/statement-channel.ts';
import { hostOf, serversOf, urlForDriver } from './postgres-servers.ts';

/** Milliseconds to wait for a connection, and for the answer to one statement. */
const patience = 5_000;

/** Milliseconds that connections have to close when the pool ends. */
const endPatience = 1_000;

/** Milliseconds after which a connection that is not in use is closed. */
const idlePatience = 30_000;

export interface PoolOptions {
  /** Milliseconds that a statement has; 0 is no limit. Default: {@link patience}. */
  readonly statementMilliseconds?: number;
  /** Names of statements that are prepared. */
  readonly names?: NamedStatements | undefined;
  /** A pooler hands each transaction another connection, and refuses a connection that begins with parameters of its own. */
  readonly isBehindPooler?: boolean | undefined;
}

/** Connections of a pool, and questions that wait for one. */
export interface PoolUse {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}
export interface WatchedPool extends PostgresPool {
  use(): PoolUse;
}

/**
 * Connections to PostgreSQL whose errors have our names. A server that goes away is an error of the questions that were
 * under way and of nothing else; the next question gets a new connection. Where the URL names several servers, the one that is not
 * a replica is used.
 */
export function postgresPool(url: string, options: PoolOptions = {}): WatchedPool {
  const urls = serversOf(url);
  const servers = urls.map((firstUse) => serverPool(firstUse, options, urls.length > 1));
  let current = 0;
  return {
    async connect() {
      const [start, problems]: [number, unknown[]] = [current, []];
      for (let step = 0; step < servers.length; step++) {
        const index = (start + step) % servers.length;
        try {
          const client = await servers[index]!.connect();
          current = index;
          return client;
        } catch (problem) {
          problems.push(problem);
        }
      }
      throw problems[0];
    },
    end: async () => void (await Promise.all(servers.map((server) => server.end()))),
    use: () => servers.map((server) => server.use()).reduce(sumOf),
  };
}

const sumOf = (firstUse: PoolUse, secondUse: PoolUse): PoolUse => ({
  open: firstUse.open + secondUse.open,
  idle: firstUse.idle + secondUse.idle,
  waiting: firstUse.waiting + secondUse.waiting,
});

/** The server ends its own statement; a server that hangs does not, so the client stops waiting as well. */
const limitsOf = (milliseconds: number, isBehindPooler: boolean) => ({
  query_timeout: milliseconds + 500,
  ...(isBehindPooler ? {} : { statement_timeout: milliseconds, idle_in_transaction_session_timeout: 4 * milliseconds }),
});

/** The connections to one server. @param isOneOfSeveral a replica is refused */
function serverPool(
  url: string,
  { statementMilliseconds = patience, names, isBehindPooler = false }: PoolOptions,
  isOneOfSeveral: boolean,
): WatchedPool {
  const pool = new pg.Pool({
    connectionString: urlForDriver(url),
    max: 16,
    connectionTimeoutMillis: patience,
    idleTimeoutMillis: idlePatience,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(statementMilliseconds > 0 ? limitsOf(statementMilliseconds, isBehindPooler) : {}),
    types: numbers,
  });
  // Without a listener the end of a connection would be the end of the process, whether it is idle or in use.
  pool.on('error', () => undefined);
  const open = new Set<pg.PoolClient>();
  pool.on('connect', (client) => {
    open.add(client);
    client.on('error', () => undefined);
  });
  pool.on('remove', (client) => open.delete(client));
  const host = hostOf(url);
  const withName = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    async connect() {
      const client = await pool.connect().catch((problem: unknown) => {
        throw postgresFault(problem, host);
      });
      const existing = withName.get(client);
      if (existing) return existing;
      if (isOneOfSeveral) await refuseReplica(client, host);
      const named = clientOf(client, host, names);
      withName.set(client, named);
      return named;
    },
    end() {
      // A server that hangs does not answer a goodbye, and its sockets would keep the process.
      setTimeout(() => {
        for (const client of open) socketOf(client).destroy();
      }, endPatience).unref();
      return pool.end();
    },
    use: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  };
}

/** Gives a connection to a replica back. @throws databaseUnavailable */
async function refuseReplica(client: pg.PoolClient, host: string): Promise<void> {
  try {
    const { rows } = await client.query<{ replica: boolean }>('select pg_is_in_recovery() as replica');
    if (!rows[0]?.replica) return;
  } catch (problem) {
    client.release(true);
    throw postgresFault(problem, host);
  }
  client.release(true);
  throw fault('databaseUnavailable', { host, problem: 'it is a replica' });
}

const socketOf = (client: pg.PoolClient): Socket =>
  (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;

// Times and counts are bigint columns and stay below 2^53; node-postgres would give them as text.
const numbers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig;

function clientOf(client: pg.PoolClient, host: string, names: NamedStatements | undefined): PostgresPoolClient {
  // A connection without an answer is closed, not given back; what would follow on it, a rollback, fails at once.
  let lost: unknown;
  const query = async (sql: string, parameters: readonly unknown[]) => {
    if (lost !== undefined) throw lost;
    if (asksForNul(sql, parameters)) return { command: 'SELECT', rowCount: 0, rows: [] };
    publishStatement(sql);
    const name = parameters.length > 0 ? names?.nameOf(sql) : undefined;
    const send = (named: string | undefined) =>
      client.query({ text: sql, values: [...parameters], ...(named === undefined ? {} : { name: named }) });
    try {
      return await send(name).catch((problem: unknown) => {
        if (name === undefined || !isPlanOutdated(problem)) throw problem;
        names?.refuse(sql);
        return send(undefined); // within a transaction this fails too, and the next attempt has no name
      });
    } catch (problem) {
      const withName = postgresFault(problem, host);
      if (!(problem instanceof pg.DatabaseError) || problem.code === readOnly) lost = withName;
      throw withName;
    }
  };
  const release = () => client.release(lost !== undefined);
  return { query: query as unknown as PostgresPoolClient['query'], release };
}

/**
 * PostgreSQL keeps no text with the character NUL and refuses a query for one. The answer is "no row".
 * What would write one stays an error.
 */
function asksForNul(sql: string, parameters: readonly unknown[]): boolean {
  if (!parameters.some((value) => typeof value === 'string' && value.includes('\0'))) return false;
  if (/^(select|with|delete)\b/.test(sql)) return true;
  if (!sql.startsWith('update')) return false;
  // Parameters are numbered as they stand: those of `set` come before those of `where`.
  const [written = ''] = sql.split(' where ');
  const writes = written.match(/\$\d+/g)?.length ?? 0;
  return !parameters.slice(0, writes).some((value) => typeof value === 'string' && value.includes('\0'));
}

/** The plan of a named statement no longer fits its tables: another server has changed them. */
const isPlanOutdated = (problem: unknown): boolean =>
  problem instanceof pg.DatabaseError && (problem.code === '0A000' || problem.code === '26000');

/** SQLSTATE of a write to a replica: the server is no longer the primary. */
const readOnly = '25006';

/** SQLSTATE classes 08 and 28, and what a server says that is starting, ending, full, missing, a replica or too slow. */
const unavailable = /^(08|28)|^(57P0[1-5]|57014|55P03|25P03|53300|3D000|25006)$/;

function postgresFault(problem: unknown, host: string): unknown {
  const { message, code } = problem as { message: string; code?: string };
  if (problem instanceof pg.DatabaseError) {
    if (code === '53100') return fault('diskFull', { folder: `the PostgreSQL server at ${host}` }, problem);
    if (code === undefined || !unavailable.test(code)) return problem;
  }
  return fault('databaseUnavailable', { host, problem: message || (code ?? 'no answer') }, problem);
}
