/** What a start finds wrong with the computer, the settings or the data folder. */
export const startReasons = {
  installationMissing: {
    cites: 'docs/admin/production.md',
    words: ({ folder }: { folder: string }) => `The data folder ${folder} has no installation.`,
    remedy:
      'Name the folder of the installation with --data or CARDEA_DATA. "cardea serve", "cardea demo", "cardea tenant add DOMAIN" and "cardea import entra FOLDER" create an installation.',
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
    remedy: 'Replace tlsCertificateFile and tlsKeyFile by a new pair: a running server takes it without a restart.',
  },
  tlsCertificateExpiring: {
    cites: 'docs/settings.md',
    words: (e: { file: string; end: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) expires at ${e.end}.`,
    remedy: 'Replace tlsCertificateFile and tlsKeyFile by a new pair: a running server takes it without a restart.',
  },
  tlsCertificateEarly: {
    cites: 'docs/settings.md',
    words: (e: { file: string; start: string }) =>
      `The certificate in ${e.file} (tlsCertificateFile) is valid from ${e.start} on, and that is later than the clock of this computer.`,
    remedy: 'Set the clock of this computer.',
  },
  tlsChainIncomplete: {
    cites: 'RFC 8446 §4.4.2',
    words: (e: { file: string; subject: string; issuer: string }) =>
      `In ${e.file} (tlsCertificateFile), the certificate of ${e.subject} is not followed by that of its issuer, ${e.issuer}.`,
    remedy: 'Put the certificates of the intermediate CAs into the file, each after the one that it issued.',
  },
  clockOffset: {
    cites: 'docs/admin/production.md',
    words: (e: { seconds: number }) =>
      `The clock of this computer differs from that of the database (databaseUrl) by ${e.seconds} s.`,
    remedy: 'Synchronise both clocks, for example by chrony: tokens, CRLs and locks between nodes depend on them.',
  },
  settingUnknown: {
    cites: 'docs/reference/settings.md',
    words: (e: { setting: string; alike: string }) =>
      `There is no setting ${e.setting}${e.alike === '' ? '' : `; ${e.alike} is meant perhaps`}.`,
    remedy: 'docs/settings.md lists every setting. "cardea config show" prints those in force.',
  },
};
