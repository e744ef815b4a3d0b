import type { MethodId, MethodState } from '#core/access/methods/method-state.ts';
import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { BlockedCertificate } from '#core/crl/policy.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { fault } from '#core/trace/fault.ts';
import { algorithmsOf } from '#core/x509/algorithms/algorithm-policy.ts';
import { trustStoreOf } from '#core/x509/trust-store.ts';
import type { Policies, PolicyAdmin } from '#ports/policies.ts';
import type { TrustStoreAdmin } from '#ports/trust-store.ts';
import { type Edit, factoryVersion, openEdits, type Step, write } from '../../database/audits/edits.ts';
import type { TenantDatabase, TenantStore } from '../../database/schema.ts';
import { openAccess } from './access-documents.ts';
import { authoritiesIn, openAuthorities } from './authorities.ts';

/** A tenant's policy and trust store. Every edit changes the version in the same transaction. */
export function openPolicies(store: TenantStore): {
  policies: Policies;
  trustStore: TrustStoreAdmin;
  policy: PolicyAdmin;
} {
  const { database, tenantId, clock } = store;
  const edit = openEdits(store);
  const snapshotOf = openSnapshots(store);
  return {
    policies: {
      current: async () => snapshotOf(await versionOf(store)),
    },
    policy: {
      ...openPolicy(store, edit),
      ...openAccess((kind, step) => listIn({ database: step ?? database, tenantId }, kind), edit, { tenantId, clock }),
    },
    trustStore: openAuthorities(store, edit),
  };
}

/** The X509Certificate method, the states of the other methods, and the blocked certificates. */
function openPolicy(
  store: TenantDatabase,
  edit: Edit,
): Omit<PolicyAdmin, 'conditionalAccess' | 'strengths' | 'namedLocations' | 'changeAccess'> {
  const { tenantId } = store;
  const put = (document: Put) =>
    edit((step, current) => putDocument({ database: step, tenantId }, step, current, document));
  return {
    x509: () => x509In(store),
    setX509: (value, actor, onlyFrom) => put({ ...x509Document, value, actor, onlyFrom }),
    methodStates: () => listIn(store, 'methodStates'),
    setMethodState: (id, state, actor) =>
      edit((step) => changeMethod({ database: step, tenantId }, { id, state, actor })),
    blocked: () => listIn(store, 'blockedCertificates'),
    setBlocked: (value, actor) => put({ ...blockedDocument, value, actor }),
  };
}

async function documentIn({ database, tenantId }: TenantDatabase, kind: string) {
  const row = await database
    .selectFrom('policies')
    .select(['document', 'version'])
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row && { version: row.version, value: JSON.parse(row.document) as unknown };
}

const versionOf = async (store: TenantDatabase) => (await documentIn(store, 'version'))?.version ?? factoryVersion;

const x509In = async (store: TenantDatabase) =>
  ((await documentIn(store, 'x509'))?.value as X509CertificateConfiguration | undefined) ??
  defaultX509CertificateConfiguration;

const listIn = async <T>(store: TenantDatabase, kind: string) =>
  ((await documentIn(store, kind))?.value as readonly T[] | undefined) ?? [];

/** Replaces a document. @throws policyEditedMeanwhile */
async function putDocument(
  inside: TenantDatabase,
  step: Step,
  current: string,
  { kind, activity, targetId, factory, value, actor, onlyFrom }: Put,
) {
  if (onlyFrom !== undefined && onlyFrom !== current) throw fault('policyEditedMeanwhile', {});
  const old = (await documentIn(inside, kind))?.value ?? factory;
  await write({ database: step, tenantId: inside.tenantId }, kind, value);
  return { changes: [{ activity, targetId, actor, old, new: value }], result: undefined };
}

async function changeMethod(
  context: TenantDatabase<Step>,
  request: { id: MethodId; state: MethodState | undefined; actor: string },
) {
  const states = await listIn<MethodState>(context, 'methodStates');
  const old = states.find(({ id }) => id === request.id);
  const rest = states.filter(({ id }) => id !== request.id);
  await write(context, 'methodStates', request.state ? [...rest, request.state] : rest);
  const activity = `Authentication Methods Policy ${request.state ? 'Update' : 'Reset'}`;
  const change = { activity, targetId: request.id, actor: request.actor, old, new: request.state };
  return { changes: [change], result: undefined };
}

/** In one transaction that sees one moment, so that no snapshot is half before an edit and half after it. */
const assemble = ({ database, tenantId }: TenantDatabase): Promise<TenantPolicy> =>
  database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (step) => {
      const inside = { database: step, tenantId };
      const method = await x509In(inside);
      return {
        version: await versionOf(inside),
        trustStore: trustStoreOf(await authoritiesIn(inside), algorithmsOf(method.beyondEntra)),
        x509: method,
        revocation: {
          ...method.crlValidationConfiguration,
          blocked: await listIn<BlockedCertificate>(inside, 'blockedCertificates'),
        },
        access: await listIn<ConditionalAccessPolicy>(inside, 'conditionalAccessPolicies'),
        strengths: await listIn<AuthenticationStrength>(inside, 'authenticationStrengths'),
        namedLocations: await listIn<NamedLocation>(inside, 'namedLocations'),
        methods: await listIn<MethodState>(inside, 'methodStates'),
      };
    });

/**
 * Every caller that asks for the same version gets the same object, also while it is being assembled, so that what is worked
 * out from a snapshot may be stored with it.
 */
function openSnapshots(store: TenantDatabase): (version: string) => Promise<TenantPolicy> {
  let last: { readonly version: string; readonly snapshot: Promise<TenantPolicy> } | undefined;
  return (version) => {
    if (last?.version === version) return last.snapshot;
    const snapshot = assemble(store).catch((problem: unknown) => {
      if (last?.snapshot === snapshot) last = undefined;
      throw problem;
    });
    last = { version, snapshot };
    return snapshot;
  };
}

/** One document to replace; `factory` is the value before the first write. */
interface Put {
  readonly kind: string;
  readonly activity: string;
  readonly targetId: string;
  readonly factory: unknown;
  readonly value: unknown;
  readonly actor: string;
  readonly onlyFrom?: string | undefined;
}

const x509Document = {
  kind: 'x509',
  activity: 'Authentication Methods Policy Update',
  targetId: 'X509Certificate',
  factory: defaultX509CertificateConfiguration,
};
const blockedDocument = {
  kind: 'blockedCertificates',
  activity: 'Update blocked certificates',
  targetId: 'blockedCertificates',
  factory: [],
};
