import type { LiveSignIns } from '#ports/sessions.ts';
import type { Database } from '../schema.ts';

/**
 * What is looked at again every minute, however many sign-ins are live: read slice by slice in the order of an index, so that no statement
 * holds a process for long.
 */

/** Rows of one statement. A certificate is about two kilobytes. */
const sliceRows = 200;

/** What is read for one tenant at one moment. */
export interface LiveQuestion {
  readonly tenantId: string;
  readonly now: Date;
}

/** The certificates that live sign-ins rest on. */
export async function liveCertificates(
  database: Database,
  { tenantId, now }: LiveQuestion,
): ReturnType<LiveSignIns['certificates']> {
  const rows = await inSlices(
    (after) =>
      database
        .selectFrom('shown_certificates')
        .select(['sha256', 'certificate'])
        .where('tenant_id', '=', tenantId)
        .where('sha256', '>', after)
        .where(({ exists, selectFrom, ref }) =>
          exists(
            selectFrom('session_proofs')
              .select('session_proofs.certificate')
              .where('session_proofs.tenant_id', '=', tenantId)
              .where('session_proofs.certificate', '=', ref('shown_certificates.sha256'))
              .where('session_proofs.expires_at', '>', now.getTime()),
          ),
        )
        .orderBy('sha256')
        .limit(sliceRows)
        .execute(),
    ({ sha256 }) => sha256,
  );
  return rows.map(({ sha256, certificate }) => ({
    key: sha256,
    der: new Uint8Array(Buffer.from(certificate, 'base64')),
  }));
}

/** Users who have live proofs and may no longer sign in: disabled, or not there. */
export async function goneUsers(database: Database, { tenantId, now }: LiveQuestion): Promise<readonly string[]> {
  const rows = await inSlices(
    (after) =>
      database
        .selectFrom('session_proofs')
        .select('user_id')
        .distinct()
        .where('tenant_id', '=', tenantId)
        .where('user_id', '>', after)
        .where('expires_at', '>', now.getTime())
        .orderBy('user_id')
        .limit(sliceRows)
        .execute(),
    ({ user_id }) => user_id ?? '',
  );
  const ids = rows.flatMap(({ user_id }) => user_id ?? []);
  const enabledIds = new Set<string>();
  for (let from = 0; from < ids.length; from += sliceRows) {
    const users = await database
      .selectFrom('users')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', ids.slice(from, from + sliceRows))
      .where('account_enabled', '=', 1)
      .execute();
    for (const { id } of users) enabledIds.add(id);
  }
  return ids.filter((id) => !enabledIds.has(id));
}

/** All rows of a query whose answer begins after a key, in the order of the keys. */
async function inSlices<T>(
  read: (after: string) => Promise<readonly T[]>,
  keyOf: (row: T) => string,
): Promise<readonly T[]> {
  const result: T[] = [];
  for (let after = ''; ; ) {
    const rows = await read(after);
    result.push(...rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < sliceRows) return result;
    after = keyOf(last);
  }
}
