import type { Transaction } from 'kysely';
import { grantRecord, sessionRecord } from '#core/token/provider-records.ts';
import { fault } from '#core/trace/fault.ts';
import type { Ended } from '#model/session.ts';
import { boundedCache } from '#net/bounded-cache.ts';
import type { LiveSignIns } from '#ports/sessions.ts';
import { audit } from '../../database/audits/audit.ts';
import type { Schema, TenantDatabase, TenantStore } from '../../database/schema.ts';
import { goneUsers, liveCertificates } from '../../database/statements/live-slices.ts';
import { softly } from '../../database/statements/softly.ts';

type Step = Transaction<Schema>;

/** An application that did not answer is asked again after ten seconds, for a day. */
const noticePause = 10_000;
const noticeLifetime = 86_400_000;

/** Milliseconds by which a certificate is kept longer than asked, so that it is not written with every sign-in. */
const notedAhead = 3_600_000;

/**
 * What ends before its time. A grant is deleted and its refresh tokens stay: they are answered with AADSTS50173 for as
 * long as they would have lived, and open nothing.
 */
export function openLiveSignIns(store: TenantStore): LiveSignIns {
  const { database, tenantId, clock } = store;
  const noted = boundedCache<number>(20_000);
  const transaction = <T>(work: (context: TenantDatabase<Step>) => Promise<T>) =>
    database.transaction().execute((step) => work({ database: step, tenantId }));
  return {
    async noteCertificate({ key, der }, expires) {
      if ((noted.get(key) ?? 0) >= expires.getTime()) return;
      const certificate = Buffer.from(der).toString('base64');
      const expires_at = expires.getTime() + notedAhead;
      const insertion = database
        .insertInto('shown_certificates')
        .values({ tenant_id: tenantId, sha256: key, certificate, expires_at })
        .onConflict((on) => on.columns(['tenant_id', 'sha256']).doUpdateSet({ expires_at }));
      await softly(insertion, database).execute(); // whatever is granted for it is committed later, and brings it to disk
      noted.set(key, expires_at);
    },
    async certificate(key) {
      const row = await database
        .selectFrom('shown_certificates')
        .select('certificate')
        .where('tenant_id', '=', tenantId)
        .where('sha256', '=', key)
        .executeTakeFirst();
      return row && new Uint8Array(Buffer.from(row.certificate, 'base64'));
    },
    certificates: () => liveCertificates(database, { tenantId, now: clock.now() }),
    endOfUser: (userId, at, actor) =>
      transaction(async (context) => {
        const end = await endEverything(context, userId, clock.now());
        const validFrom = await setValidFrom(context, userId, at.toISOString());
        const change = { activity: 'Update StsRefreshTokenValidFrom Timestamp', targetId: userId, actor };
        await audit(context, clock.now(), { ...change, ...validFrom });
        return end;
      }),
    endOfCertificate: (key, why, actor) =>
      transaction(async (context) => {
        const end = await endWhatRestsOn(context, key, clock.now());
        if (end.sessions + end.grants === 0) return end;
        const change = { activity: 'End sign-ins of certificate', targetId: key, actor, old: undefined };
        await audit(context, clock.now(), { ...change, new: { because: why, ...end } });
        return end;
      }),
    endOfApplication: (appId) => transaction((context) => endGrantsOf(context, appId)),
    async endOfGone(actor) {
      let [sessions, grants] = [0, 0];
      for (const userId of await goneUsers(database, { tenantId, now: clock.now() })) {
        await transaction(async (context) => {
          const end = await endEverything(context, userId, clock.now());
          const change = { activity: 'End sign-ins of disabled user', targetId: userId, actor, old: undefined };
          await audit(context, clock.now(), { ...change, new: end });
          [sessions, grants] = [sessions + end.sessions, grants + end.grants];
        });
      }
      return { sessions, grants };
    },
    endSession: (sessionUid) =>
      transaction(async (context) => ({
        sessions: await endSessions(context, [sessionUid], clock.now()),
        grants: 0,
      })),
    takeNotices: (at, top) => takeNotices(store, at, top),
    dropNotice: async (id) =>
      void (await database
        .deleteFrom('logout_notices')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .execute()),
  };
}

/** REV-4. What was set before is what the audit row calls old. */
async function setValidFrom({ database: step, tenantId }: TenantDatabase<Step>, userId: string, moment: string) {
  const user = await step
    .selectFrom('users')
    .select('sessions_valid_from')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .executeTakeFirst();
  if (!user) throw fault('nothingFound', { kind: 'user', wanted: userId });
  await step
    .updateTable('users')
    .set({ sessions_valid_from: moment })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .execute();
  const body = (value: string | null) => ({ signInSessionsValidFromDateTime: value });
  return { old: body(user.sessions_valid_from), new: body(moment) };
}

