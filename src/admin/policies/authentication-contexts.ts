import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import { firstRefusal, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { checkDisplayName, checkText } from '../entered.ts';

/** An authentication context: what an application asks for with `acrs`, and policies can name (Graph: authenticationContextClassReference). */
export interface AuthenticationContext {
  /** `c1` to `c99`. */
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  /** Whether applications are to offer it. */
  readonly isAvailable: boolean;
}
export type AuthenticationContextChange = Partial<Omit<AuthenticationContext, 'id'>>;

const kind = 'authenticationContextClassReferences';
type Ports = Pick<AdminPorts, 'objects'> & { readonly policy: Pick<AdminPorts['policy'], 'conditionalAccess'> };

/** The contexts that these policies name. */
const namedBy = (policies: readonly ConditionalAccessPolicy[]): readonly string[] => [
  ...new Set(
    policies.flatMap(({ conditions }) => conditions.applications.includeAuthenticationContextClassReferences ?? []),
  ),
];

/**
 * The contexts of a tenant, `c1` first. A context that a policy has named since before contexts were stored is one too, under
 * its id.
 */
export async function authenticationContexts({ objects, policy }: Ports): Promise<readonly AuthenticationContext[]> {
  const documents = await objects.list<Omit<AuthenticationContext, 'id'>>(kind);
  const contexts = new Map<string, AuthenticationContext>(
    namedBy(await policy.conditionalAccess()).map((id) => [id, blank(id)]),
  );
  for (const { id, document } of documents) contexts.set(id, { id, ...document });
  return [...contexts.values()].sort((item, second) => numberOf(item.id) - numberOf(second.id));
}

const blank = (id: string): AuthenticationContext => ({ id, displayName: id, description: null, isAvailable: true });
const numberOf = (id: string) => Number(id.slice(1));

/**
 * Changes a context, or adds it where there is none of this id. Refuses with graphPropertyInvalid for an id that is not c1 to c99,
 * and where a new one has no name; textHoldsControls, textTooLong.
 */
export async function putAuthenticationContext(
  id: string,
  change: AuthenticationContextChange,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<AuthenticationContext>> {
  const checks = firstRefusal(
    checkId(id),
    checkDisplayName(change.displayName),
    checkText('description', change.description),
  );
  if (checks.outcome !== 'passed') return checks;
  const current = (await authenticationContexts(ports)).find((item) => item.id === id);
  if (!current && !change.displayName)
    return refused('graphPropertyInvalid', { target: 'displayName', problem: 'it is required' });
  const { id: _, ...next } = { ...blank(id), ...current, ...change };
  const auditEntry = { activity: 'Update AuthenticationContextClassReference', actor };
  const result = await ports.objects.change(kind, id, () => next, auditEntry);
  if (!result) await add(id, next, { actor, ports });
  return success({ id, ...next });
}

/** Adds a context. Refuses as {@link putAuthenticationContext}, graphObjectConflict. */
export async function addAuthenticationContext(
  { id, ...context }: AuthenticationContextChange & { readonly id: string },
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<AuthenticationContext>> {
  if (await ports.objects.find(kind, id)) return refused('graphObjectConflict', { target: 'id', value: id });
  return putAuthenticationContext(id, context, { actor, ports });
}

/** Refuses with graphObjectMissing, graphObjectInUse. */
export async function removeAuthenticationContext(
  id: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const policies = await ports.policy.conditionalAccess();
  const usedBy = policies.filter((item) => namedBy([item]).includes(id)).map(({ displayName }) => displayName);
  if (usedBy.length > 0) return refused('graphObjectInUse', { what: id, usedBy });
  const auditEntry = { activity: 'Delete AuthenticationContextClassReference', actor };
  if (!(await ports.objects.remove(kind, id, auditEntry)))
    return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success();
}

/** Adds the contexts that policies of a file name: a file of policies has no other place for them. */
export async function addContextsOf(
  policies: readonly ConditionalAccessPolicy[],
  { actor, ports }: AdminContext<Ports>,
): Promise<void> {
  for (const id of namedBy(policies).filter((name) => idForm.test(name))) {
    if (await ports.objects.find(kind, id)) continue;
    const { id: _, ...context } = blank(id);
    await add(id, context, { actor, ports });
  }
}

const add = (
  id: string,
  document: Omit<AuthenticationContext, 'id'>,
  { actor, ports: { objects } }: AdminContext<Ports>,
) =>
  objects.add({ kind, id, owner: undefined, document }, { activity: 'Add AuthenticationContextClassReference', actor });

const idForm = /^c[1-9]\d?$/;

function checkId(id: string): Ruling<void> {
  if (!idForm.test(id)) return refused('graphPropertyInvalid', { target: 'id', problem: 'it must be c1 to c99' });
  return success();
}
