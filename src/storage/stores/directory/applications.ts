import { domainToUnicode } from 'node:url';
import { sql } from 'kysely';
import { indexKey } from '#core/directory/index-keys.ts';
import { fault } from '#core/trace/fault.ts';
import type { Application } from '#model/application.ts';
import type { RelatedObjects, Restoration } from '#model/directory-object.ts';
import type { Applications } from '#ports/applications.ts';
import type { Change } from '../../database/audits/audit.ts';
import type { Database, TenantDatabase, TenantStore } from '../../database/schema.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';
import { trackChange } from '../directory-index/track-change.ts';
import { endedBy, restoreDeleted, softDelete } from './deleted.ts';
import { inStep, noteChange, type StepContext } from './step.ts';

/** The actor of the applications that come with the installation. */
const itself = 'cardea';

/** The applications of one tenant. */
export function openApplications(store: TenantStore): Applications {
  const { database } = store;
  return {
    find: (appId) => findApplication(store, appId),
    async findByIdentifierUri(uri) {
      const owner = await ownerOf(store, uri);
      return owner === undefined ? undefined : findApplication(store, owner);
    },
    list: () => applicationsIn(rowsOf(store)),
    listWithHomepage: () => applicationsIn(rowsOf(store).where(homepageIn(database), 'is not', null)),
    async listOfDomain(domain) {
      const applications = await applicationsIn(rowsOf(store).where('id', 'in', idsNamed(store, domain)));
      return applications.filter(({ identifierUris }) => identifierUris.some((uri) => hostOf(uri) === domain));
    },
    listWithRoles: () => applicationsIn(rowsOf(store).where(roleCountIn(database), '>', sql.lit(0))),
    put: (application, actor = itself) =>
      inStep(store, async (context) => {
        const old = await findApplication(context, application.appId);
        await writeApplication(context, old, application);
        const activity = old ? activityBetween(old, application) : 'Add application';
        await noteApplication(context, { activity, targetId: application.appId, actor, old, new: application });
      }),
    change: (appId, work, actor) => changeApplication(store, appId, work, actor),
    remove: (appId, actor = itself) => inStep(store, async (context) => !!(await take(context, appId, actor))),
    softDelete: (appId, actor, related) =>
      inStep(store, async (context) => {
        const old = await take(context, appId, actor, related);
        if (!old) return false;
        const document = { ...old, ...(related ? { related } : {}) };
        const id = appId.toLowerCase();
        await softDelete(context, context.at, { kind: 'application', id, document });
        return true;
      }),
    restore: (appId, actor, restoration) => restoreApplication(store, appId, actor, restoration),
  };
}

const rowsOf = ({ database, tenantId }: TenantDatabase) =>
  database.selectFrom('applications').select('document').where('tenant_id', '=', tenantId);

async function applicationsIn(rows: ReturnType<typeof rowsOf>): Promise<readonly Application[]> {
  const ordered = await rows.orderBy('display_name').orderBy('id').execute();
  return ordered.map(({ document }) => JSON.parse(document) as Application);
}

/** As the index of applications with roles has it. */
const roleCountIn = (database: Database) =>
  isPostgres(database)
    ? sql<number>`json_array_length(document::json -> 'roles')`
    : sql<number>`json_array_length(document, '$.roles')`;

/** As the index of applications with a homepage has it. */
const homepageIn = (database: Database) =>
  isPostgres(database)
    ? sql<string | null>`document::json ->> 'homepage'`
    : sql<string | null>`json_extract(document, '$.homepage')`;

/** Schemes of identifier URIs that have a host (`checkIdentifier`). */
const schemesWithHost = ['api', 'https', 'http', 'ms-appx'];

/** Ids of applications with an identifier URI that begins with the domain, in either spelling of an internationalized name. */
function idsNamed({ database, tenantId }: TenantDatabase, domain: string) {
  const hosts = [...new Set([domain, domainToUnicode(domain)])].filter((host) => host !== '');
  const starts = schemesWithHost.flatMap((scheme) => hosts.map((host) => indexKey(`${scheme}://${host}`)));
  return database
    .selectFrom('directory_index')
    .select('object_id')
    .where('tenant_id', '=', tenantId)
    .where('property', '=', 'application/identifieruris')
    .where((on) =>
      on.or(starts.map((start) => on.and([on('value_key', '>=', start), on('value_key', '<', `${start}~`)]))),
    );
}

/** In lower case; empty where the URI has none. */
const hostOf = (uri: string): string => (URL.canParse(uri) ? new URL(uri).hostname.toLowerCase() : '');

async function findApplication(store: TenantDatabase, appId: string): Promise<Application | undefined> {
  const row = await rowsOf(store).where('id', '=', appId.toLowerCase()).executeTakeFirst();
  return row && (JSON.parse(row.document) as Application);
}

