import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import { orThrow, type Ruling, success } from '#core/trace/ruling.ts';
import { type AlgorithmPolicy, algorithmsOf } from '#core/x509/algorithms/algorithm-policy.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { type AuthorityRevocation, describeAuthority } from '#core/x509/trust-store.ts';
import type { AuthorityRow, Deleted, PkiContainer, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { TrustStoreAdmin } from '#ports/trust-store.ts';
import { type Edit, factoryVersion, type Step } from '../../database/audits/edits.ts';
import type { Database, Schema, TenantDatabase } from '../../database/schema.ts';

type Reading = Pick<Database, 'selectFrom'>;
type Decide<T> = (current: TrustStoreState) => Ruling<TrustStoreEdit<T>>;

/** The CAs and containers of both trust stores, and what was deleted from them. */
export function openAuthorities({ database, tenantId }: TenantDatabase, edit: Edit): TrustStoreAdmin {
  const item = (
    row: AuthorityRow,
    activity: string,
    before: AuthorityRow | undefined,
    after: AuthorityRow | undefined,
  ) => ({
    activity,
    targetId: row.id,
    old: before && describeAuthority(before),
    new: after && describeAuthority(after),
  });
  const admin: TrustStoreAdmin = {
    list: () => authoritiesIn({ database, tenantId }),
    state: () =>
      database
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (step) => {
          const inside = { database: step, tenantId };
          return stateIn(inside, await versionIn(inside));
        }),
    edit: <T>(decide: Decide<T>, actor: string) =>
      edit<Ruling<T>>(async (step, version) => {
        const inside = { database: step, tenantId };
        const current = await stateIn(inside, version);
        const ruling = decide(current);
        if (ruling.outcome !== 'passed') return { changes: [], result: ruling };
        const { next, changes, result } = ruling.value;
        if (changes.length > 0) await replace(inside, current, next);
        return { changes: changes.map((change) => ({ ...change, actor })), result: success(result) };
      }),
    add: (row, actor) =>
      admin
        .edit((current) => {
          const next = { ...current, authorities: [...current.authorities, row] };
          return success({
            next,
            changes: [item(row, 'Add certificate authority', undefined, row)],
            result: undefined,
          });
        }, actor)
        .then(orThrow),
    update: (row, actor) =>
      admin
        .edit((current) => {
          const authority = current.authorities.find(({ id }) => id === row.id);
          if (!authority) return success({ next: current, changes: [], result: false });
          const next = {
            ...current,
            authorities: current.authorities.map((existing) => (existing === authority ? row : existing)),
          };
          return success({ next, changes: [item(row, 'Update certificate authority', authority, row)], result: true });
        }, actor)
        .then(orThrow),
    remove: (id, actor) =>
      admin
        .edit((current) => {
          const authority = current.authorities.find((row) => row.id === id);
          if (!authority) return success({ next: current, changes: [], result: false });
          const next = { ...current, authorities: current.authorities.filter((existing) => existing !== authority) };
          return success({
            next,
            changes: [item(authority, 'Delete certificate authority', authority, undefined)],
            result: true,
          });
        }, actor)
        .then(orThrow),
  };
  return admin;
}

/** The CAs of a tenant, oldest first; those that came together in the order they came. */
export async function authoritiesIn({ database, tenantId }: TenantDatabase<Reading>): Promise<readonly AuthorityRow[]> {
  const rows = database.selectFrom('authorities').selectAll().where('tenant_id', '=', tenantId);
  return (await rows.orderBy('created_at').orderBy('position').orderBy('id').execute()).map(authorityOf);
}

async function stateIn(context: TenantDatabase<Reading>, version: string): Promise<TrustStoreState> {
  const { database, tenantId } = context;
  const containers = database.selectFrom('pki_containers').selectAll().where('tenant_id', '=', tenantId);
  const deletion = await database
    .selectFrom('deleted_objects')
    .select(['kind', 'document'])
    .where('tenant_id', '=', tenantId)
    .where('kind', 'in', [deletedKinds.container, deletedKinds.authority])
    .orderBy('deleted_at')
    .orderBy('id')
    .execute();
  const documents = (kind: string) => deletion.flatMap((row) => (row.kind === kind ? [row.document] : []));
  return {
    version,
    algorithms: await algorithmsIn(context),
    containers: (await containers.orderBy('created_at').orderBy('id').execute()).map(containerOf),
    authorities: await authoritiesIn(context),
    deletedContainers: documents(deletedKinds.container).map((text) => ({
      ...blankContainer,
      ...revived<PkiContainer & Deleted>(text),
    })),
    deletedAuthorities: documents(deletedKinds.authority).map((text) => ({
      ...blankAuthority,
      ...revived<AuthorityRow & Deleted>(text),
    })),
  };
}

/** Which keys the tenant's method accepts. */
async function algorithmsIn({ database, tenantId }: TenantDatabase<Reading>): Promise<AlgorithmPolicy> {
  const match = database.selectFrom('policies').select('document').where('tenant_id', '=', tenantId);
  const row = await match.where('kind', '=', 'x509').executeTakeFirst();
  const configuration = row && (JSON.parse(row.document) as X509CertificateConfiguration);
  return algorithmsOf(configuration?.beyondEntra);
}

async function versionIn({ database, tenantId }: TenantDatabase<Reading>): Promise<string> {
  const match = database.selectFrom('policies').select('version').where('tenant_id', '=', tenantId);
  return (await match.where('kind', '=', 'version').executeTakeFirst())?.version ?? factoryVersion;
}

