import { PostgresAdapter, type RawBuilder, sql } from 'kysely';
import type { SignInKey } from '#model/sign-in.ts';
import type { Database } from '../../database/schema.ts';

/** Beyond that many, most entries match, and going through the newest ones finds a page sooner. */
const mostKeys = 100;

/**
 * What a word stands for in the log: users whose name or display name contains it, names that were typed and addresses that
 * begin with it, applications, certificates by thumbprint. Undefined where that is more than can be looked up.
 */
export async function keysOf(
  database: Database,
  tenantId: string,
  word: string,
): Promise<readonly SignInKey[] | undefined> {
  const text = word.toLowerCase();
  const part = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const like = (column: string) => sql<boolean>`lower(${sql.ref(column)}) like ${part} escape '\\'`;
  const users = database
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where((is) => is.or([like('upn'), like('display_name')]));
  const applications = database
    .selectFrom('applications')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where(like('display_name'));
  const matches = await Promise.all([
    keys('userId', users.limit(mostKeys + 1)),
    keys('appId', applications.limit(mostKeys + 1)),
    keys('userPrincipalName', entriesThatBegin(database, tenantId, 'upn', text)),
    /^[0-9a-f.:]+$/.test(text) ? keys('ipAddress', entriesThatBegin(database, tenantId, 'ip_address', text)) : [],
    /^[0-9a-f]{6,40}$/.test(text) ? keys('certificate', certificates(database, tenantId, text)) : [],
  ]);
  const matchingKeys = matches.flat();
  return matchingKeys.length > mostKeys ? undefined : matchingKeys;
}

async function keys(
  by: SignInKey['by'],
  query: { execute(): Promise<readonly { readonly id: string | null }[]> },
): Promise<readonly SignInKey[]> {
  return (await query.execute()).flatMap(({ id }) => (id === null ? [] : [{ by, value: id }]));
}

/** Different values that begin with the text, from the index on the column. */
const entriesThatBegin = (database: Database, tenantId: string, column: 'upn' | 'ip_address', text: string) =>
  database
    .selectFrom('sign_ins')
    .select(sql.ref<string | null>(column).as('id'))
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where(begins(database, column, text))
    .limit(mostKeys + 1);

const certificates = (database: Database, tenantId: string, text: string) =>
  database
    .selectFrom('seen_certificates')
    .select('sha256 as id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where(begins(database, 'sha1', text.toUpperCase()))
    .limit(mostKeys + 1);

/** SQLite orders texts by their octets, so that a range finds the entry into the index; in PostgreSQL the order is the locale's. */
function begins(database: Database, column: string, text: string): RawBuilder<boolean> {
  const [ref, pattern] = [sql.ref(column), `${text.replaceAll(/[\\%_]/g, '\\$&')}%`];
  const isPostgres = database.getExecutor().adapter instanceof PostgresAdapter;
  return isPostgres
    ? sql<boolean>`${ref} like ${pattern} escape '\\'`
    : sql<boolean>`${ref} >= ${text} and ${ref} < ${`${text}\u{10ffff}`}`;
}
