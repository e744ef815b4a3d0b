import { createContext, useContext } from 'react';
import type { Access, Area } from '#core/roles/areas.ts';
import { directoryRoles, everyMember } from '#core/roles/directory-roles.ts';

export type { Access, Area };

/** What a user with these roles (template ids) may read and write: the table that Graph itself decides by. */
export function rightsOf(roleTemplateIds: readonly string[]): ReadonlyMap<Area, Access> {
  const rights = new Map<Area, Access>(Object.entries(everyMember) as [Area, Access][]);
  for (const { templateId, may } of directoryRoles) {
    if (!roleTemplateIds.includes(templateId)) continue;
    for (const [area, access] of Object.entries(may) as [Area, Access][])
      if (access === 'write' || !rights.has(area)) rights.set(area, access);
  }
  return rights;
}

/** Names of the roles that give `access` to an area. */
export const rolesFor = (area: Area, access: Access): readonly string[] =>
  directoryRoles
    .filter(({ may }) => may[area] === 'write' || may[area] === access)
    .map(({ displayName }) => displayName);

export const RightsContext = createContext<ReadonlyMap<Area, Access>>(new Map());

/** What the user may do in an area. */
export function useMay(area: Area): {
  readonly read: boolean;
  readonly write: boolean;
  readonly writers: readonly string[];
} {
  const access = useContext(RightsContext).get(area);
  return { read: access !== undefined, write: access === 'write', writers: rolesFor(area, 'write') };
}
