import { listPath } from '../../graph/paths.ts';

/** A user as these pages read one. */
export interface User {
  readonly '@odata.etag'?: string;
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly mail: string | null;
  readonly userType: string | null;
  readonly accountEnabled: boolean;
  readonly createdDateTime: string | null;
  readonly onPremisesSyncEnabled: boolean | null;
}

/** With what only the page of one user needs. */
export interface WholeUser extends User {
  readonly givenName: string | null;
  readonly surname: string | null;
  readonly jobTitle: string | null;
  readonly department: string | null;
  readonly companyName: string | null;
  readonly employeeId: string | null;
  readonly officeLocation: string | null;
  readonly mobilePhone: string | null;
  readonly usageLocation: string | null;
  readonly preferredLanguage: string | null;
  readonly onPremisesUserPrincipalName: string | null;
  readonly onPremisesImmutableId: string | null;
  readonly onPremisesLastSyncDateTime: string | null;
  readonly signInSessionsValidFromDateTime: string | null;
  readonly authorizationInfo?: { readonly certificateUserIds: readonly string[] } | null;
}

export const listed = [
  'id',
  'displayName',
  'userPrincipalName',
  'mail',
  'userType',
  'accountEnabled',
  'createdDateTime',
  'onPremisesSyncEnabled',
] as const;

const whole = [
  ...listed,
  'givenName',
  'surname',
  'jobTitle',
  'department',
  'companyName',
  'employeeId',
  'officeLocation',
  'mobilePhone',
  'usageLocation',
  'preferredLanguage',
  'onPremisesUserPrincipalName',
  'onPremisesImmutableId',
  'onPremisesLastSyncDateTime',
  'signInSessionsValidFromDateTime',
];

/** Graph's path of a user. */
export const userPath = (id: string): string => `/users/${encodeURIComponent(id)}`;

/** The path by which the page of a user reads it; not every role may read how certificates are bound. */
export const wholeUserPath = (id: string, withBindings: boolean): string =>
  listPath(userPath(id), { select: withBindings ? [...whole, 'authorizationInfo'] : whole });

/** What a part of the page of a user gets. */
export interface UserPartProps {
  readonly user: WholeUser;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
}
