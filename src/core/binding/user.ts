/** A person in the directory, as far as deciding needs. Names are Graph's. */
export interface User {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly onPremisesUserPrincipalName: string | undefined;
  readonly displayName: string;
  readonly mail: string | undefined;
  readonly accountEnabled: boolean;
  readonly certificateUserIds: readonly string[];
  /** Refresh tokens and sessions from before this moment are refused (REV-2). ISO 8601 UTC, or undefined. */
  readonly signInSessionsValidFromDateTime: string | undefined;
  /** Ids of every group the user is in, nested ones included. */
  readonly groupIds: readonly string[];
}

/** "Who has this?", asked of the directory in one round. Values are compared by the property's own normal form. */
export interface DirectoryQuestion {
  readonly property: 'userPrincipalName' | 'onPremisesUserPrincipalName' | 'certificateUserIds';
  readonly value: string;
}
export interface DirectoryAnswer {
  readonly question: DirectoryQuestion;
  readonly users: readonly User[];
}
