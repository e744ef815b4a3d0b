import type { Application, Applications } from '../ports.ts';
import type { Database } from './open.ts';

export function openApplications(database: Database, tenantId: string): Applications {
  const rows = () => database.selectFrom('applications').select('document').where('tenant_id', '=', tenantId);
  const find = async (appId: string) => {
    const row = await rows().where('id', '=', appId.toLowerCase()).executeTakeFirst();
    return row && (JSON.parse(row.document) as Application);
  };
  return {
    find,
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
    async put(application) {
      const id = application.appId.toLowerCase();
      const row = {
        tenant_id: tenantId,
        id,
        display_name: application.displayName,
        document: JSON.stringify(application),
      };
      await database.transaction().execute(async (step) => {
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
      });
    },
    async remove(appId) {
      const id = appId.toLowerCase();
      return database.transaction().execute(async (step) => {
        await step
          .deleteFrom('identifier_uris')
          .where('tenant_id', '=', tenantId)
          .where('application_id', '=', id)
          .execute();
        const { numDeletedRows } = await step
          .deleteFrom('applications')
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        return numDeletedRows > 0n;
      });
    },
  };
}
