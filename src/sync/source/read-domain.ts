import {
  AndFilter,
  type Entry,
  EqualityFilter,
  type Filter,
  FilterParser,
  GreaterThanEqualsFilter,
  OrFilter,
} from 'ldapts';
import { readAttributes } from '#core/synchronisation/mapping.ts';
import { guidFrom, octetsOfGuid, type SourceObject } from '#core/synchronisation/source-object.ts';
import { fault } from '#core/trace/fault.ts';
import type { SourceKind, SyncCursor } from '#model/synchronisation.ts';
import type { SynchronisedDomain } from '#schema/directory-synchronisation.ts';
import { type Connection, firstLine } from './connection.ts';
import { memberPortion, objectOf, sourceIdOf, valuesIn } from './entries.ts';
import { filterText, type Search, searchAll, searchPages } from './search.ts';

/** A domain controller as it describes itself. */
export interface DomainController {
  readonly base: string;
  /** Changes when its database was restored; another controller has another one. */
  readonly invocationId: string;
  readonly highestUsn: string;
}

export interface ReadOptions {
  readonly domain: SynchronisedDomain;
  /** Attributes that the expression reads, besides the usual ones. */
  readonly furtherAttributes: readonly string[];
  /** Members of a group that are asked for at once: Active Directory gives 1,500. */
  readonly membersAtOnce: number;
}

/** Members of a group that Active Directory gives in one answer. */
export const usualMembersAtOnce = 1500;

/** Asks a domain controller what it is. @throws syncServerUnsuitable */
export async function describeController(connection: Connection, server: string): Promise<DomainController> {
  connection.count.requests += 1;
  const { searchEntries } = await connection.client
    .search('', { scope: 'base', attributes: ['defaultNamingContext', 'dsServiceName', 'highestCommittedUSN'] })
    .catch((problem: unknown) => {
      throw fault('syncServerUnsuitable', { server, problem: firstLine(problem) }, problem);
    });
  const root = searchEntries[0];
  const [base] = root ? valuesIn(root, 'defaultNamingContext') : [];
  const [service] = root ? valuesIn(root, 'dsServiceName') : [];
  const [highestUsn] = root ? valuesIn(root, 'highestCommittedUSN') : [];
  if (base === undefined || service === undefined || highestUsn === undefined)
    throw fault('syncServerUnsuitable', { server, problem: 'it does not describe itself as a domain controller' });
  const search: Search = { base: service, scope: 'base', filter: '(objectClass=*)', attributes: ['invocationId'] };
  const [settings] = await searchAll(connection, server, search);
  const octets = Buffer.from((settings && valuesIn(settings, 'invocationId')[0]) ?? '', 'base64');
  const invocationId = guidFrom(octets);
  if (invocationId === undefined)
    throw fault('syncServerUnsuitable', { server, problem: 'the account may not read its invocationId' });
  return { base, invocationId, highestUsn };
}

const classFilters: Readonly<Record<SourceKind, string>> = {
  user: '(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE))',
  group: '(objectClass=group)(!(isCriticalSystemObject=TRUE))',
  computer: '(objectClass=computer)(userCertificate=*)',
};
const kinds: readonly SourceKind[] = ['user', 'group', 'computer'];

/** Only members of the groups of the scope, in any depth (LDAP_MATCHING_RULE_IN_CHAIN), and these groups. */
function groupFilterOf({ groups }: SynchronisedDomain): string {
  if (!groups) return '';
  const parts = groups.map(
    (dn) => `(memberOf:1.2.840.113556.1.4.1941:=${filterText(dn)})(distinguishedName=${filterText(dn)})`,
  );
  return `(|${parts.join('')})`;
}

/**
 * The objects in the scope, page by page. With `only`, those that match this filter as well.
 * @throws syncSearchFailed
 */
