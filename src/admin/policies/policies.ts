import { checkCertificateUserIds } from '#core/binding/certificate-user-ids.ts';
import {
  type ConfigurationIssue,
  checkX509Configuration,
  warnOfConfiguration,
} from '#core/binding/check-configuration.ts';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import { isSameJson } from '#core/canonical-json.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { RolloutPolicy } from '#schema/rollout.ts';
import {
  type DocumentedGroup,
  type DocumentedUser,
  readTenantDocument,
  type TenantDocument,
} from '#schema/tenant-document.ts';
import type { TimedContext } from '../context.ts';
import { addGroup, addGroupMember } from '../directory/groups.ts';
import { userOf } from '../directory/users.ts';
import { type Difference, differences } from '../document/differences.ts';
import { documentOf } from '../document/tenant-document.ts';
import { checkNamesIn } from '../entered.ts';
import { type UnknownScope, withKnownScopes } from '../trust/authority-scopes.ts';
import { editTrustStore } from '../trust/edit-trust-store.ts';
import { trustStoreEdit } from '../trust/trust-store-document.ts';
import { addContextsOf } from './authentication-contexts.ts';
import { changeAccess } from './change-access.ts';
import { addRollout, mostGroups, rolloutKind } from './feature-rollouts.ts';

/** What applying a document did, or would do. */
export interface Applied {
  readonly differences: readonly Difference[];
  /** What is decided then. */
  readonly policy: TenantPolicy;
  /** What is in order and matches nothing today. */
  readonly warnings: readonly ConfigurationIssue[];
}

interface ApplyOptions {
  readonly dryRun: boolean;
  /** Gets each CA scope whose PKI or CA is not in the trust store, which is then left out; without it the document is refused. */
  readonly onUnknownScope?: (unknown: UnknownScope) => void;
}

/** Rules of the X509Certificate method that name an issuer which is in no trust store (Appendix A). */
export const warningsOf = ({ x509, trustStore }: TenantPolicy): readonly ConfigurationIssue[] =>
  warnOfConfiguration(
    x509,
    trustStore.authorities.map(({ certificate }) => certificate.subject),
  );

/** Leaves the transaction of a rehearsal behind without a trace. */
class OnlyAsked extends Error {
  readonly applied: Applied;
  constructor(application: Applied) {
    super('a rehearsal');
    this.applied = application;
  }
}

/**
 * Makes a tenant what the document says, whole or not at all: everything happens in one transaction, which a dry run leaves
 * without committing, so that what it tells is what would be. Applying it twice changes nothing more.
 * @throws policyDocumentUnreadable with the path of what is not known or has the wrong form; whatever is wrong with a
 * value
 */
export async function applyDocument(
  document: unknown,
  { actor, at, ports }: TimedContext,
  options: ApplyOptions,
): Promise<Applied> {
  const request = readTenantDocument(document);
  checkNamesIn(document);
  if (options.dryRun) return rehearsed(request, actor, at, ports);
  return ports.inTransaction((inside) => outcome(request, { actor, at, ports: inside }, options));
}

/** Applies it and leaves no trace: no other way tells as surely what would be. */
async function rehearsed(document: TenantDocument, actor: string, at: Date, ports: AdminPorts): Promise<Applied> {
  try {
    return await ports.inTransaction(async (inside) => {
      throw new OnlyAsked(await outcome(document, { actor, at, ports: inside }));
    });
  } catch (thrown) {
    if (thrown instanceof OnlyAsked) return thrown.applied;
    throw thrown;
  }
}

async function outcome(
  document: TenantDocument,
  { actor, at, ports: inside }: TimedContext,
  options: Omit<ApplyOptions, 'dryRun'> = {},
): Promise<Applied> {
  const before = await documentOf(inside);
  await apply(document, { actor, at, ports: inside }, options);
  const policy = await inside.policies.current();
  return { differences: differences(before, await documentOf(inside)), policy, warnings: warningsOf(policy) };
}

/** What is referred to comes before what refers to it. */
async function apply(
  document: TenantDocument,
  { actor, at, ports }: TimedContext,
  { onUnknownScope }: Omit<ApplyOptions, 'dryRun'>,
): Promise<void> {
  await applyGroups(document.groups ?? [], actor, ports);
  for (const user of document.users ?? []) await applyUser(user, actor, ports);
  if (document.certificateAuthorities) {
    const target = document.certificateAuthorities;
    await editTrustStore((now) => trustStoreEdit(now, target, at), actor, ports);
  }
  if (document.x509Certificate) await applyX509(document.x509Certificate, actor, ports, onUnknownScope);
  await applyAccess(document, actor, ports);
  if (document.featureRolloutPolicies) await applyRollouts(document.featureRolloutPolicies, actor, ports);
  if (document.blockedCertificates && differs(await ports.policy.blocked(), document.blockedCertificates))
    await ports.policy.setBlocked(document.blockedCertificates, actor);
}

const differs = (item: unknown, second: unknown): boolean => !isSameJson(item, second);

