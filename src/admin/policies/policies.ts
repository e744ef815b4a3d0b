import { type ConfigurationIssue, warnOfConfiguration } from '#core/binding/check-configuration.ts';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import { isSameJson } from '#core/canonical-json.ts';
import type { TenantPolicy } from '#core/policy.ts';
import { type Ruling, success } from '#core/trace/ruling.ts';
import type { GroupMember } from '#model/group.ts';
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
import { rulingOf } from '../refusals.ts';
import { changeInTransaction } from '../safety/transaction.ts';
import type { UnknownScope } from '../trust/authority/authority-scopes.ts';
import { replaceBlocked } from '../trust/blocked.ts';
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

/**
 * Makes a tenant what the document says, whole or not at all: everything happens in one transaction, which a dry run leaves
 * without committing, so that what it tells is what would be. Applying it twice changes nothing more.
 * Refuses with policyDocumentUnreadable with the path of what is not known or has the wrong form; whatever is wrong with a
 * value.
 */
export async function applyDocument(
  document: unknown,
  { actor, at, ports }: TimedContext,
  options: ApplyOptions,
): Promise<Ruling<Applied>> {
  const documentRuling = readTenantDocument(document);
  if (documentRuling.outcome !== 'passed') return documentRuling;
  const request = documentRuling.value;
  const namesRuling = checkNamesIn(document);
  if (namesRuling.outcome !== 'passed') return namesRuling;
  // Applied and rolled back, a dry run leaves no trace: no other way tells as surely what would be.
  const work = (inside: AdminPorts) => outcome(request, { actor, at, ports: inside }, options);
  return changeInTransaction(ports, work, () => !options.dryRun);
}

async function outcome(
  document: TenantDocument,
  context: TimedContext,
  options: Omit<ApplyOptions, 'dryRun'>,
): Promise<Ruling<Applied>> {
  const { ports: inside } = context;
  const before = await documentOf(inside);
  const applyRuling = await apply(document, context, options);
  if (applyRuling.outcome !== 'passed') return applyRuling;
  const policy = await inside.policies.current();
  return success({ differences: differences(before, await documentOf(inside)), policy, warnings: warningsOf(policy) });
}

/** What is referred to comes before what refers to it. */
async function apply(
  document: TenantDocument,
  { actor, at, ports }: TimedContext,
  { onUnknownScope }: Omit<ApplyOptions, 'dryRun'>,
): Promise<Ruling<void>> {
  const groupsRuling = await applyGroups(document.groups ?? [], { actor, ports });
  if (groupsRuling.outcome !== 'passed') return groupsRuling;
  for (const user of document.users ?? []) {
    const userRuling = await applyUser(user, { actor, ports });
    if (userRuling.outcome !== 'passed') return userRuling;
  }
  if (document.certificateAuthorities) {
    const target = document.certificateAuthorities;
    const trustStoreRuling = await editTrustStore((current) => trustStoreEdit(current, target, at), { actor, ports });
    if (trustStoreRuling.outcome !== 'passed') return trustStoreRuling;
  }
  if (document.x509Certificate) {
    const x509Ruling = await applyX509(document.x509Certificate, { actor, ports }, onUnknownScope);
    if (x509Ruling.outcome !== 'passed') return x509Ruling;
  }
  const accessRuling = await applyAccess(document, { actor, ports });
  if (accessRuling.outcome !== 'passed') return accessRuling;
  if (document.featureRolloutPolicies) {
    const rolloutsRuling = await setRollouts(document.featureRolloutPolicies, { actor, ports });
    if (rolloutsRuling.outcome !== 'passed') return rolloutsRuling;
  }
  return document.blockedCertificates ? replaceBlocked(document.blockedCertificates, { actor, ports }) : success();
}

const differs = (item: unknown, second: unknown): boolean => !isSameJson(item, second);

async function applyX509(
  x509Certificate: X509CertificateConfiguration,
  { actor, ports }: AdminContext,
  onUnknownScope: ApplyOptions['onUnknownScope'],
): Promise<Ruling<void>> {
  const x509Ruling = await checkedX509(x509Certificate, ports, onUnknownScope);
  if (x509Ruling.outcome !== 'passed') return x509Ruling;
  const target = x509Ruling.value;
  if (differs(await ports.policy.x509(), target)) {
    const policyRuling = await rulingOf(() => ports.policy.setX509(target, actor));
    if (policyRuling.outcome !== 'passed') return policyRuling;
  }
  return success();
}