/** Makes the rows what `next` says. Deletions come first: a certificate is in a store only once. */
async function replace(
  { database: step, tenantId }: TenantDatabase<Step>,
  current: TrustStoreState,
  next: TrustStoreState,
): Promise<void> {
  const tables = [
    {
      table: 'authorities',
      ...difference(current.authorities, next.authorities, (row, index) => columnsOf(tenantId, row, index)),
    },
    {
      table: 'pki_containers',
      ...difference(current.containers, next.containers, (row) => containerColumns(tenantId, row)),
    },
    { table: 'deleted_objects', ...difference(binned(current), binned(next), (row) => binColumns(tenantId, row)) },
  ] as const;
  for (const { table, gone } of tables)
    for (const id of gone)
      await step.deleteFrom(table).where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  for (const { table, written } of tables)
    for (const values of written)
      await step
        .insertInto(table)
        .values(values as never)
        .execute();
}

/** As Graph names them among the deleted items. */
const deletedKinds = { container: 'certificateBasedAuthPki', authority: 'certificateAuthorityDetail' } as const;

/** What is gone or other than it was, by id, and the rows to write in its place. */
function difference<T extends { readonly id: string }, C>(
  before: readonly T[],
  after: readonly T[],
  columns: (row: T, index: number) => C,
) {
  const existing = new Set(after);
  const knownKeys = new Set(before);
  return {
    gone: before.filter((row) => !existing.has(row)).map(({ id }) => id),
    written: after.flatMap((row, index) => (knownKeys.has(row) ? [] : [columns(row, index)])),
  };
}

const authorityOf = (row: Schema['authorities']): AuthorityRow => ({
  id: row.id,
  der: new Uint8Array(Buffer.from(row.certificate, 'base64')),
  displayName: row.display_name,
  authorityType: row.authority_type as AuthorityRow['authorityType'],
  certificateRevocationListUrl: row.crl_url ?? undefined,
  deltaCertificateRevocationListUrl: row.delta_crl_url ?? undefined,
  isIssuerHintEnabled: row.is_issuer_hint_enabled === 1,
  ...(row.settings === null ? {} : { revocation: JSON.parse(row.settings) as AuthorityRevocation }),
  store: row.store as AuthorityRow['store'],
  ...(row.container_id === null ? {} : { containerId: row.container_id }),
  createdDateTime: new Date(row.created_at),
});

function columnsOf(tenantId: string, row: AuthorityRow, position: number): Schema['authorities'] {
  const ruling = readCertificate(row.der);
  return {
    tenant_id: tenantId,
    id: row.id,
    thumbprint: ruling.outcome === 'passed' ? ruling.value.sha1Thumbprint : '',
    certificate: Buffer.from(row.der).toString('base64'),
    display_name: row.displayName,
    authority_type: row.authorityType,
    crl_url: row.certificateRevocationListUrl ?? null,
    delta_crl_url: row.deltaCertificateRevocationListUrl ?? null,
    is_issuer_hint_enabled: Number(row.isIssuerHintEnabled),
    store: row.store,
    settings: row.revocation ? JSON.stringify(row.revocation) : null,
    created_at: row.createdDateTime.getTime(),
    container_id: row.containerId ?? null,
    position,
  };
}

const containerOf = (row: Schema['pki_containers']): PkiContainer => ({
  id: row.id,
  displayName: row.display_name ?? undefined,
  status: (row.status ?? undefined) as PkiContainer['status'],
  statusDetails: row.status_details ?? undefined,
  uploadStartedDateTime: row.upload_started_at === null ? undefined : new Date(row.upload_started_at),
  lastModifiedDateTime: new Date(row.modified_at),
  createdDateTime: new Date(row.created_at),
});

const containerColumns = (tenantId: string, row: PkiContainer): Schema['pki_containers'] => ({
  tenant_id: tenantId,
  id: row.id,
  display_name: row.displayName ?? null,
  status: row.status ?? null,
  status_details: row.statusDetails ?? null,
  upload_started_at: row.uploadStartedDateTime?.getTime() ?? null,
  modified_at: row.lastModifiedDateTime.getTime(),
  created_at: row.createdDateTime.getTime(),
});

type Binned = (PkiContainer | AuthorityRow) & Deleted;

const binned = (state: TrustStoreState): readonly Binned[] => [...state.deletedContainers, ...state.deletedAuthorities];

const binColumns = (tenantId: string, row: Binned): Schema['deleted_objects'] => ({
  tenant_id: tenantId,
  id: row.id,
  kind: 'der' in row ? deletedKinds.authority : deletedKinds.container,
  deleted_at: row.deletedDateTime.getTime(),
  document: JSON.stringify('der' in row ? { ...row, der: Buffer.from(row.der).toString('base64') } : row),
});

/** Properties that JSON omits where they have no value. */
const blankAuthority = { certificateRevocationListUrl: undefined, deltaCertificateRevocationListUrl: undefined };
const blankContainer = {
  displayName: undefined,
  status: undefined,
  statusDetails: undefined,
  uploadStartedDateTime: undefined,
};

/** Times and octets as they were before they became JSON. */
function revived<T>(text: string): T {
  return JSON.parse(text, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (key.endsWith('DateTime')) return new Date(value);
    return key === 'der' ? new Uint8Array(Buffer.from(value, 'base64')) : value;
  }) as T;
}
