import type { Nothing } from '#core/trace/reason.ts';

/** The data folder and the database. */
export const storageReasons = {
  dataFolderInUse: {
    entra: 90033,
    references: 'ARCHITECTURE.md#decisions',
    message: ({ folder }: { folder: string }) => `The data folder ${folder} is in use by another cardea process.`,
    remedy:
      'Stop the other process, specify another folder with --data, or use PostgreSQL, which several processes can share.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  dataFolderNotWritable: {
    entra: 90033,
    references: 'POSIX open(2)',
    message: ({ folder, problem }: { folder: string; problem: string }) =>
      `Cardea cannot write to the data folder ${folder}: ${problem}.`,
    remedy: 'Give the user that runs Cardea write permission, or specify another folder with --data.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  dataFolderUnusable: {
    references: 'docs/settings.md',
    message: (e: { path: string; problem: string }) =>
      `The data folder (dataFolder) cannot be used: ${e.path} ${e.problem}.`,
    remedy: 'Move away what is there, or specify another folder with --data or CARDEA_DATA.',
  },
  databaseLost: {
    references: 'docs/admin/production.md',
    message: ({ folder, state }: { folder: string; state: 'empty' | 'missing' }) =>
      `The data folder ${folder} is that of an installation, and its database cardea.db is ${state}.`,
    remedy:
      'If the database is PostgreSQL, set databaseUrl. Otherwise move the folder away, and restore a backup with "cardea restore FILE" or start a new installation.',
  },
  dataFileUnusable: {
    references: 'docs/settings.md',
    message: ({ path }: { path: string }) =>
      `${path} of the data folder cannot be opened: its own user, who runs Cardea, has no permission for it.`,
    remedy: 'Give this user the permissions that Cardea gave: 0600 for a file, and 0700 for a folder.',
  },
  dataFolderOfOther: {
    references: 'docs/admin/packages.md',
    message: (e: { path: string; owner: string; user: string }) =>
      `${e.path} belongs to the user ${e.owner}, and this command runs as ${e.user}.`,
    remedy:
      'Run the command as that user, for example: sudo -u cardea cardea tenant list. To let another user run Cardea, give this user the data folder with everything in it.',
  },
  diskFull: {
    entra: 90033,
    references: 'SQLITE_FULL',
    message: ({ folder }: { folder: string }) => `The disk of ${folder} is full.`,
    remedy: 'Free space on the disk. No data was lost. Writes work again as soon as there is space.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseSyncFailed: {
    entra: 90033,
    references: 'POSIX fdatasync(2)',
    message: ({ folder, problem }: { folder: string; problem: string }) =>
      `The disk did not take the write-ahead log of the database in ${folder}: ${problem}.`,
    remedy:
      'Check the disk, and that it has space. A server ends with this reason. Start it again: it continues with what is on the disk. No change that was confirmed is lost.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseDamaged: {
    entra: 90033,
    references: 'SQLITE_CORRUPT, SQLITE_NOTADB',
    message: ({ problem }: { problem: string }) => `The database cannot be used: ${problem}.`,
    remedy: 'Restore the data folder from a backup. Nothing was changed.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseNewer: {
    entra: 90033,
    references: 'docs/settings.md',
    message: (e: { migration: string; last: string }) =>
      `The database was last used by a newer version of Cardea: it has the migration ${e.migration}, and the last migration of this program is ${e.last}.`,
    remedy: 'Run the newer version, or restore the backup that was made before the update. Nothing was changed.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseOlder: {
    entra: 90033,
    references: 'docs/admin/production.md',
    message: ({ migration }: { migration: string }) =>
      `The database is of an earlier version of Cardea: it does not have the migration ${migration}. Nothing was changed.`,
    remedy:
      'Back up the database with "cardea backup FILE" or pg_dump, then run "cardea migrate" or "cardea serve", which upgrade it. An earlier version cannot open it afterwards.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseSchemaChanged: {
    entra: 90033,
    references: 'docs/settings.md',
    message: (e: { migration: string; problem: string }) =>
      `The database does not match this program. Migration ${e.migration}: ${e.problem}.`,
    remedy: 'Run the program that created the database, or an official release. Nothing was changed.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseUnavailable: {
    entra: 90033,
    references: 'SQLSTATE 08006',
    message: ({ host, problem }: { host: string; problem: string }) =>
      `The PostgreSQL server at ${host} cannot be used: ${problem}.`,
    remedy: 'Start the PostgreSQL server, or correct the address in --database or CARDEA_DATABASE_URL.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  databaseBusy: {
    entra: 90033,
    references: 'ARCHITECTURE.md#decisions',
    message: ({ folder, seconds }: { folder: string; seconds: number }) =>
      `Another process of this server locked the database in ${folder} for more than ${seconds} seconds.`,
    remedy: 'Try again. If the problem persists, check for a slow disk, or use PostgreSQL.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  changesTooSlow: {
    entra: 90033,
    references: 'ARCHITECTURE.md#decisions',
    message: ({ seconds }: { seconds: number }) =>
      `Earlier changes of this tenant took more than ${seconds} seconds, so this change was not made.`,
    remedy: 'Try again. If the problem persists, check for a slow database, and send fewer changes at once.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  userPrincipalNameTaken: {
    references: 'UB-16',
    message: ({ userPrincipalName }: { userPrincipalName: string }) =>
      `The name ${userPrincipalName} belongs to another user of this tenant.`,
    remedy:
      'Choose another name (newUserPrincipalName or --upn for a deleted user that is restored), or rename the other user first.',
  },
  mailTaken: {
    references: 'graph-api §6.1',
    message: ({ address }: { address: string }) => `The address ${address} belongs to another user of this tenant.`,
    remedy:
      'Choose another address, or change the address of the other user first. A deleted user can be restored without it (autoReconcileProxyConflict or --leave-taken-mail).',
  },
  certificateUserIdTaken: {
    references: 'UB-16',
    message: ({ value }: { value: string }) =>
      `The certificateUserIds value ${value} belongs to another user of this tenant.`,
    remedy: 'Remove the value from the other user first. A value can belong to one user only.',
  },
  policyEditedMeanwhile: {
    references: '§2',
    message: (_: Nothing) => 'Another administrator has changed the policy or the trust store in the meantime.',
    remedy: 'Read the current state, then repeat the change.',
  },
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly storage: typeof storageReasons;
  }
}
