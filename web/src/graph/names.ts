import { useQueries } from '@tanstack/react-query';
import { plainHex } from '#core/hex.ts';
import { authoritiesPath } from './authorities.ts';
import { listPath, literal } from './paths.ts';
import { allQuery } from './queries.ts';

/** A `$filter` takes a hundred values. */
const mostIds = 100;

/** The paths that read objects of the directory by their ids. */
const byIds =
  (path: string) =>
  (ids: readonly string[]): readonly string[] =>
    Array.from({ length: Math.ceil(ids.length / mostIds) }, (_, at) => {
      const part = ids.slice(at * mostIds, (at + 1) * mostIds);
      const filter = `id in (${part.map(literal).join(',')})`;
      return listPath(path, { select: ['id', 'displayName'], filter, top: mostIds });
    });

/** A list that is short, and read as a whole. */
const whole = (path: string) => (): readonly string[] => [path];

/** Where the names of objects are read. The id of a service principal is its appId, that of a CA its subject key identifier. */
const kinds = {
  users: byIds('/users'),
  groups: byIds('/groups'),
  servicePrincipals: byIds('/servicePrincipals'),
  directoryRoles: whole('/directoryRoleTemplates'),
  namedLocations: whole('/identity/conditionalAccess/namedLocations'),
  authenticationContexts: whole('/identity/conditionalAccess/authenticationContextClassReferences'),
  authenticationStrengths: whole('/policies/authenticationStrengthPolicies'),
  authorities: whole(authoritiesPath),
} as const;

export type NamedKind = keyof typeof kinds;

/** What an object is called; its id until the name is read, and where there is no such object. */
export type NameOf = (kind: NamedKind, id: string) => string;

/** An object that something refers to by its id. */
export interface Reference {
  readonly kind: NamedKind;
  readonly id: string;
}

interface NamedRow {
  readonly id?: string;
  readonly subjectKeyIdentifier?: string | null;
  readonly displayName: string | null;
}

/** Ids are compared without regard to case, and key identifiers of CAs as the server compares them. */
const keyOf = ({ kind, id }: Reference): string =>
  `${kind} ${kind === 'authorities' ? plainHex(id) : id.toLowerCase()}`;

/** Reads the names of objects by their ids: one request for a hundred objects of a kind. */
export function useNames(references: readonly Reference[]): NameOf {
  const sources = (Object.keys(kinds) as NamedKind[]).flatMap((kind) => {
    const ids = [...new Set(references.filter((item) => item.kind === kind).map(({ id }) => id.toLowerCase()))];
    return ids.length === 0 ? [] : kinds[kind](ids.sort()).map((path) => ({ kind, path }));
  });
  const answers = useQueries({
    queries: sources.map(({ path }) => ({ ...allQuery<NamedRow>(path), staleTime: 60_000 })),
  });
  const names = new Map<string, string>();
  for (const [at, { data }] of answers.entries())
    for (const { displayName, id, subjectKeyIdentifier } of data ?? []) {
      const { kind } = sources[at]!;
      const key = kind === 'authorities' ? subjectKeyIdentifier : id;
      if (key && displayName) names.set(keyOf({ kind, id: key }), displayName);
    }
  return (kind, id) => names.get(keyOf({ kind, id })) ?? id;
}