async function ownerOf({ database, tenantId }: TenantDatabase, uri: string): Promise<string | undefined> {
  const row = await database
    .selectFrom('identifier_uris')
    .select('application_id')
    .where('tenant_id', '=', tenantId)
    .where('uri', '=', uri)
    .executeTakeFirst();
  return row?.application_id;
}

/** @throws nothingFound, graphObjectConflict */
const changeApplication = (
  store: TenantStore,
  appId: string,
  work: (application: Application) => Application,
  actor: string,
): Promise<Application> =>
  inStep(store, async (context) => {
    const { database, tenantId } = context;
    const id = appId.toLowerCase();
    // An update that changes nothing takes the row's lock on either database.
    await database
      .updateTable('applications')
      .set({ id })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute();
    const old = await findApplication(context, id);
    if (!old) throw fault('nothingFound', { kind: 'application', wanted: appId });
    const application = { ...work(old), appId: old.appId };
    await writeApplication(context, old, application);
    const activity = activityBetween(old, application);
    await noteApplication(context, { activity, targetId: id, actor, old, new: application });
    return application;
  });

/** @throws nothingFound, graphObjectConflict */
const restoreApplication = (
  store: TenantStore,
  appId: string,
  actor: string,
  restoration: Restoration | undefined,
): Promise<Application> =>
  inStep(store, async (context) => {
    const id = appId.toLowerCase();
    const document = await restoreDeleted(context, 'application', id);
    const { related: _, ...application } = document as Application & { related?: unknown };
    await writeApplication(context, undefined, application);
    const view = { ...application, ...restoration };
    await noteApplication(context, { activity: 'Restore application', targetId: id, actor, new: view });
    return application;
  });

/** Deletes an application's rows and answers it; undefined when there is none. */
async function take(
  context: StepContext,
  appId: string,
  actor: string,
  related?: RelatedObjects,
): Promise<Application | undefined> {
  const id = appId.toLowerCase();
  const application = await findApplication(context, id);
  if (!application) return undefined;
  await clearUris(context, id);
  await trackApplication(context, application, undefined);
  await context.database
    .deleteFrom('applications')
    .where('tenant_id', '=', context.tenantId)
    .where('id', '=', id)
    .execute();
  const old = { ...application, ...endedBy(related) };
  await noteApplication(context, { activity: 'Delete application', targetId: id, actor, old });
  return application;
}

/** @throws graphObjectConflict when an identifier URI is another application's */
async function writeApplication(
  context: StepContext,
  old: Application | undefined,
  application: Application,
): Promise<void> {
  const { database, tenantId } = context;
  const id = application.appId.toLowerCase();
  const row = { display_name: application.displayName, document: JSON.stringify(application) };
  await database
    .insertInto('applications')
    .values({ tenant_id: tenantId, id, ...row })
    .onConflict((on) => on.columns(['tenant_id', 'id']).doUpdateSet(row))
    .execute();
  await clearUris(context, id);
  for (const uri of application.identifierUris) {
    const owner = await ownerOf(context, uri);
    if (owner !== undefined) throw fault('graphObjectConflict', { target: 'identifierUris', value: uri });
    await database.insertInto('identifier_uris').values({ tenant_id: tenantId, uri, application_id: id }).execute();
  }
  await trackApplication(context, old, application);
}

async function clearUris({ database, tenantId }: StepContext, id: string): Promise<void> {
  await database
    .deleteFrom('identifier_uris')
    .where('tenant_id', '=', tenantId)
    .where('application_id', '=', id)
    .execute();
}

function trackApplication(
  context: StepContext,
  before: Application | undefined,
  after: Application | undefined,
): Promise<void> {
  const itemOf = (object: Application | undefined) =>
    object && ({ kind: 'application', id: object.appId.toLowerCase(), object } as const);
  return trackChange(context, itemOf(before), itemOf(after));
}

const noteApplication = (
  context: StepContext,
  { targetId, old, new: next, ...change }: DescribedChange,
): Promise<void> =>
  noteChange(context, { ...change, targetId: targetId.toLowerCase(), old: view(old), new: view(next) });

/** What detection rules look for first: who can sign in as it, and what it may do (graph-api §12.3). */
function activityBetween(before: Application, after: Application): string {
  if (after.lacksServicePrincipal && !before.lacksServicePrincipal) return 'Remove service principal';
  const differs = (part: (application: Application) => unknown) =>
    JSON.stringify(part(before)) !== JSON.stringify(part(after));
  if (differs((item) => [item.secretHashes, item.passwordCredentials ?? [], item.keyCredentials ?? []]))
    return 'Update application - Certificates and secrets management';
  if (after.roles.some((role) => !before.roles.includes(role))) return 'Add app role assignment to service principal';
  if (before.roles.some((role) => !after.roles.includes(role)))
    return 'Remove app role assignment from service principal';
  return before.lacksServicePrincipal && !after.lacksServicePrincipal ? 'Add service principal' : 'Update application';
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