async function applyX509(
  x509Certificate: X509CertificateConfiguration,
  actor: string,
  ports: AdminPorts,
  onUnknownScope: ApplyOptions['onUnknownScope'],
): Promise<void> {
  const target = await withKnownScopes(x509Certificate, ports, onUnknownScope);
  const [issue] = checkX509Configuration(target);
  if (issue) throw new CardeaError(issue.because);
  const scope = target.certificateAuthorityScopes.flatMap(({ includeTargets }) => includeTargets);
  for (const { id } of [...target.includeTargets, ...target.excludeTargets, ...scope])
    if (id !== 'all_users') await groupOf(id, ports);
  if (differs(await ports.policy.x509(), target)) await ports.policy.setX509(target, actor);
}

/** Policies, strengths and locations refer to each other, so they are changed together. */
async function applyAccess(document: TenantDocument, actor: string, ports: AdminPorts): Promise<void> {
  const { authenticationStrengths, namedLocations, conditionalAccessPolicies } = document;
  if (!authenticationStrengths && !namedLocations && !conditionalAccessPolicies) return;
  await addContextsOf(conditionalAccessPolicies ?? [], actor, ports);
  await changeAccess(actor, ports, (current) => ({
    strengths: authenticationStrengths ?? current.strengths,
    namedLocations: namedLocations ?? current.namedLocations,
    policies: conditionalAccessPolicies ?? current.policies,
  }));
}

/** Graph knows one rollout a feature (graph-api §10), so the feature tells which is which. */
async function applyRollouts(
  rolloutPolicys: readonly RolloutPolicy[],
  actor: string,
  ports: AdminPorts,
): Promise<void> {
  const problem = checkRollouts(rolloutPolicys);
  if (problem) throw fault('policyDocumentUnreadable', { problem });
  for (const { appliesTo } of rolloutPolicys) for (const id of appliesTo) await groupOf(id, ports);
  const storedRollouts = await ports.objects.list<RolloutPolicy>(rolloutKind);
  for (const { id, document } of storedRollouts) {
    if (rolloutPolicys.some(({ feature }) => feature === document.feature)) continue;
    await ports.objects.remove(rolloutKind, id, { activity: 'Delete rollout policy of feature', actor });
  }
  for (const document of rolloutPolicys) {
    const match = storedRollouts.find((item) => item.document.feature === document.feature);
    if (!match) await addRollout(document, actor, ports);
    else if (differs(match.document, document)) {
      const auditEntry = { activity: 'Update rollout policy of feature', actor };
      await ports.objects.change(rolloutKind, match.id, () => document, auditEntry);
    }
  }
}

/** REALM-4. */
function checkRollouts(rollouts: readonly RolloutPolicy[]): string | undefined {
  const seenKeys = new Set<string>();
  for (const { feature, appliesTo } of rollouts) {
    if (seenKeys.has(feature)) return `${feature} is rolled out twice`;
    if (appliesTo.length > mostGroups) return `${feature} is rolled out to more than ${mostGroups} groups`;
    seenKeys.add(feature);
  }
  return undefined;
}

/** UB-13 … UB-18, UB-23: the list of a user is replaced whole. */
async function applyUser(documentedUser: DocumentedUser, actor: string, ports: AdminPorts): Promise<void> {
  const user = await userOf(documentedUser.userPrincipalName, ports);
  const { certificateUserIds = user.certificateUserIds } = documentedUser;
  const [problem] = checkCertificateUserIds(certificateUserIds);
  if (problem) throw new CardeaError(problem);
  if (differs(user.certificateUserIds, certificateUserIds))
    await ports.users.update({ ...user, certificateUserIds }, actor);
}

/** First the groups, then who is in them: a group may be in another. */
async function applyGroups(
  documentedGroups: readonly DocumentedGroup[],
  actor: string,
  ports: AdminPorts,
): Promise<void> {
  const made: { readonly id: string; readonly members: readonly string[] }[] = [];
  for (const { id = crypto.randomUUID(), displayName, members } of documentedGroups) {
    const group = await ports.groups.find(id.toLowerCase());
    if (!group) await addGroup({ id: id.toLowerCase(), displayName }, [], actor, ports);
    if (members) made.push({ id: id.toLowerCase(), members });
  }
  for (const { id, members } of made) await applyMembers(id, members, actor, ports);
}

async function applyMembers(id: string, target: readonly string[], actor: string, ports: AdminPorts): Promise<void> {
  const members = [];
  for (const name of target) {
    if (name.includes('@')) members.push({ kind: 'user', id: (await userOf(name, ports)).id } as const);
    else members.push(await memberOf(name, ports));
  }
  const old = await ports.groups.members(id);
  const has = (list: readonly { id: string }[], item: { id: string }) => list.some((second) => second.id === item.id);
  for (const member of old) if (!has(members, member)) await ports.groups.removeMember(id, member, actor);
  for (const member of members) if (!has(old, member)) await addGroupMember(id, member, actor, ports);
}

async function memberOf(id: string, ports: AdminPorts) {
  if (await ports.groups.find(id.toLowerCase())) return { kind: 'group', id: id.toLowerCase() } as const;
  return { kind: 'user', id: (await userOf(id, ports)).id } as const;
}

async function groupOf(id: string, { groups }: AdminPorts) {
  const group = await groups.find(id.toLowerCase());
  if (!group) throw fault('nothingFound', { kind: 'group', wanted: id });
  return group;
}
