import type { Application, Applications, Clock } from '../ports.ts';
import { audit } from './audit.ts';
import type { Database } from './open.ts';

/** Who changed what nobody in particular changed: the applications that come with the installation. */
const itself = 'cardea';

/** The applications of one tenant. */
export function openApplications(database: Database, tenantId: string, clock: Clock): Applications {
  const rows = (db: Database = database) =>
    db.selectFrom('applications').select('document').where('tenant_id', '=', tenantId);
  const find = async (appId: string, db?: Database) => {
    const row = await rows(db).where('id', '=', appId.toLowerCase()).executeTakeFirst();
    return row && (JSON.parse(row.document) as Application);
  };
  return {
    find: (appId) => find(appId),
    async findByIdentifierUri(uri) {
      const row = await database
        .selectFrom('identifier_uris')
        .select('application_id')
        .where('tenant_id', '=', tenantId)
        .where('uri', '=', uri)
        .executeTakeFirst();
      return row && find(row.application_id);
    },
    async list() {
      return (await rows().orderBy('display_name').orderBy('id').execute()).map(
        ({ document }) => JSON.parse(document) as Application,
      );
    },
    async put(application, actor = itself) {
      const id = application.appId.toLowerCase();
      const row = {
        tenant_id: tenantId,
        id,
        display_name: application.displayName,
        document: JSON.stringify(application),
      };
      await database.transaction().execute(async (step) => {
        const old = await find(id, step);
        await step
          .insertInto('applications')
          .values(row)
          .onConflict((on) =>
            on.columns(['tenant_id', 'id']).doUpdateSet({ display_name: row.display_name, document: row.document }),
          )
          .execute();
        await step
          .deleteFrom('identifier_uris')
          .where('tenant_id', '=', tenantId)
          .where('application_id', '=', id)
          .execute();
        for (const uri of application.identifierUris) {
          await step.insertInto('identifier_uris').values({ tenant_id: tenantId, uri, application_id: id }).execute();
        }
        const activity = old ? 'Update application' : 'Add application';
        const change = { activity, targetId: id, actor, old: shown(old), new: shown(application) };
        await audit(step, tenantId, clock.now(), change);
      });
    },
    async remove(appId, actor = itself) {
      const id = appId.toLowerCase();
      return database.transaction().execute(async (step) => {
        const old = await find(id, step);
        if (!old) return false;
        await step
          .deleteFrom('identifier_uris')
          .where('tenant_id', '=', tenantId)
          .where('application_id', '=', id)
          .execute();
        await step.deleteFrom('applications').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
        const change = { activity: 'Delete application', targetId: id, actor, old: shown(old), new: undefined };
        await audit(step, tenantId, clock.now(), change);
        return true;
      });
    },
  };
}

/** What an audit row says of it: how many secrets it has, not what would help to guess them. */
function shown(application: Application | undefined) {
  if (!application) return undefined;
  const { secretHashes, ...rest } = application;
  return { ...rest, secrets: secretHashes.length };
}
