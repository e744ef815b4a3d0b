import type { MethodId, MethodState } from '#core/access/method-state.ts';
import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { BlockedCertificate } from '#core/crl/policy.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { fault } from '#core/trace/fault.ts';
import { algorithmsOf } from '#core/x509/algorithm-policy.ts';
import { trustStoreOf } from '#core/x509/trust-store.ts';
import type { Clock } from '#ports/clock.ts';
import type { Policies, PolicyAdmin } from '#ports/policies.ts';
import type { TrustStoreAdmin } from '#ports/trust-store.ts';
import { factoryVersion, openEdits, type Step, write } from '../../database/edits.ts';
import type { Database } from '../../database/schema.ts';
import { openAccess } from './access-documents.ts';
import { authoritiesIn, openAuthorities } from './authorities.ts';

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
  const edit = openEdits(database, tenantId, clock);
  const document = async (kind: string, db: Pick<Database, 'selectFrom'> = database) => {
    const match = await db
      .selectFrom('policies')
      .select(['document', 'version'])
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .executeTakeFirst();
    return match && { version: match.version, value: JSON.parse(match.document) as unknown };
  };

  const versionOf = async (db?: Database) => (await document('version', db))?.version ?? factoryVersion;

  const x509 = async (db?: Database) =>
    ((await document('x509', db))?.value as X509CertificateConfiguration | undefined) ??
    defaultX509CertificateConfiguration;

  const list = async <T>(kind: string, db?: Database) =>
    ((await document(kind, db))?.value as readonly T[] | undefined) ?? [];

  /** Replaces a document; `factory` is the value before the first write. */
  const put = ({ kind, activity, targetId, factory, value, actor, onlyFrom }: Put) =>
    edit(async (step, current) => {
      if (onlyFrom !== undefined && onlyFrom !== current) throw fault('policyEditedMeanwhile', {});
      const old = (await document(kind, step))?.value ?? factory;
      await write(step, tenantId, kind, value);
      return { changes: [{ activity, targetId, actor, old, new: value }], result: undefined };
    });

  const changeMethod = async (step: Step, request: { id: MethodId; state: MethodState | undefined; actor: string }) => {
    const output = await list<MethodState>('methodStates', step);
    const old = output.find(({ id }) => id === request.id);
    const rest = output.filter(({ id }) => id !== request.id);
    await write(step, tenantId, 'methodStates', request.state ? [...rest, request.state] : rest);
    const activity = `Authentication Methods Policy ${request.state ? 'Update' : 'Reset'}`;
    const change = { activity, targetId: request.id, actor: request.actor, old, new: request.state };
    return { changes: [change], result: undefined };
  };

  /** In one transaction that sees one moment, so that no snapshot is half before an edit and half after it. */
  const assemble = (): Promise<TenantPolicy> =>
    database
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (step) => {
        const method = await x509(step);
        return {
          version: await versionOf(step),
          trustStore: trustStoreOf(await authoritiesIn(step, tenantId), algorithmsOf(method.beyondEntra)),
          x509: method,
          revocation: {
            ...method.crlValidationConfiguration,
            blocked: await list<BlockedCertificate>('blockedCertificates', step),
          },
          access: await list<ConditionalAccessPolicy>('conditionalAccessPolicies', step),
          strengths: await list<AuthenticationStrength>('authenticationStrengths', step),
          namedLocations: await list<NamedLocation>('namedLocations', step),
          methods: await list<MethodState>('methodStates', step),
        };
      });

  /** Every caller that asks for the same version gets the same object, also while it is being assembled. */
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
      setX509: (value, actor, onlyFrom) =>
        put({
          kind: 'x509',
          activity: 'Authentication Methods Policy Update',
          targetId: 'X509Certificate',
          factory: defaultX509CertificateConfiguration,
          value,
          actor,
          onlyFrom,
        }),
      methodStates: () => list('methodStates'),
      setMethodState: (id, state, actor) => edit((step) => changeMethod(step, { id, state, actor })),
      blocked: () => list('blockedCertificates'),
      setBlocked: (value, actor) =>
        put({ ...listing('blockedCertificates', 'Update blocked certificates'), value, actor }),
      ...openAccess(list, edit, { tenantId, clock }),
    },
    trustStore: openAuthorities(database, tenantId, edit),
  };
}

/** One document to replace. */
interface Put {
  readonly kind: string;
  readonly activity: string;
  readonly targetId: string;
  readonly factory: unknown;
  readonly value: unknown;
  readonly actor: string;
  readonly onlyFrom?: string | undefined;
}

/** A document that is one list, empty from the factory. */
const listing = (kind: string, activity: string) => ({ kind, activity, targetId: kind, factory: [] });
