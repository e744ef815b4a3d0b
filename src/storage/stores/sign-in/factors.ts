import type { Attempts } from '#core/factors/lock-out.ts';
import type { Ticket } from '#model/sign-in.ts';
import type { AttemptStore, KnownBrowsers, Tickets } from '#ports/flows.ts';
import type { Schema, TenantDatabase, TenantStore } from '../../database/schema.ts';
import { sealLabels } from '../../database/sealed/labels.ts';
import { hotStatement } from '../../database/statements/hot-statement.ts';
import { softly } from '../../database/statements/softly.ts';
import type { Sealing } from '../trust/key-store.ts';

/** What lives minutes or days around a second factor: failed attempts, pending steps, known browsers. */
export function openFactors(
  store: TenantStore,
  sealing: Sealing,
): { attempts: AttemptStore; tickets: Tickets; browsers: KnownBrowsers } {
  return {
    attempts: attemptsOf(store),
    tickets: ticketsOf(store, sealing),
    browsers: browsersOf(store),
  };
}

function attemptsOf({ database, tenantId, clock }: TenantStore): AttemptStore {
  const read = (subject: string) =>
    database
      .selectFrom('attempts')
      .select(['version', 'expires_at', 'document'])
      .where('tenant_id', '=', tenantId)
      .where('subject', '=', subject)
      .executeTakeFirst();
  /** Writes unless another writer was faster than we were. */
  const write = async (row: Schema['attempts'], version: string | undefined) => {
    const { version: next, document, expires_at } = row;
    if (version === undefined) {
      const { numInsertedOrUpdatedRows } = await database
        .insertInto('attempts')
        .values(row)
        .onConflict((on) => on.columns(['tenant_id', 'subject']).doNothing())
        .executeTakeFirstOrThrow();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    }
    const { numUpdatedRows } = await database
      .updateTable('attempts')
      .set({ version: next, document, expires_at })
      .where('tenant_id', '=', tenantId)
      .where('subject', '=', row.subject)
      .where('version', '=', version)
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  };
  const forget = async (subject: string, version: string) => {
    const { numDeletedRows } = await database
      .deleteFrom('attempts')
      .where('tenant_id', '=', tenantId)
      .where('subject', '=', subject)
      .where('version', '=', version)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  };
  return {
    async change(subject, expires, work) {
      for (;;) {
        const row = await read(subject);
        const isFresh = row !== undefined && row.expires_at > clock.now().getTime();
        const { next, answer } = work(isFresh ? (JSON.parse(row.document) as Attempts) : undefined);
        if (next === undefined) {
          if (row === undefined || (await forget(subject, row.version))) return answer;
          continue;
        }
        const output = {
          tenant_id: tenantId,
          subject,
          version: crypto.randomUUID(),
          expires_at: expires.getTime(),
          document: JSON.stringify(next),
        };
        if (await write(output, row?.version)) return answer;
      }
    },
  };
}

function ticketsOf({ database, tenantId, clock }: TenantStore, sealing: Sealing): Tickets {
  const label = (id: string) => sealLabels.tickets(tenantId, id);
  const handle = (row: Schema['tickets']): Ticket => ({
    id: row.id,
    kind: row.kind as Ticket['kind'],
    userId: row.user_id ?? undefined,
    state: row.state,
    document: JSON.parse(sealing.open(row.sealed, label(row.id))) as Ticket['document'],
    expires: new Date(row.expires_at),
  });
  const living = (kind: Ticket['kind'], at: Date) =>
    database
      .selectFrom('tickets')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .where('expires_at', '>', at.getTime());
  return {
    async put({ id, kind, userId, state, document, expires }) {
      const row = {
        tenant_id: tenantId,
        id,
        kind,
        user_id: userId ?? null,
        state,
        created_at: clock.now().getTime(),
        expires_at: expires.getTime(),
        sealed: sealing.seal(JSON.stringify(document), label(id)),
      };
      await database.insertInto('tickets').values(row).execute();
    },
    async find(kind, id, at) {
      const row = await living(kind, at).where('id', '=', id).executeTakeFirst();
      return row && handle(row);
    },
    async ofUser(kind, userId, at) {
      const rows = await living(kind, at).where('user_id', '=', userId).orderBy('created_at').orderBy('id').execute();
      return rows.map(handle);
    },
    async take(kind, id, at) {
      const row = await database
        .deleteFrom('tickets')
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', kind)
        .where('id', '=', id)
        .where('expires_at', '>', at.getTime())
        .returningAll()
        .executeTakeFirst();
      return row && handle(row);
    },
    async move(id, from, to, at) {
      const { numUpdatedRows } = await database
        .updateTable('tickets')
        .set({ state: to })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('state', '=', from)
        .where('expires_at', '>', at.getTime())
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
  };
}

/** Milliseconds by which a browser may be forgotten early, so that it is not written with every sign-in. */
const browserNotedAhead = 86_400_000;

type BrowserNote = Schema['known_browsers'] & { readonly notedBefore: number };
const rememberBrowser = hotStatement(
  (database, { tenant_id, user_id, browser, expires_at, notedBefore }: BrowserNote) => {
    const insertion = database
      .insertInto('known_browsers')
      .values({ tenant_id, user_id, browser, expires_at })
      .onConflict((on) =>
        on
          .columns(['tenant_id', 'user_id', 'browser'])
          .doUpdateSet({ expires_at })
          .where('known_browsers.expires_at', '<', notedBefore),
      );
    return softly(insertion, database);
  },
);

interface BrowserSearch {
  readonly tenantId: string;
  readonly userId: string;
  readonly browser: string;
  readonly at: number;
}
const knownBrowser = hotStatement((database, { tenantId, userId, browser, at }: BrowserSearch) =>
  database
    .selectFrom('known_browsers')
    .select('browser')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('browser', '=', browser)
    .where('expires_at', '>', at),
);

function browsersOf({ database, tenantId }: TenantDatabase): KnownBrowsers {
  return {
    async knows(userId, browser, at) {
      const { rows } = await knownBrowser(database, { tenantId, userId, browser, at: at.getTime() });
      return rows.length > 0;
    },
    async remember(userId, browser, expires) {
      const expires_at = expires.getTime();
      const row = { tenant_id: tenantId, user_id: userId, browser, expires_at };
      await rememberBrowser(database, { ...row, notedBefore: expires_at - browserNotedAhead });
    },
  };
}
