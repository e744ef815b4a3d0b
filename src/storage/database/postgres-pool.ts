import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { fault } from '#core/trace/fault.ts';

/** Milliseconds to wait for a connection, be it for the server to answer or for another to be given back. */
const patience = 10_000;

/**
 * Connections to PostgreSQL whose errors have our names. A server that goes away is an error of the questions that were
 * under way and of nothing else; the next question gets a new connection.
 */
export function postgresPool(url: string): PostgresPool {
  const pool = new pg.Pool({ connectionString: url, max: 16, connectionTimeoutMillis: patience, types: numbers });
  // Without a listener the end of a connection would be the end of the process, whether it is idle or in use.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const host = hostOf(url);
  const withName = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    async connect() {
      const client = await pool.connect().catch((problem: unknown) => {
        throw postgresFault(problem, host);
      });
      const knownItem = withName.get(client) ?? clientOf(client, host);
      withName.set(client, knownItem);
      return knownItem;
    },
    end: () => pool.end(),
  };
}

// Times and counts are bigint columns and stay below 2^53; node-postgres would give them as text.
const numbers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig;

function clientOf(client: pg.PoolClient, host: string): PostgresPoolClient {
  const query = async (sql: string, parameters: readonly unknown[]) => {
    if (asksForNul(sql, parameters)) return { command: 'SELECT', rowCount: 0, rows: [] };
    try {
      return await client.query(sql, [...parameters]);
    } catch (problem) {
      throw postgresFault(problem, host);
    }
  };
  return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release() };
}

/**
 * PostgreSQL keeps no text with the character NUL and makes an error of the question who has one. The answer is nobody.
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

/** SQLSTATE classes 08 and 28, and what a server says that is starting, ending, full of visitors, missing or a replica. */
const unavailable = /^(08|28)|^(57P0[1-5]|53300|3D000|25006)$/;

function postgresFault(problem: unknown, host: string): unknown {
  const { message, code } = problem as { message: string; code?: string };
  if (problem instanceof pg.DatabaseError) {
    if (code === '53100') return fault('diskFull', { folder: `the PostgreSQL server at ${host}` }, problem);
    if (code === undefined || !unavailable.test(code)) return problem;
  }
  return fault('databaseUnavailable', { host, problem: message || (code ?? 'no answer') }, problem);
}

/** Never the password. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'the given address');
