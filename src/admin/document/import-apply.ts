import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { User } from '#core/binding/user.ts';
import { messageOf } from '#core/trace/fault.ts';
import { type Ruling, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { DocumentedGroup, TenantDocument } from '#schema/tenant-document.ts';
import type { AdminContext, TimedContext } from '../context.ts';
import { takeOverUser } from '../directory/users.ts';
import { checkAttributes } from '../entered.ts';
import { unknownReferences } from '../policies/access-references.ts';
import { addContextsOf } from '../policies/authentication-contexts.ts';
import { applyDocument } from '../policies/policies.ts';
import { changeInTransaction } from '../safety/transaction.ts';
import type { UnknownScope } from '../trust/authority/authority-scopes.ts';
import type { Difference } from './differences.ts';
import type { EntraExport, ExportedUser, Ignored } from './entra-export.ts';

/** What taking over an export did, or would do. */
export interface Imported {
  /** User principal names of people who were not there. */
  readonly added: readonly string[];
  readonly differences: readonly Difference[];
  readonly ignored: readonly Ignored[];
}

/**
 * Makes a tenant what an Entra tenant's export says, whole or not at all. People keep their object ids; those of a domain
 * that is not the tenant's are left out, and told, and so are scopes of CAs that are not in the trust store. Doing it twice
 * changes nothing more.
 * Refuses with whatever is wrong with a value, as {@link applyDocument}.
 */
export async function importEntra(
  entraExport: EntraExport,
  tenant: Tenant,
  { actor, at, ports }: TimedContext,
  options: { readonly dryRun: boolean },
): Promise<Ruling<Imported>> {
  const [people, ignoredItem] = splitPeople(entraExport.users, tenant);
  for (const person of people) {
    const attributesRuling = checkAttributes(person);
    if (attributesRuling.outcome !== 'passed') return attributesRuling;
  }
  const document = documentOf(entraExport, people);
  const work = async (inside: AdminPorts): Promise<Ruling<Imported>> => {
    const peopleRuling = await addPeople(people, { actor, ports: inside });
    if (peopleRuling.outcome !== 'passed') return peopleRuling;
    const leftOut: Ignored[] = [];
    const onUnknownScope = (unknown: UnknownScope) => leftOut.push(ignoredScope(unknown));
    const { conditionalAccessPolicies, ...restOfDocument } = document;
    const documentRuling = await applyDocument(
      restOfDocument,
      { actor, at, ports: inside },
      { dryRun: false, onUnknownScope },
    );
    if (documentRuling.outcome !== 'passed') return documentRuling;
    const { differences } = documentRuling.value;
    const accessRuling = await applyAccess(conditionalAccessPolicies, { at, actor, ports: inside });
    if (accessRuling.outcome !== 'passed') return accessRuling;
    const access = accessRuling.value;
    return success({
      added: peopleRuling.value,
      differences: [...differences, ...access.differences],
      ignored: [...entraExport.ignored, ...ignoredItem, ...leftOut, ...access.ignored],
    });
  };
  return changeInTransaction(ports, work, () => !options.dryRun);
}

/** Groups and users are there by now. A policy that names others would not be the same policy, so it is left out. */
async function applyAccess(
  policies: TenantDocument['conditionalAccessPolicies'],
  context: TimedContext,
): Promise<Ruling<Pick<Imported, 'differences' | 'ignored'>>> {
  const { actor, ports } = context;
  if (!policies) return success({ differences: [], ignored: [] });
  await addContextsOf(policies, { actor, ports });
  const [known, ignored]: [ConditionalAccessPolicy[], Ignored[]] = [[], []];
  for (const policy of policies) {
    const [unknown] = await unknownReferences(policy, ports);
    if (!unknown) known.push(policy);
    else {
      const why = `${unknown.target} names "${unknown.id}", which is not in this tenant`;
      ignored.push({ file: '', what: policy.displayName, why });
    }
  }
  const documentRuling = await applyDocument({ conditionalAccessPolicies: known }, context, {
    dryRun: false,
  });
  if (documentRuling.outcome !== 'passed') return documentRuling;
  const { differences } = documentRuling.value;
  return success({ differences, ignored });
}

/** A scope limits who may use the certificates of a CA; of a CA that is not in the trust store, none is accepted at all. */
const ignoredScope = ({ scope, problem }: UnknownScope): Ignored => ({
  file: '',
  what: `the CA scope of ${scope.subjectKeyIdentifier} in ${scope.publicKeyInfrastructureIdentifier}`,
  why: messageOf(problem.because),
});

function splitPeople(
  users: readonly ExportedUser[],
  { domains }: Tenant,
): [readonly ExportedUser[], readonly Ignored[]] {
  const isOfTenant = ({ userPrincipalName }: ExportedUser) => {
    const suffix = userPrincipalName.slice(userPrincipalName.lastIndexOf('@') + 1).toLowerCase();
    return domains.some(({ id, isVerified }) => isVerified && id === suffix);
  };
  const ignoredItem = users
    .filter((user) => !isOfTenant(user))
    .map(({ userPrincipalName: what }) => ({
      file: '',
      what,
      why: 'the domain of the name does not belong to this tenant',
    }));
  return [users.filter(isOfTenant), ignoredItem];
}

/** Only people who are taken over have values and are in groups. */
function documentOf({ document }: EntraExport, exportedUsers: readonly ExportedUser[]): TenantDocument {
  const names = new Set(exportedUsers.map(({ userPrincipalName }) => userPrincipalName));
  const groups = document.groups?.map(
    (group): DocumentedGroup => ({
      ...group,
      members: (group.members ?? []).filter((member) => !member.includes('@') || names.has(member)),
    }),
  );
  const users = exportedUsers
    .filter(({ certificateUserIds }) => certificateUserIds.length > 0)
    .map(({ userPrincipalName, certificateUserIds }) => ({ userPrincipalName, certificateUserIds }));
  return { ...document, ...(groups ? { groups } : {}), users };
}

async function addPeople(
  exportedUsers: readonly ExportedUser[],
  { actor, ports }: AdminContext,
): Promise<Ruling<readonly string[]>> {
  const addedPeople: string[] = [];
  for (const exportedUser of exportedUsers) {
    if (await ports.users.find(exportedUser.userPrincipalName)) continue;
    const userRuling = await takeOverUser(personOf(exportedUser), { actor, ports });
    if (userRuling.outcome !== 'passed') return userRuling;
    addedPeople.push(exportedUser.userPrincipalName);
  }
  return success(addedPeople);
}

/** Values come with the document, which compares them. */
const personOf = (exportedUser: ExportedUser): User => ({
  ...exportedUser,
  certificateUserIds: [],
  signInSessionsValidFromDateTime: undefined,
  groupIds: [],
});
