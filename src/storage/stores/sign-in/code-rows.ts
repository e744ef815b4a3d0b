import { type RawBuilder, sql } from 'kysely';
import { sessionUidOfCode } from '#core/token/provider-records.ts';
import { marksOf } from '../../cache/change-marks.ts';
import type { Moment, ReadCache } from '../../cache/read-cache.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { hotStatement } from '../../database/statements/hot-statement.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';

type Row = Schema['oidc_records'];

/** The name under which a request remembers a record that was read along with a code. */
export const recordKey = (model: string, column: 'id' | 'uid' | 'user_code', value: string): string =>
  `${model} ${column} ${value}`;

/**
 * Reads a code together with what its redemption reads next: its grant, its session, and the primary refresh token behind
 * that. Each is remembered for one look-up of this request.
 */
export async function readCode(database: Database, cache: ReadCache, moment: Moment, id: string): Promise<void> {
  const onPostgres = isPostgres(database);
  const since = performance.now();
  const { rows } = await readWithGrant(database, { id });
  const code = rows.find(({ model }) => model === 'AuthorizationCode');
  moment.records.set(recordKey('AuthorizationCode', 'id', id), code);
  if (!code) return;
  if (onPostgres) cache.learn(code.tenant_id, code.marks, since);
  const sessionUid = sessionUidOfCode(JSON.parse(code.document));
  const remember = (model: string, column: 'id' | 'uid', value: string | null | undefined) => {
    const row = rows.find((item) => item.model === model && item[column] === value);
    if (value) moment.records.set(recordKey(model, column, value), row);
  };
  remember('Grant', 'id', code.grant_id);
  remember('Session', 'uid', sessionUid);
  remember('DeviceSession', 'id', sessionUid);
}

const readWithGrant = hotStatement((database, { id }: { readonly id: string }) => ({
  compile: () => statementFor(id, isPostgres(database)).compile(database),
}));

function statementFor(id: string, onPostgres: boolean): RawBuilder<Row & { readonly marks?: string | null }> {
  const sessionUid = onPostgres
    ? sql`code.document::json ->> 'sessionUid'`
    : sql`json_extract(code.document, '$.sessionUid')`;
  const marks = onPostgres ? sql`, ${marksOf('oidc_records')}` : sql``;
  const none = onPostgres ? sql`, null` : sql``;
  return sql`with code as (
      select oidc_records.*${marks} from oidc_records where model = 'AuthorizationCode' and id = ${id}
    )
    select * from code
    union all
    select other.*${none} from code join oidc_records as other
      on other.model = 'Grant' and other.id = code.grant_id and other.tenant_id = code.tenant_id
    union all
    select other.*${none} from code join oidc_records as other
      on other.uid = ${sessionUid} and other.model = 'Session' and other.tenant_id = code.tenant_id
    union all
    select other.*${none} from code join oidc_records as other
      on other.model = 'DeviceSession' and other.id = ${sessionUid} and other.tenant_id = code.tenant_id`;
}
