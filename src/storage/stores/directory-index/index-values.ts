import { applicationObjectId } from '#core/directory/application-object-id.ts';
import { type IndexRow, indexRows } from '#core/directory/index-keys.ts';
import type { Application } from '#model/application.ts';
import type { Device } from '#model/device.ts';
import type { Group } from '#model/group.ts';
import type { UserEntry } from '#model/user.ts';

/** An object as its store has it, with its id. */
export type IndexedObject =
  | { readonly kind: 'user'; readonly id: string; readonly object: Omit<UserEntry, 'hasPassword'> }
  | { readonly kind: 'group'; readonly id: string; readonly object: Group }
  | { readonly kind: 'device'; readonly id: string; readonly object: Device }
  | { readonly kind: 'application'; readonly id: string; readonly object: Application };

/** The rows by which lists find an object. */
export const rowsOf = (item: IndexedObject): readonly IndexRow[] => indexRows(item.kind, valuesOf(item));

function valuesOf(item: IndexedObject): Readonly<Record<string, unknown>> {
  switch (item.kind) {
    case 'user':
      return valuesOfUser(item.object);
    case 'group':
      return valuesOfGroup(item.object);
    case 'device':
      return inLowerCase(item.object);
    case 'application':
      return valuesOfApplication(item.object);
  }
}

function valuesOfUser({
  user,
  profile,
  createdDateTime,
}: Omit<UserEntry, 'hasPassword'>): Readonly<Record<string, unknown>> {
  const { certificateUserIds, ...rest } = user;
  return {
    ...inLowerCase({ ...rest, createdDateTime, ...profile }),
    'authorizationinfo/certificateuserids': certificateUserIds,
  };
}

/** Graph shows the beginning of the id where a group has no mail nickname. */
const valuesOfGroup = ({ id, displayName, createdDateTime, profile }: Group) =>
  inLowerCase({ mailNickname: id.slice(0, 8), displayName, createdDateTime, ...profile });

/** A service principal may have a display name of its own. */
const valuesOfApplication = (application: Application) => ({
  ...inLowerCase(application),
  objectid: applicationObjectId(application.appId),
  principalname: (application.profile?.servicePrincipal as { displayName?: unknown } | undefined)?.displayName,
});

const inLowerCase = (values: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
