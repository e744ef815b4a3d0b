import type { ConditionalAccessPolicy, NamedLocation } from '../core/access/policy.ts';
import type { AuthenticationStrength } from '../core/access/strengths.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '../core/binding/policy.ts';
import type { BlockedCertificate } from '../core/crl/policy.ts';
import type { TenantPolicy } from '../core/policy.ts';
import { CardeaError } from '../core/trace/fault.ts';
import { readCertificate } from '../core/x509/certificate.ts';
import type { AuthorityRevocation, TrustedAuthority } from '../core/x509/trust-store.ts';
import type { AuthorityRow, Clock, Policies, PolicyAdmin, TrustStoreAdmin } from '../ports.ts';
import { audit, type Change } from './audit.ts';
import type { Database } from './open.ts';
import type { Schema } from './schema.ts';

/**
 * A tenant's policy and trust store. Every edit changes the version in the same transaction; a snapshot is assembled
 * once a version and stays the same object until the next, so that what is worked out from it may be kept with it.
 */
export function openPolicies(
  database: Database,
  tenantId: string,
  clock: Clock,
): { policies: Policies; trustStore: TrustStoreAdmin; policy: PolicyAdmin } {
  let kept: { readonly version: string; readonly snapshot: Promise<TenantPolicy> } | undefined;
  const rows = (db: Pick<Database, 'selectFrom'> = database) =>
    db
      .selectFrom('authorities')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
  const document = async (kind: string, db: Pick<Database, 'selectFrom'> = database) => {
    const found = await db
      .selectFrom('policies')
      .select(['document', 'version'])
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .executeTakeFirst();
    return found && { version: found.version, value: JSON.parse(found.document) as unknown };
  };

  /** Runs a change, its audit row and the new version in one transaction. */
  const edit = (
    change: Change,
    work: (step: Parameters<Parameters<ReturnType<Database['transaction']>['execute']>[0]>[0]) => Promise<void>,
  ) =>
    database.transaction().execute(async (step) => {
      await work(step);
      const version = { tenant_id: tenantId, kind: 'version', version: crypto.randomUUID(), document: '{}' };
      await step
        .insertInto('policies')
        .values(version)
        .onConflict((on) => on.columns(['tenant_id', 'kind']).doUpdateSet({ version: version.version }))
        .execute();
      await audit(step, tenantId, clock.now(), change);
    });

  const versionOf = async (db?: Database) => (await document('version', db))?.version ?? 'factory';

  const x509 = async (db?: Database) =>
    ((await document('x509', db))?.value as X509CertificateConfiguration | undefined) ??
    defaultX509CertificateConfiguration;

  const list = async <T>(kind: string, db?: Database) =>
    ((await document(kind, db))?.value as readonly T[] | undefined) ?? [];

  /** Replaces a document. */
  const put = (kind: string, activity: string, targetId: string, old: unknown, value: unknown, actor: string) =>
    edit({ activity, targetId, actor, old, new: value }, async (step) => {
      const row = { tenant_id: tenantId, kind, version: crypto.randomUUID(), document: JSON.stringify(value) };
      const { version, document: text } = row;
      await step
        .insertInto('policies')
        .values(row)
        .onConflict((on) => on.columns(['tenant_id', 'kind']).doUpdateSet({ version, document: text }))
        .execute();
    });

  /** In one transaction that sees one moment, so that no snapshot is half before an edit and half after it. */
  const assemble = (): Promise<TenantPolicy> =>
    database
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (step) => {
        const method = await x509(step);
        return {
          version: await versionOf(step),
          trustStore: { authorities: (await rows(step)).map(trusted) },
          x509: method,
          revocation: {
            ...method.crlValidationConfiguration,
            blocked: await list<BlockedCertificate>('blockedCertificates', step),
          },
          access: await list<ConditionalAccessPolicy>('conditionalAccessPolicies', step),
          strengths: await list<AuthenticationStrength>('authenticationStrengths', step),
          namedLocations: await list<NamedLocation>('namedLocations', step),
        };
      });

  /** Everybody who asks for the same version gets the same object, those who ask while it is being assembled too. */
  const snapshotOf = (version: string): Promise<TenantPolicy> => {
    if (kept?.version === version) return kept.snapshot;
    const snapshot = assemble().catch((problem: unknown) => {
      if (kept?.snapshot === snapshot) kept = undefined;
      throw problem;
    });
    kept = { version, snapshot };
    return snapshot;
  };

  return {
    policies: {
      current: async () => snapshotOf(await versionOf()),
    },
    policy: {
      x509: () => x509(),
      setX509: async (configuration, actor) =>
        put('x509', 'Update authentication method policy', 'X509Certificate', await x509(), configuration, actor),
      blocked: () => list('blockedCertificates'),
      setBlocked: async (blocked, actor) =>
        put(
          'blockedCertificates',
          'Update blocked certificates',
          'blockedCertificates',
          await list('blockedCertificates'),
          blocked,
          actor,
        ),
      ...accessDocuments(list, put),
    },
    trustStore: {
      list: async () => (await rows()).map(rowOf),
      async add(row, actor) {
        const change = {
          activity: 'Add certificate authority',
          targetId: row.id,
          actor,
          old: undefined,
          new: described(row),
        };
        await edit(change, async (step) => {
          await step.insertInto('authorities').values(columnsOf(tenantId, row)).execute();
        });
      },
      async update(row, actor) {
        const found = (await rows()).map(rowOf).find(({ id }) => id === row.id);
        if (!found) return false;
        const change = {
          activity: 'Update certificate authority',
          targetId: row.id,
          actor,
          old: described(found),
          new: described(row),
        };
        const {
          tenant_id: _,
          id: __,
          certificate: ___,
          thumbprint: ____,
          created_at: _____,
          ...columns
        } = columnsOf(tenantId, row);
        await edit(change, async (step) => {
          await step
            .updateTable('authorities')
            .set(columns)
            .where('tenant_id', '=', tenantId)
            .where('id', '=', row.id)
            .execute();
        });
        return true;
      },
      async remove(id, actor) {
        const found = (await rows()).map(rowOf).find((row) => row.id === id);
        if (!found) return false;
        const change = {
          activity: 'Delete certificate authority',
          targetId: id,
          actor,
          old: described(found),
          new: undefined,
        };
        await edit(change, async (step) => {
          await step.deleteFrom('authorities').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
        });
        return true;
      },
    },
  };
}

