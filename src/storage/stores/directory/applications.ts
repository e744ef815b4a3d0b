import type { Transaction } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import type { Application } from '#model/application.ts';
import type { RelatedObjects, Restoration } from '#model/directory-object.ts';
import type { Applications } from '#ports/applications.ts';
import type { Clock } from '#ports/clock.ts';
import { audit, type Change } from '../../database/audit.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { trackChange } from '../directory-index/track-change.ts';
import { endedBy, restoreDeleted, softDelete } from './deleted.ts';

type Step = Transaction<Schema>;

/** The actor of the applications that come with the installation. */
const itself = 'cardea';

/** The applications of one tenant. */
export function openApplications(database: Database, tenantId: string, clock: Clock): Applications {
  const rows = (db: Database = database) =>
    db.selectFrom('applications').select('document').where('tenant_id', '=', tenantId);
  const find = async (appId: string, db?: Database) => {
    const row = await rows(db).where('id', '=', appId.toLowerCase()).executeTakeFirst();
    return row && (JSON.parse(row.document) as Application);
  };
  const note = (step: Step, { targetId, old, new: next, ...change }: DescribedChange) =>
    audit(step, tenantId, clock.now(), {
      ...change,
      targetId: targetId.toLowerCase(),
      old: view(old),
      new: view(next),
    });
  const clear = async (step: Step, id: string) => {
    await step
      .deleteFrom('identifier_uris')
      .where('tenant_id', '=', tenantId)
      .where('application_id', '=', id)
      .execute();
  };
  const track = (step: Step, before: Application | undefined, after: Application | undefined) => {
    const itemOf = (object: Application | undefined) =>
      object && ({ kind: 'application', id: object.appId.toLowerCase(), object } as const);
    return trackChange({ step, tenantId, at: clock.now() }, itemOf(before), itemOf(after));
  };
  const write = async (step: Step, old: Application | undefined, application: Application) => {
    const id = application.appId.toLowerCase();
    const row = { display_name: application.displayName, document: JSON.stringify(application) };
    await step
      .insertInto('applications')
      .values({ tenant_id: tenantId, id, ...row })
      .onConflict((on) => on.columns(['tenant_id', 'id']).doUpdateSet(row))
      .execute();
    await clear(step, id);
    for (const uri of application.identifierUris) {
      const owner = await ownerOf(uri, step);
      if (owner !== undefined) throw fault('graphObjectConflict', { target: 'identifierUris', value: uri });
      await step.insertInto('identifier_uris').values({ tenant_id: tenantId, uri, application_id: id }).execute();
    }
    await track(step, old, application);
  };
  const ownerOf = async (uri: string, db: Database = database) => {
    const row = await db
      .selectFrom('identifier_uris')
      .select('application_id')
      .where('tenant_id', '=', tenantId)
      .where('uri', '=', uri)
      .executeTakeFirst();
    return row?.application_id;
  };
  const take = (appId: string, actor: string, isSoft: boolean, related?: RelatedObjects) =>
    database.transaction().execute(async (step) => {
      const id = appId.toLowerCase();
      const old = await find(id, step);
      if (!old) return false;
      await clear(step, id);
      await track(step, old, undefined);
      await step.deleteFrom('applications').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
      const document = { ...old, ...(related ? { related } : {}) };
      if (isSoft) await softDelete(step, tenantId, clock.now(), { kind: 'application', id, document });
      await note(step, { activity: 'Delete application', targetId: id, actor, old: { ...old, ...endedBy(related) } });
      return true;
    });
  return {
    find: (appId) => find(appId),
    async findByIdentifierUri(uri) {
      const owner = await ownerOf(uri);
      return owner === undefined ? undefined : find(owner);
    },
    async list() {
      return (await rows().orderBy('display_name').orderBy('id').execute()).map(
        ({ document }) => JSON.parse(document) as Application,
      );
    },
    async put(application, actor = itself) {
      await database.transaction().execute(async (step) => {
        const old = await find(application.appId, step);
        await write(step, old, application);
        const activity = old ? activityBetween(old, application) : 'Add application';
        await note(step, { activity, targetId: application.appId, actor, old, new: application });
      });
    },
    change: (appId, work, actor) =>
      database.transaction().execute(async (step) => {
        const id = appId.toLowerCase();
        // An update that changes nothing takes the row's lock on either database.
        await step
          .updateTable('applications')
          .set({ id })
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .execute();
        const old = await find(id, step);
        if (!old) throw fault('nothingFound', { kind: 'application', wanted: appId });
        const application = { ...work(old), appId: old.appId };
        await write(step, old, application);
        await note(step, { activity: activityBetween(old, application), targetId: id, actor, old, new: application });
        return application;
      }),
    remove: (appId, actor = itself) => take(appId, actor, false),
    softDelete: (appId, actor, related) => take(appId, actor, true, related),
    restore: (appId, actor, restoration) =>
      database.transaction().execute(async (step) => {
        const id = appId.toLowerCase();
        const deleted = (await restoreDeleted(step, tenantId, 'application', id)) as Application & {
          related?: unknown;
        };
        const { related: _, ...application } = deleted;
        await write(step, undefined, application);
        await note(step, {
          activity: 'Restore application',
          targetId: id,
          actor,
          new: { ...application, ...restoration },
        });
        return application;
      }),
  };
}

/** What detection rules look for first: who can sign in as it, and what it may do (graph-api §12.3). */
function activityBetween(old: Application, now: Application): string {
  if (now.lacksServicePrincipal && !old.lacksServicePrincipal) return 'Remove service principal';
  const differs = (part: (application: Application) => unknown) =>
    JSON.stringify(part(old)) !== JSON.stringify(part(now));
  if (differs((item) => [item.secretHashes, item.passwordCredentials ?? [], item.keyCredentials ?? []]))
    return 'Update application - Certificates and secrets management';
  if (now.roles.some((role) => !old.roles.includes(role))) return 'Add app role assignment to service principal';
  if (old.roles.some((role) => !now.roles.includes(role))) return 'Remove app role assignment from service principal';
  return old.lacksServicePrincipal && !now.lacksServicePrincipal ? 'Add service principal' : 'Update application';
}

/** An application, and what else an audit row says of its deletion or return. */
type Described = Application & Partial<Restoration & ReturnType<typeof endedBy>>;

interface DescribedChange extends Change {
  readonly old?: Described | undefined;
  readonly new?: Described | undefined;
}

/** What an audit row says of it: how many secrets it has, not what would help to guess them. */
function view(application: Described | undefined) {
  if (!application) return undefined;
  const { secretHashes, passwordCredentials = [], ...rest } = application;
  const withName = passwordCredentials.map(({ secretHash: _, ...view }) => view);
  return { ...rest, secrets: secretHashes.length, ...(withName.length > 0 ? { passwordCredentials: withName } : {}) };
}