/** Policies, strengths and locations refer to each other, so they are changed together. */
async function applyAccess(document: TenantDocument, { actor, ports }: AdminContext): Promise<Ruling<void>> {
  const { authenticationStrengths, namedLocations, conditionalAccessPolicies } = document;
  if (!authenticationStrengths && !namedLocations && !conditionalAccessPolicies) return success();
  await addContextsOf(conditionalAccessPolicies ?? [], { actor, ports });
  const accessRuling = await changeAccess({ actor, ports }, (current) => ({
    strengths: authenticationStrengths ?? current.strengths,
    namedLocations: namedLocations ?? current.namedLocations,
    policies: conditionalAccessPolicies ?? current.policies,
  }));
  return accessRuling.outcome === 'passed' ? success() : accessRuling;
}

/** UB-13 … UB-18, UB-23: the list of a user is replaced whole. */
async function applyUser(documentedUser: DocumentedUser, { actor, ports }: AdminContext): Promise<Ruling<void>> {
  const userRuling = await userOf(documentedUser.userPrincipalName, ports);
  if (userRuling.outcome !== 'passed') return userRuling;
  const user = userRuling.value;
  const { certificateUserIds = user.certificateUserIds } = documentedUser;
  if (differs(user.certificateUserIds, certificateUserIds)) {
    const certificateUserIdsRuling = await setCertificateUserIds(user, certificateUserIds, { actor, ports });
    if (certificateUserIdsRuling.outcome !== 'passed') return certificateUserIdsRuling;
  }
  return success();
}

/** First the groups, then who is in them: a group may be in another. */
async function applyGroups(
  documentedGroups: readonly DocumentedGroup[],
  { actor, ports }: AdminContext,
): Promise<Ruling<void>> {
  const made: { readonly id: string; readonly members: readonly string[] }[] = [];
  for (const { id = crypto.randomUUID(), displayName, members } of documentedGroups) {
    const group = await ports.groups.find(id.toLowerCase());
    if (!group) {
      const groupRuling = await addGroup({ id: id.toLowerCase(), displayName }, [], { actor, ports });
      if (groupRuling.outcome !== 'passed') return groupRuling;
    }
    if (members) made.push({ id: id.toLowerCase(), members });
  }
  for (const { id, members } of made) {
    const membersRuling = await applyMembers(id, members, { actor, ports });
    if (membersRuling.outcome !== 'passed') return membersRuling;
  }
  return success();
}

async function applyMembers(
  id: string,
  target: readonly string[],
  { actor, ports }: AdminContext,
): Promise<Ruling<void>> {
  const members: GroupMember[] = [];
  for (const name of target) {
    const memberRuling = await memberOf(name, ports);
    if (memberRuling.outcome !== 'passed') return memberRuling;
    members.push(memberRuling.value);
  }
  const old = await ports.groups.members(id);
  const has = (list: readonly { id: string }[], item: { id: string }) => list.some((second) => second.id === item.id);
  for (const member of old)
    if (!has(members, member)) {
      const groupMemberRuling = await removeGroupMember(id, member.id, { actor, ports });
      if (groupMemberRuling.outcome !== 'passed') return groupMemberRuling;
    }
  for (const member of members)
    if (!has(old, member)) {
      const groupMemberRuling = await addGroupMember(id, member, { actor, ports });
      if (groupMemberRuling.outcome !== 'passed') return groupMemberRuling;
    }
  return success();
}

/** A member by its id, or a user by name. */
async function memberOf(id: string, ports: AdminPorts): Promise<Ruling<GroupMember>> {
  if (!id.includes('@') && (await ports.groups.find(id.toLowerCase())))
    return success({ kind: 'group', id: id.toLowerCase() });
  const userRuling = await userOf(id, ports);
  if (userRuling.outcome !== 'passed') return userRuling;
  return success({ kind: 'user', id: userRuling.value.id });
}