type List = <T>(kind: string) => Promise<readonly T[]>;
type Put = (
  kind: string,
  activity: string,
  targetId: string,
  old: unknown,
  value: unknown,
  actor: string,
) => Promise<void>;

/** Conditional Access and what its policies refer to: each kind is one document. */
function accessDocuments(list: List, put: Put): Omit<PolicyAdmin, 'x509' | 'setX509' | 'blocked' | 'setBlocked'> {
  /** Reads one kind, and replaces it with its audit row. */
  const kept = <T>(kind: string, activity: string) => ({
    read: () => list<T>(kind),
    write: async (wanted: readonly T[], actor: string) => put(kind, activity, kind, await list<T>(kind), wanted, actor),
  });
  const policies = kept<ConditionalAccessPolicy>('conditionalAccessPolicies', 'Update conditional access policy');
  const strengths = kept<AuthenticationStrength>('authenticationStrengths', 'Update authentication strength');
  const locations = kept<NamedLocation>('namedLocations', 'Update named location');
  return {
    conditionalAccess: policies.read,
    setConditionalAccess: policies.write,
    strengths: strengths.read,
    setStrengths: strengths.write,
    namedLocations: locations.read,
    setNamedLocations: locations.write,
  };
}

type Columns = Schema['authorities'];

const rowOf = (row: Columns): AuthorityRow => ({
  id: row.id,
  der: new Uint8Array(Buffer.from(row.certificate, 'base64')),
  displayName: row.display_name,
  authorityType: row.authority_type as AuthorityRow['authorityType'],
  certificateRevocationListUrl: row.crl_url ?? undefined,
  deltaCertificateRevocationListUrl: row.delta_crl_url ?? undefined,
  isIssuerHintEnabled: row.is_issuer_hint_enabled === 1,
  ...(row.settings === null ? {} : { revocation: JSON.parse(row.settings) as AuthorityRevocation }),
  store: row.store as AuthorityRow['store'],
  createdDateTime: new Date(row.created_at),
});

function columnsOf(tenantId: string, row: AuthorityRow): Columns {
  const certificate = certificateOf(row.der);
  return {
    tenant_id: tenantId,
    id: row.id,
    thumbprint: certificate.sha1Thumbprint,
    certificate: Buffer.from(row.der).toString('base64'),
    display_name: row.displayName,
    authority_type: row.authorityType,
    crl_url: row.certificateRevocationListUrl ?? null,
    delta_crl_url: row.deltaCertificateRevocationListUrl ?? null,
    is_issuer_hint_enabled: Number(row.isIssuerHintEnabled),
    store: row.store,
    settings: row.revocation ? JSON.stringify(row.revocation) : null,
    created_at: row.createdDateTime.getTime(),
  };
}

function trusted(columns: Columns): TrustedAuthority {
  const { der, displayName: _, createdDateTime: __, ...rest } = rowOf(columns);
  return { ...rest, certificate: certificateOf(der) };
}

/** What was stored was read once before; that it cannot be read now means the database is damaged. */
function certificateOf(der: Uint8Array) {
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  return ruling.value;
}

const described = ({ der, ...row }: AuthorityRow) => ({ ...row, certificate: Buffer.from(der).toString('base64') });
