import { signInNumber } from '../core/trace/sign-in-number.ts';
import type { SignInLog, SignInQuery, SignInRecord } from '../ports.ts';
import type { Database } from './open.ts';

/** The sign-in log of one tenant. */
export function openSignIns(database: Database, tenantId: string): SignInLog {
  const rows = () => database.selectFrom('sign_ins').select('document').where('tenant_id', '=', tenantId);
  return {
    async append(record) {
      await database
        .insertInto('sign_ins')
        .values({
          tenant_id: tenantId,
          id: record.id,
          correlation_id: record.correlationId,
          created_at: record.createdDateTime.getTime(),
          user_id: record.userId ?? null,
          status: record.status,
          document: JSON.stringify(record),
          app_id: record.appId,
          upn: record.userPrincipalName.toLowerCase(),
          error_number: signInNumber(record.status, record.because),
          is_interactive: Number(record.isInteractive),
        })
        .execute();
    },
    async find(id) {
      const row = await rows().where('id', '=', id).executeTakeFirst();
      return row && recordOf(row.document);
    },
    async list(query) {
      let page = rows().limit(query.top);
      for (const [column, value] of equalities(query)) page = page.where(column, '=', value);
      if (query.from) page = page.where('created_at', '>=', query.from.getTime());
      if (query.until) page = page.where('created_at', '<=', query.until.getTime());
      const [direction, beyond] = query.isOldestFirst ? (['asc', '>='] as const) : (['desc', '<='] as const);
      if (query.after) {
        const { id, createdDateTime } = query.after;
        const at = createdDateTime.getTime();
        // Written so that the index on the time is entered at the mark.
        page = page
          .where('created_at', beyond, at)
          .where((is) => is.or([is('created_at', '!=', at), is('id', '>', id)]));
      }
      const found = await page.orderBy('created_at', direction).orderBy('id').execute();
      return found.map(({ document }) => recordOf(document));
    },
  };
}

/** Columns that must equal something, as the query says. */
function equalities(query: SignInQuery) {
  return (
    [
      ['correlation_id', query.correlationId],
      ['user_id', query.userId],
      ['app_id', query.appId],
      ['upn', query.userPrincipalName?.toLowerCase()],
      ['error_number', query.errorNumber],
      ['is_interactive', query.isInteractive === undefined ? undefined : Number(query.isInteractive)],
    ] as const
  ).flatMap(([column, value]) => (value === undefined ? [] : [[column, value] as const]));
}

/** Entries of any tenant by entry id or correlation id, oldest first: for whoever runs the whole installation. */
export async function findSignIns(database: Database, idOrCorrelationId: string): Promise<readonly SignInRecord[]> {
  const rows = await database
    .selectFrom('sign_ins')
    .select('document')
    .where((is) => is.or([is('id', '=', idOrCorrelationId), is('correlation_id', '=', idOrCorrelationId)]))
    .orderBy('created_at')
    .orderBy('id')
    .limit(100)
    .execute();
  return rows.map(({ document }) => recordOf(document));
}

function recordOf(document: string): SignInRecord {
  const record = JSON.parse(document) as Omit<SignInRecord, 'createdDateTime'> & { createdDateTime: string };
  return { ...record, createdDateTime: new Date(record.createdDateTime) };
}
