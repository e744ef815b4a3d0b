import { sql } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import type { PasskeyMethod, RegisteredKind, RegisteredMethod } from '#model/authentication-method.ts';
import type { Methods } from '#ports/methods.ts';
import type { Schema, TenantDatabase, TenantStore } from '#storage/database/schema.ts';
import { sealLabels } from '#storage/database/sealed/labels.ts';
import { countUsers } from '#storage/database/statements/count-users.ts';
import { hotStatement } from '#storage/database/statements/hot-statement.ts';
import type { Sealing } from '../../trust/key-store.ts';
import { inStep, noteChange } from '../step.ts';
import { people } from './user-rows.ts';

/** What the people of one tenant have registered. Everything but ids and counters is sealed before it reaches a row. */
export function openMethods({ database, tenantId, clock }: TenantStore, sealing: Sealing): Methods {
  const store = { database, tenantId, clock, sealing };
  return {
    async ofUser(userId) {
      const { rows } = await methodsOfUser(database, { tenantId, userId });
      return rows.map((row) => openMethod(store, row));
    },
    kindsOf: (userIds) => kindsOf(store, userIds),
    usersByKind: () => usersByKind(store),
    async passkey(credentialId) {
      const row = await rowsOf(store).where('credential', '=', credentialId).executeTakeFirst();
      return row && (openMethod(store, row) as PasskeyMethod & { counter: number });
    },
    add: (method, actor) => addMethod(store, method, actor),
    remove: (userId, id, actor) => removeMethod(store, userId, id, actor),
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

interface MethodStore extends TenantStore {
  readonly sealing: Sealing;
}

const rowsOf = ({ database, tenantId }: TenantDatabase) =>
  database.selectFrom('methods').selectAll().where('tenant_id', '=', tenantId);

const methodsOfUser = hotStatement(
  (database, { tenantId, userId }: { readonly tenantId: string; readonly userId: string }) =>
    rowsOf({ database, tenantId }).where('user_id', '=', userId).orderBy('created_at').orderBy('id'),
);

/** The rows of methods, or of the keys that Windows Hello has on devices. Both tables name the user alike. */
const inTable = ({ database, tenantId }: TenantDatabase, table: 'methods' | 'device_user_keys') =>
  database.selectFrom(table as 'methods').where('tenant_id', '=', tenantId);

const openMethod = ({ sealing, tenantId }: MethodStore, row: Schema['methods']) => ({
  ...methodOf(sealing.open(row.sealed, sealLabels.methods(tenantId, row.id))),
  counter: row.counter,
});

async function kindsOf(
  store: TenantDatabase,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly RegisteredKind[]>> {
  if (userIds.length === 0) return new Map();
  const [methods, keys] = await Promise.all([
    inTable(store, 'methods').select(['user_id', 'kind']).where('user_id', 'in', userIds).distinct().execute(),
    inTable(store, 'device_user_keys').select('user_id').where('user_id', 'in', userIds).distinct().execute(),
  ]);
  const rows = [...methods, ...keys.map(({ user_id }) => ({ user_id, kind: 'windowsHelloForBusiness' }))];
  const byUser = Map.groupBy(rows, ({ user_id }) => user_id);
  return new Map([...byUser].map(([id, kinds]) => [id, kinds.map(({ kind }) => kind as RegisteredKind)]));
}

async function usersByKind(store: TenantDatabase): ReturnType<Methods['usersByKind']> {
  const usersOfKind = (kind: RegisteredKind) => countUsers(store, { table: 'methods', where: sql`kind = ${kind}` });
  const [fido2, softwareOath, temporaryAccessPass, windowsHelloForBusiness, password] = await Promise.all([
    usersOfKind('fido2'),
    usersOfKind('softwareOath'),
    usersOfKind('temporaryAccessPass'),
    countUsers(store, { table: 'device_user_keys' }),
    countUsers(store, { table: 'users', column: 'id', where: sql`password_hash is not null` }),
  ]);
  return { fido2, softwareOath, temporaryAccessPass, windowsHelloForBusiness, password };
}

/** A user has one Temporary Access Pass: a new one replaces the old one. @throws nothingFound */
async function addMethod(store: MethodStore, method: RegisteredMethod, actor: string): Promise<void> {
  const { tenantId, sealing } = store;
  const row = {
    tenant_id: tenantId,
    id: method.id,
    user_id: method.userId,
    kind: method.kind,
    credential: method.kind === 'fido2' ? method.credentialId : null,
    created_at: method.createdDateTime.getTime(),
    counter: 0,
    sealed: sealing.seal(JSON.stringify(method), sealLabels.methods(tenantId, method.id)),
  };
  await inStep(store, async (context) => {
    const { database } = context;
    const owner = await people({ database, tenantId }).select('id').where('id', '=', method.userId).executeTakeFirst();
    if (!owner) throw fault('nothingFound', { kind: 'user', wanted: method.userId });
    if (method.kind === 'temporaryAccessPass') {
      await database
        .deleteFrom('methods')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', method.userId)
        .where('kind', '=', method.kind)
        .execute();
    }
    await database.insertInto('methods').values(row).execute();
    const change = { activity: 'Register security info', targetId: method.userId, actor, new: auditView(method) };
    await noteChange(context, change);
  });
}

/** @returns false when the user has no such method */
async function removeMethod(store: MethodStore, userId: string, id: string, actor: string): Promise<boolean> {
  const row = await rowsOf(store).where('user_id', '=', userId).where('id', '=', id).executeTakeFirst();
  if (!row) return false;
  return inStep(store, async (context) => {
    const { numDeletedRows } = await context.database
      .deleteFrom('methods')
      .where('tenant_id', '=', store.tenantId)
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return false;
    const old = auditView(openMethod(store, row));
    await noteChange(context, { activity: 'Delete security info', targetId: userId, actor, old });
    return true;
  });
}

/** What an audit row says of a method. */
const auditView = ({ id, kind, displayName }: RegisteredMethod) => ({ id, kind, displayName });

function methodOf(text: string): RegisteredMethod {
  const existing = JSON.parse(text) as RegisteredMethod & { startDateTime?: string };
  const withDate = { ...existing, createdDateTime: new Date(existing.createdDateTime) };
  return withDate.kind === 'temporaryAccessPass'
    ? { ...withDate, startDateTime: new Date(withDate.startDateTime) }
    : withDate;
}
