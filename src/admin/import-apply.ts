import type { User } from '../core/binding/user.ts';
import type { AdminPorts, Tenant } from '../ports.ts';
import type { Difference } from './differences.ts';
import { checkNamesIn } from './entered.ts';
import type { EntraExport, ExportedUser, Ignored } from './import-entra.ts';
import { applyDocument } from './policies.ts';
import type { DocumentedGroup, TenantDocument } from './tenant-document.ts';

/** What taking over an export did, or would do. */
export interface Imported {
  /** User principal names of people who were not there. */
  readonly added: readonly string[];
  readonly differences: readonly Difference[];
  readonly ignored: readonly Ignored[];
}

/** Leaves the transaction of a dry run behind without a trace. */
class OnlyAsked extends Error {
  readonly imported: Imported;
  constructor(imported: Imported) {
    super('a dry run');
    this.imported = imported;
  }
}

/**
 * Makes a tenant what an Entra tenant's export says, whole or not at all. People keep their object ids; those of a domain
 * that is not the tenant's are left out, and told. Doing it twice changes nothing more.
 * @throws whatever is wrong with a value, as {@link applyDocument}
 */
export async function importEntra(
  found: EntraExport,
  tenant: Tenant,
  actor: string,
  at: Date,
  ports: AdminPorts,
  options: { readonly dryRun: boolean },
): Promise<Imported> {
  const [own, ignored] = ownPeople(found.users, tenant);
  checkNamesIn(own);
  const document = documentOf(found, own);
  try {
    return await ports.atomically(async (inside) => {
      const added = await addPeople(own, actor, inside);
      const { differences } = await applyDocument(document, actor, at, inside, { dryRun: false });
      const imported = { added, differences, ignored: [...found.ignored, ...ignored] };
      if (options.dryRun) throw new OnlyAsked(imported);
      return imported;
    });
  } catch (thrown) {
    if (thrown instanceof OnlyAsked) return thrown.imported;
    throw thrown;
  }
}

function ownPeople(users: readonly ExportedUser[], { domains }: Tenant): [readonly ExportedUser[], readonly Ignored[]] {
  const isOwn = ({ userPrincipalName }: ExportedUser) => {
    const suffix = userPrincipalName.slice(userPrincipalName.lastIndexOf('@') + 1).toLowerCase();
    return domains.some(({ id, isVerified }) => isVerified && id === suffix);
  };
  const ignored = users
    .filter((user) => !isOwn(user))
    .map(({ userPrincipalName: what }) => ({
      file: '',
      what,
      why: 'the domain of the name is not one of this tenant’s',
    }));
  return [users.filter(isOwn), ignored];
}

/** Only people who are taken over have values and are in groups. */
function documentOf({ document }: EntraExport, own: readonly ExportedUser[]): TenantDocument {
  const names = new Set(own.map(({ userPrincipalName }) => userPrincipalName));
  const groups = document.groups?.map(
    (group): DocumentedGroup => ({
      ...group,
      members: (group.members ?? []).filter((member) => !member.includes('@') || names.has(member)),
    }),
  );
  const users = own
    .filter(({ certificateUserIds }) => certificateUserIds.length > 0)
    .map(({ userPrincipalName, certificateUserIds }) => ({ userPrincipalName, certificateUserIds }));
  return { ...document, ...(groups ? { groups } : {}), users };
}

async function addPeople(own: readonly ExportedUser[], actor: string, ports: AdminPorts): Promise<readonly string[]> {
  const added: string[] = [];
  for (const exported of own) {
    if (await ports.users.find(exported.userPrincipalName)) continue;
    await ports.users.add(personOf(exported), actor);
    added.push(exported.userPrincipalName);
  }
  return added;
}

/** Values come with the document, which compares them. */
const personOf = (exported: ExportedUser): User => ({
  ...exported,
  certificateUserIds: [],
  signInSessionsValidFromDateTime: undefined,
  groupIds: [],
});
