import type { SignInLog, SignInRecord } from '../ports.ts';
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
        })
        .execute();
    },
    async find(id) {
      const row = await rows().where('id', '=', id).executeTakeFirst();
      return row && recordOf(row.document);
    },
    async list({ top, correlationId, userId }) {
      let query = rows().orderBy('created_at', 'desc').orderBy('id').limit(top);
      if (correlationId !== undefined) query = query.where('correlation_id', '=', correlationId);
      if (userId !== undefined) query = query.where('user_id', '=', userId);
      return (await query.execute()).map(({ document }) => recordOf(document));
    },
  };
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
