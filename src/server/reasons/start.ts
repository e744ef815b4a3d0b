/** What a start finds wrong with the computer, the settings or the data folder. */
export const startReasons = {
  tlsFileUnusable: {
    references: 'docs/settings.md',
    message: (e: { setting: string; file: string; problem: string }) =>
      `The file ${e.file} of the setting ${e.setting} cannot be used: ${e.problem}.`,
    remedy:
      'Set tlsCertificateFile to a PEM file with the certificate and its chain, and tlsKeyFile to a PEM file with its key, without a password.',
  },
  installationMissing: {
    references: 'docs/admin/production.md',
    message: ({ folder, isElsewhere }: { folder: string; isElsewhere?: boolean }) =>
      isElsewhere
        ? 'The PostgreSQL database of the setting databaseUrl does not contain an installation.'
        : `The data folder ${folder} does not contain an installation.`,
    remedy:
      'Specify the folder of the installation with --data or CARDEA_DATA, or its database with --database or CARDEA_DATABASE_URL. "cardea serve", "cardea demo", "cardea tenant add DOMAIN" and "cardea restore FILE" create an installation.',
  },
  tlsNameMissing: {
    references: 'docs/settings.md',
    message: (e: { file: string; host: string; setting: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) does not name ${e.host}, the host of ${e.setting}.`,
    remedy: 'Get a certificate that names every host, or change the setting of the host.',
  },
  tlsCertificateExpired: {
    references: 'docs/settings.md',
    message: (e: { file: string; end: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) expired at ${e.end}.`,
    remedy:
      'Replace tlsCertificateFile and tlsKeyFile with a new pair. A running server uses the new pair without a restart.',
  },
  tlsCertificateExpiring: {
    references: 'docs/settings.md',
    message: (e: { file: string; end: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) expires at ${e.end}.`,
    remedy:
      'Replace tlsCertificateFile and tlsKeyFile with a new pair. A running server uses the new pair without a restart.',
  },
  tlsCertificateEarly: {
    references: 'docs/settings.md',
    message: (e: { file: string; start: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) is valid from ${e.start}, which is later than the time of this computer.`,
    remedy: 'Correct the clock of this computer.',
  },
  tlsUsageMissing: {
    references: 'RFC 5280 §4.2.1.12',
    message: (e: { file: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) is not for servers: its extended key usage does not have serverAuth.`,
    remedy: 'Get a certificate for TLS servers.',
  },
  tlsChainExpired: {
    references: 'RFC 5280 §6.1.3 (a) (2)',
    message: (e: { file: string; subject: string; end: string }) =>
      `In ${e.file} (tlsCertificateFile), the certificate of the CA ${e.subject} expired at ${e.end}.`,
    remedy: 'Replace the certificate of the CA in the file. Its issuer publishes the present one.',
  },
  tlsChainIncomplete: {
    references: 'RFC 8446 §4.4.2',
    message: (e: { file: string; subject: string; issuer: string }) =>
      `In ${e.file} (tlsCertificateFile), the certificate of the issuer ${e.issuer} does not follow the certificate of ${e.subject}.`,
    remedy: 'Add the certificates of the intermediate CAs to the file, each after the certificate that it issued.',
  },
  clockOffset: {
    references: 'docs/admin/production.md',
    message: (e: { seconds: number }) =>
      `The clock of this computer differs from that of the database (databaseUrl) by ${e.seconds} s.`,
    remedy:
      'Synchronize both clocks, for example with chrony. Tokens, CRLs and locks between nodes depend on the clocks.',
  },
  fileNotPrivate: {
    references: 'docs/admin/production.md',
    message: (e: { file: string; users: string; mode: string }) =>
      `The file ${e.file} is accessible to ${e.users} (mode ${e.mode}).`,
    remedy:
      'Give the file mode 600, for example with "chmod 600". If another user may have read secret.key, add a new secret with "cardea keys rotate".',
  },
  dataFolderOnNetwork: {
    references: 'docs/admin/production.md',
    message: (e: { folder: string; kind: string }) =>
      `The data folder ${e.folder} is on a network file system (${e.kind}), on which SQLite can lose data.`,
    remedy: 'Use a local file system for the data folder, or a PostgreSQL database (databaseUrl).',
  },
  settingFormer: {
    references: 'docs/settings.md',
    message: (e: { place: string; current: string; advice: string }) =>
      e.current === ''
        ? `The setting ${e.place} has no effect any more. ${e.advice}`
        : `The setting ${e.place} was renamed to ${e.current}. Its value is still used. ${e.advice}`,
    remedy: '"cardea config show" prints the settings in force. CHANGELOG.md lists the settings that changed.',
  },
  settingUnknown: {
    references: 'docs/reference/settings.md',
    message: (e: { setting: string; alike: string }) =>
      `There is no setting ${e.setting}${e.alike === '' ? '.' : `; did you mean ${e.alike}?`}`,
    remedy: 'See docs/settings.md for every setting. "cardea config show" prints the settings in force.',
  },
};
