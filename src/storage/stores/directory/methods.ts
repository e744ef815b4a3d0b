import { sql } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import type { PasskeyMethod, RegisteredKind, RegisteredMethod } from '#model/authentication-method.ts';
import type { Clock } from '#ports/clock.ts';
import type { Methods } from '#ports/methods.ts';
import { audit } from '../../database/audit.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { sealLabels } from '../../database/sealed/labels.ts';
import type { Sealing } from '../trust/key-store.ts';

/** What the people of one tenant have registered. Everything but ids and counters is sealed before it reaches a row. */
export function openMethods(database: Database, tenantId: string, clock: Clock, sealing: Sealing): Methods {
  const rows = () => database.selectFrom('methods').selectAll().where('tenant_id', '=', tenantId);
  const of = <T extends 'methods' | 'device_user_keys'>(table: T) =>
    database.selectFrom(table as 'methods').where('tenant_id', '=', tenantId);
  const label = (id: string) => sealLabels.methods(tenantId, id);
  const handle = (row: Schema['methods']) => ({
    ...methodOf(sealing.open(row.sealed, label(row.id))),
    counter: row.counter,
  });
  const change = (activity: string, method: RegisteredMethod, actor: string, isThere: boolean) => {
    const { id, kind, displayName } = method;
    const view = { id, kind, displayName };
    return {
      activity,
      targetId: method.userId,
      actor,
      old: isThere ? view : undefined,
      new: isThere ? undefined : view,
    };
  };
  return {
    async ofUser(userId) {
      const match = await rows().where('user_id', '=', userId).orderBy('created_at').orderBy('id').execute();
      return match.map(handle);
    },
    async kindsOf(userIds) {
      if (userIds.length === 0) return new Map();
      const [registered, keys] = await Promise.all([
        of('methods').select(['user_id', 'kind']).where('user_id', 'in', userIds).distinct().execute(),
        of('device_user_keys').select('user_id').where('user_id', 'in', userIds).distinct().execute(),
      ]);
      const all = [...registered, ...keys.map(({ user_id }) => ({ user_id, kind: 'windowsHelloForBusiness' }))];
      const byUser = Map.groupBy(all, ({ user_id }) => user_id);
      return new Map([...byUser].map(([id, kinds]) => [id, kinds.map(({ kind }) => kind as RegisteredKind)]));
    },
    async usersByKind() {
      const users = sql<number>`count(distinct user_id)`.as('users');
      const [registered, keys, passwords] = await Promise.all([
        of('methods').select(['kind', users]).groupBy('kind').execute(),
        of('device_user_keys').select(users).executeTakeFirstOrThrow(),
        database
          .selectFrom('users')
          .where('tenant_id', '=', tenantId)
          .where('password_hash', 'is not', null)
          .select(({ fn }) => fn.countAll().as('users'))
          .executeTakeFirstOrThrow(),
      ]);
      const count = (kind: string) => Number(registered.find((row) => row.kind === kind)?.users ?? 0);
      return {
        fido2: count('fido2'),
        softwareOath: count('softwareOath'),
        temporaryAccessPass: count('temporaryAccessPass'),
        windowsHelloForBusiness: Number(keys.users),
        password: Number(passwords.users),
      };
    },
    async passkey(credentialId) {
      const row = await rows().where('credential', '=', credentialId).executeTakeFirst();
      return row && (handle(row) as PasskeyMethod & { counter: number });
    },
    async add(method, actor) {
      const row = {
        tenant_id: tenantId,
        id: method.id,
        user_id: method.userId,
        kind: method.kind,
        credential: method.kind === 'fido2' ? method.credentialId : null,
        created_at: method.createdDateTime.getTime(),
        counter: 0,
        sealed: sealing.seal(JSON.stringify(method), label(method.id)),
      };
      await database.transaction().execute(async (step) => {
        const owner = await step
          .selectFrom('users')
          .select('id')
          .where('tenant_id', '=', tenantId)
          .where('id', '=', method.userId)
          .executeTakeFirst();
        if (!owner) throw fault('nothingFound', { kind: 'user', wanted: method.userId });
        if (method.kind === 'temporaryAccessPass') {
          await step
            .deleteFrom('methods')
            .where('tenant_id', '=', tenantId)
            .where('user_id', '=', method.userId)
            .where('kind', '=', method.kind)
            .execute();
        }
        await step.insertInto('methods').values(row).execute();
        await audit(step, tenantId, clock.now(), change('Register security info', method, actor, false));
      });
    },
    async remove(userId, id, actor) {
      const row = await rows().where('user_id', '=', userId).where('id', '=', id).executeTakeFirst();
      if (!row) return false;
      return database.transaction().execute(async (step) => {
        const { numDeletedRows } = await step
          .deleteFrom('methods')
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', userId)
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) return false;
        await audit(step, tenantId, clock.now(), change('Delete security info', handle(row), actor, true));
        return true;
      });
    },
    async spend(id, counter) {
      const { numUpdatedRows } = await database
        .updateTable('methods')
        .set({ counter })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('counter', '<', counter)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
  };
}

function methodOf(text: string): RegisteredMethod {
  const existing = JSON.parse(text) as RegisteredMethod & { startDateTime?: string };
  const withDate = { ...existing, createdDateTime: new Date(existing.createdDateTime) };
  return withDate.kind === 'temporaryAccessPass'
    ? { ...withDate, startDateTime: new Date(withDate.startDateTime) }
    : withDate;
}