async function endEverything(context: TenantDatabase<Step>, userId: string, now: Date): Promise<Ended> {
  const { database: step, tenantId } = context;
  const uids = await step
    .selectFrom('oidc_records')
    .select('uid')
    .where('tenant_id', '=', tenantId)
    .where('model', '=', 'Session')
    .where('account_id', '=', userId)
    .execute();
  const sessions = await endSessions(context, withoutNulls(uids.map(({ uid }) => uid)), now);
  const { numDeletedRows } = await step
    .deleteFrom('oidc_records')
    .where('tenant_id', '=', tenantId)
    .where('model', '=', 'Grant')
    .where('account_id', '=', userId)
    .executeTakeFirstOrThrow();
  await step
    .deleteFrom('primary_refresh_tokens')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
  await step.deleteFrom('session_proofs').where('tenant_id', '=', tenantId).where('user_id', '=', userId).execute();
  return { sessions, grants: Number(numDeletedRows) };
}

/** The client of a grant is in its document alone: the text is searched first, and the document is read to be sure. */
async function endGrantsOf(context: TenantDatabase<Step>, appId: string): Promise<number> {
  const rows = await context.database
    .selectFrom('oidc_records')
    .select(['id', 'document'])
    .where('tenant_id', '=', context.tenantId)
    .where('model', '=', 'Grant')
    .where('document', 'like', `%${appId.replaceAll(/[%_\\]/g, '_')}%`)
    .execute();
  const grants = rows.filter(({ document }) => grantRecord(JSON.parse(document)).clientId === appId);
  for (const { id } of grants) await endGrant(context, id);
  return grants.length;
}

/** Proofs of a grant and of a primary refresh token are kept under these names beside those of sessions. */
const grantPrefix = 'grant ';
const primaryPrefix = 'prt ';

/** Removes a grant with its proofs. Its tokens are no longer accepted without it. */
async function endGrant(context: TenantDatabase<Step>, id: string): Promise<void> {
  await context.database
    .deleteFrom('oidc_records')
    .where('tenant_id', '=', context.tenantId)
    .where('model', '=', 'Grant')
    .where('id', '=', id)
    .execute();
  await forget(context, grantPrefix + id);
}

/** A session that rests on a certificate ends whole, with what else it has proven. */
async function endWhatRestsOn(context: TenantDatabase<Step>, key: string, now: Date): Promise<Ended> {
  const { database: step, tenantId } = context;
  const rows = await step
    .selectFrom('session_proofs')
    .select('session_uid')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('certificate', '=', key)
    .execute();
  const names = rows.map(({ session_uid }) => session_uid);
  const uids = names.filter((name) => !name.startsWith(grantPrefix) && !name.startsWith(primaryPrefix));
  const primaries = names.filter((name) => name.startsWith(primaryPrefix));
  const grantIds = names.filter((name) => name.startsWith(grantPrefix)).map((name) => name.slice(grantPrefix.length));
  const sessions = await endSessions(context, uids, now);
  for (const grantId of grantIds) await endGrant(context, grantId);
  for (const name of primaries) {
    await step
      .deleteFrom('primary_refresh_tokens')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', name.slice(primaryPrefix.length))
      .execute();
    await forget(context, name);
  }
  return { sessions: sessions + primaries.length, grants: grantIds.length };
}

/** Ends sessions by uid, and notes which applications want to know. Answers how many there were. */
async function endSessions(context: TenantDatabase<Step>, uids: readonly string[], now: Date): Promise<number> {
  const { database: step, tenantId } = context;
  let end = 0;
  for (const uid of uids) {
    const rows = await step
      .deleteFrom('oidc_records')
      .where('tenant_id', '=', tenantId)
      .where('model', '=', 'Session')
      .where('uid', '=', uid)
      .returning(['account_id', 'document'])
      .execute();
    for (const { account_id, document } of rows) if (account_id) await note(context, account_id, document, now);
    await forget(context, uid);
    end += rows.length;
  }
  return end;
}

const forget = ({ database: step, tenantId }: TenantDatabase<Step>, sessionUid: string) =>
  step.deleteFrom('session_proofs').where('tenant_id', '=', tenantId).where('session_uid', '=', sessionUid).execute();

async function note(
  { database: step, tenantId }: TenantDatabase<Step>,
  userId: string,
  document: string,
  now: Date,
): Promise<void> {
  const { authorizations } = sessionRecord(JSON.parse(document));
  for (const [appId, { sid }] of Object.entries(authorizations)) {
    const row = { tenant_id: tenantId, id: crypto.randomUUID(), app_id: appId, user_id: userId, sid: sid ?? null };
    const times = { due_at: now.getTime(), expires_at: now.getTime() + noticeLifetime };
    await step
      .insertInto('logout_notices')
      .values({ ...row, ...times })
      .execute();
  }
}

/** The caller that takes one has it for ten seconds; then it is due again. */
async function takeNotices({ database, tenantId }: TenantDatabase, at: Date, top: number) {
  const due = await database
    .selectFrom('logout_notices')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('due_at', '<=', at.getTime())
    .where('expires_at', '>', at.getTime())
    .orderBy('due_at')
    .limit(top)
    .execute();
  const mine = due.map(async (row) => {
    const { numUpdatedRows } = await database
      .updateTable('logout_notices')
      .set({ due_at: at.getTime() + noticePause })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', row.id)
      .where('due_at', '=', row.due_at)
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n
      ? [{ id: row.id, appId: row.app_id, userId: row.user_id, sid: row.sid ?? undefined }]
      : [];
  });
  return (await Promise.all(mine)).flat();
}

const withoutNulls = (values: readonly (string | null)[]): string[] => values.filter((value) => value !== null);
