/** What a start finds wrong with the computer, the settings or the data folder. */
export const startReasons = {
  installationMissing: {
    cites: 'docs/admin/production.md',
    words: ({ folder }: { folder: string }) => `The data folder ${folder} does not contain an installation.`,
    remedy:
      'Specify the folder of the installation with --data or CARDEA_DATA. "cardea serve", "cardea demo", "cardea tenant add DOMAIN" and "cardea import entra FOLDER" create an installation.',
  },
  secretKeyMalformed: {
    cites: 'docs/settings.md',
    words: ({ source }: { source: string }) => `The secret key in ${source} is not 32 bytes in base64url.`,
    remedy:
      'Restore the secret key of this installation. For a new installation, make one with: openssl rand -base64 32 | tr "+/" "-_" | tr -d "="',
  },
  commandSocketExposed: {
    cites: 'docs/admin/production.md',
    words: ({ folder, problem }: { folder: string; problem: string }) =>
      `The server cannot have the socket on which it receives commands in ${folder}: ${problem}.`,
    remedy:
      'Remove that folder, or use a data folder on a file system that has sockets, with a path of less than 90 characters.',
  },
  tlsNameMissing: {
    cites: 'docs/settings.md',
    words: (e: { file: string; host: string; setting: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) does not name ${e.host}, the host of ${e.setting}.`,
    remedy: 'Get a certificate that names every host, or change the setting of the host.',
  },
  tlsCertificateExpired: {
    cites: 'docs/settings.md',
    words: (e: { file: string; end: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) expired at ${e.end}.`,
    remedy:
      'Replace tlsCertificateFile and tlsKeyFile with a new pair. A running server uses the new pair without a restart.',
  },
  tlsCertificateExpiring: {
    cites: 'docs/settings.md',
    words: (e: { file: string; end: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) expires at ${e.end}.`,
    remedy:
      'Replace tlsCertificateFile and tlsKeyFile with a new pair. A running server uses the new pair without a restart.',
  },
  tlsCertificateEarly: {
    cites: 'docs/settings.md',
    words: (e: { file: string; start: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) is valid from ${e.start}, which is later than the time of this computer.`,
    remedy: 'Correct the clock of this computer.',
  },
  tlsChainIncomplete: {
    cites: 'RFC 8446 §4.4.2',
    words: (e: { file: string; subject: string; issuer: string }) =>
      `In ${e.file} (tlsCertificateFile), the certificate of the issuer ${e.issuer} does not follow the certificate of ${e.subject}.`,
    remedy: 'Add the certificates of the intermediate CAs to the file, each after the certificate that it issued.',
  },
  clockOffset: {
    cites: 'docs/admin/production.md',
    words: (e: { seconds: number }) =>
      `The clock of this computer differs from that of the database (databaseUrl) by ${e.seconds} s.`,
    remedy:
      'Synchronize both clocks, for example with chrony. Tokens, CRLs and locks between nodes depend on the clocks.',
  },
  signInLogLimited: {
    cites: 'docs/settings.md',
    words: (e: { at: string; removedBefore: string }) =>
      `At ${e.at} the sign-in log was larger than signInLogMegabytes: entries from before ${e.removedBefore} were removed, although signInLogDays keeps them.`,
    remedy:
      'Raise signInLogMegabytes or lower signInLogDays. docs/admin/siem.md describes the delivery of events to a system that keeps them.',
  },
  settingFormer: {
    cites: 'docs/settings.md',
    words: (e: { place: string; current: string; advice: string }) =>
      e.current === ''
        ? `The setting ${e.place} has no effect any more. ${e.advice}`
        : `The setting ${e.place} was renamed to ${e.current}. Its value is still used. ${e.advice}`,
    remedy: '"cardea config show" prints the settings in force. CHANGELOG.md lists the settings that changed.',
  },
  settingUnknown: {
    cites: 'docs/reference/settings.md',
    words: (e: { setting: string; alike: string }) =>
      `There is no setting ${e.setting}${e.alike === '' ? '.' : `; did you mean ${e.alike}?`}`,
    remedy: 'See docs/settings.md for every setting. "cardea config show" prints the settings in force.',
  },
};
