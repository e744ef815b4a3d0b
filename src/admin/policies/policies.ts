import { type ConfigurationIssue, warnOfConfiguration } from '#core/binding/check-configuration.ts';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import { isSameJson } from '#core/canonical-json.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { AdminPorts } from '#ports/ports.ts';
import {
  type DocumentedGroup,
  type DocumentedUser,
  readTenantDocument,
  type TenantDocument,
} from '#schema/tenant-document.ts';
import type { AdminContext, TimedContext } from '../context.ts';
import { addGroup, addGroupMember, removeGroupMember } from '../directory/groups.ts';
import { setCertificateUserIds, userOf } from '../directory/users.ts';
import { type Difference, differences } from '../document/differences.ts';
import { documentOf } from '../document/tenant-document.ts';
import { checkNamesIn } from '../entered.ts';
import type { UnknownScope } from '../trust/authority-scopes.ts';
import { editTrustStore } from '../trust/edit-trust-store.ts';
import { trustStoreEdit } from '../trust/trust-store-document.ts';
import { addContextsOf } from './authentication-contexts.ts';
import { changeAccess } from './change-access.ts';
import { setRollouts } from './feature-rollouts.ts';
import { checkedX509 } from './method-policy.ts';

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
  if (options.dryRun) return rehearsed(request, { at, actor, ports });
  return ports.inTransaction((inside) => outcome(request, { actor, at, ports: inside }, options));
}

/** Applies it and leaves no trace: no other way tells as surely what would be. */
async function rehearsed(document: TenantDocument, { at, actor, ports }: TimedContext): Promise<Applied> {
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
  await applyGroups(document.groups ?? [], { actor, ports });
  for (const user of document.users ?? []) await applyUser(user, { actor, ports });
  if (document.certificateAuthorities) {
    const target = document.certificateAuthorities;
    await editTrustStore((now) => trustStoreEdit(now, target, at), { actor, ports });
  }
  if (document.x509Certificate) await applyX509(document.x509Certificate, { actor, ports }, onUnknownScope);
  await applyAccess(document, { actor, ports });
  if (document.featureRolloutPolicies) await setRollouts(document.featureRolloutPolicies, { actor, ports });
  if (document.blockedCertificates && differs(await ports.policy.blocked(), document.blockedCertificates))
    await ports.policy.setBlocked(document.blockedCertificates, actor);
}

const differs = (item: unknown, second: unknown): boolean => !isSameJson(item, second);

async function applyX509(
  x509Certificate: X509CertificateConfiguration,
  { actor, ports }: AdminContext,
  onUnknownScope: ApplyOptions['onUnknownScope'],
): Promise<void> {
  const target = await checkedX509(x509Certificate, ports, onUnknownScope);
  if (differs(await ports.policy.x509(), target)) await ports.policy.setX509(target, actor);
}

/** Policies, strengths and locations refer to each other, so they are changed together. */
async function applyAccess(document: TenantDocument, { actor, ports }: AdminContext): Promise<void> {
  const { authenticationStrengths, namedLocations, conditionalAccessPolicies } = document;
  if (!authenticationStrengths && !namedLocations && !conditionalAccessPolicies) return;
  await addContextsOf(conditionalAccessPolicies ?? [], { actor, ports });
  await changeAccess({ actor, ports }, (current) => ({
    strengths: authenticationStrengths ?? current.strengths,
    namedLocations: namedLocations ?? current.namedLocations,
    policies: conditionalAccessPolicies ?? current.policies,
  }));
}

/** UB-13 … UB-18, UB-23: the list of a user is replaced whole. */
async function applyUser(documentedUser: DocumentedUser, { actor, ports }: AdminContext): Promise<void> {
  const user = await userOf(documentedUser.userPrincipalName, ports);
  const { certificateUserIds = user.certificateUserIds } = documentedUser;
  if (differs(user.certificateUserIds, certificateUserIds))
    await setCertificateUserIds(user, certificateUserIds, { actor, ports });
}

/** First the groups, then who is in them: a group may be in another. */
async function applyGroups(
  documentedGroups: readonly DocumentedGroup[],
  { actor, ports }: AdminContext,
): Promise<void> {
  const made: { readonly id: string; readonly members: readonly string[] }[] = [];
  for (const { id = crypto.randomUUID(), displayName, members } of documentedGroups) {
    const group = await ports.groups.find(id.toLowerCase());
    if (!group) await addGroup({ id: id.toLowerCase(), displayName }, [], { actor, ports });
    if (members) made.push({ id: id.toLowerCase(), members });
  }
  for (const { id, members } of made) await applyMembers(id, members, { actor, ports });
}

async function applyMembers(id: string, target: readonly string[], { actor, ports }: AdminContext): Promise<void> {
  const members = [];
  for (const name of target) {
    if (name.includes('@')) members.push({ kind: 'user', id: (await userOf(name, ports)).id } as const);
    else members.push(await memberOf(name, ports));
  }
  const old = await ports.groups.members(id);
  const has = (list: readonly { id: string }[], item: { id: string }) => list.some((second) => second.id === item.id);
  for (const member of old) if (!has(members, member)) await removeGroupMember(id, member.id, { actor, ports });
  for (const member of members) if (!has(old, member)) await addGroupMember(id, member, { actor, ports });
}

async function memberOf(id: string, ports: AdminPorts) {
  if (await ports.groups.find(id.toLowerCase())) return { kind: 'group', id: id.toLowerCase() } as const;
  return { kind: 'user', id: (await userOf(id, ports)).id } as const;
}