export async function* readObjects(
  connection: Connection,
  controller: DomainController,
  options: ReadOptions,
  only?: Filter,
): AsyncGenerator<SourceObject> {
  const { domain } = options;
  const filters = { user: domain.userFilter, group: domain.groupFilter, computer: domain.computerFilter };
  for (const kind of kinds.filter((one) => domain.kinds?.includes(one) ?? true))
    for (const base of domain.containers ?? [controller.base]) {
      // A computer is in no group of people; it is chosen by its container.
      const groups = kind === 'computer' ? '' : groupFilterOf(domain);
      const inScope = `(&${classFilters[kind]}${filters[kind] ?? ''}${groups})`;
      const filter = only ? new AndFilter({ filters: [FilterParser.parseString(inScope), only] }) : inScope;
      const search = { base, filter, attributes: attributesOf(kind, options) };
      for await (const page of searchPages(connection, domain.server, search))
        for (const entry of page) {
          const members = kind === 'group' ? await membersOf(connection, entry, options) : [];
          const object = objectOf(entry, kind, members);
          if (object) yield object;
        }
    }
}

const attributesOf = (kind: SourceKind, { furtherAttributes, membersAtOnce }: ReadOptions): readonly string[] => [
  ...readAttributes.every,
  ...readAttributes[kind],
  ...(kind === 'user' ? furtherAttributes : []),
  ...(kind === 'group' ? [`member;range=0-${membersAtOnce - 1}`] : []),
];

/** Every member of a group: those that came with it, and the portions after them. */
async function membersOf(connection: Connection, group: Entry, options: ReadOptions): Promise<readonly string[]> {
  const first = memberPortion(group);
  const ids = [...first.ids];
  for (let from = first.next; from !== undefined; ) {
    const attribute = `member;range=${from}-${from + options.membersAtOnce - 1}`;
    const search: Search = {
      base: `<GUID=${sourceIdOf(group)}>`,
      scope: 'base',
      filter: '(objectClass=*)',
      attributes: [attribute],
    };
    const [entry] = await searchAll(connection, options.domain.server, search);
    const portion = entry ? memberPortion(entry) : { ids: [], next: undefined };
    ids.push(...portion.ids);
    from = portion.next;
  }
  return ids;
}

/** What changed since a cursor, in the scope or not. */
export interface Changes {
  readonly sourceIds: readonly string[];
  /** A container was renamed or moved, or the membership of a scope may have changed: only a full run sees what that means. */
  readonly needsFull: boolean;
}

/** The objects whose update sequence number is above the cursor's, deleted ones too. @throws syncSearchFailed */
export async function readChanges(
  connection: Connection,
  controller: DomainController,
  { domain }: Pick<ReadOptions, 'domain'>,
  { usn }: SyncCursor,
): Promise<Changes> {
  const classes = ['user', 'group', 'computer', 'organizationalUnit', 'container'];
  const filter = `(&(uSNChanged>=${BigInt(usn) + 1n})(|${classes.map((name) => `(objectClass=${name})`).join('')}))`;
  const search: Search = {
    base: controller.base,
    filter,
    attributes: ['objectGUID', 'objectClass'],
    isWithDeleted: true,
  };
  const sourceIds: string[] = [];
  let needsFull = false;
  for await (const page of searchPages(connection, domain.server, search))
    for (const entry of page) {
      const names = valuesIn(entry, 'objectClass');
      const isContainer = names.includes('organizationalUnit') || names.includes('container');
      needsFull ||= isContainer || (domain.groups !== undefined && names.includes('group'));
      const sourceId = sourceIdOf(entry);
      if (sourceId !== undefined && !isContainer) sourceIds.push(sourceId);
    }
  return { sourceIds, needsFull };
}

/** Matches objects that changed after a cursor, and those with these ids. A filter in text cannot hold the octets of an id. */
export const changedOrNamed = (usn: string, sourceIds: readonly string[]): Filter =>
  new OrFilter({
    filters: [
      new GreaterThanEqualsFilter({ attribute: 'uSNChanged', value: `${BigInt(usn) + 1n}` }),
      ...sourceIds.map((id) => new EqualityFilter({ attribute: 'objectGUID', value: Buffer.from(octetsOfGuid(id)) })),
    ],
  });
