import type { Nothing } from '../reason.ts';

/** What an administrator does by command line or API, and what can be wrong with it. */
export const administrationReasons = {
  commandMisused: {
    cites: 'cardea --help',
    words: (e: { problem: string }) => e.problem,
    remedy:
      'Run `cardea COMMAND --help` for the arguments and options of a command, or `cardea --help` for all commands.',
  },
  fileUnreadable: {
    cites: 'cardea --help',
    words: (e: { file: string; problem: string }) => `${e.file} cannot be read: ${e.problem}`,
    remedy: 'Check the path and its permissions.',
  },
  settingInvalid: {
    cites: 'docs/settings.md',
    words: (e: { setting: string; problem: string }) => `the setting ${e.setting} is wrong: ${e.problem}`,
    remedy: 'docs/settings.md lists every setting with its form.',
  },
  tlsFileUnusable: {
    cites: 'docs/settings.md',
    words: (e: { setting: string; file: string; problem: string }) =>
      `the file ${e.file} of the setting ${e.setting} cannot be used: ${e.problem}`,
    remedy:
      'Give tlsCertificateFile a PEM file with the certificate and its chain, and tlsKeyFile the PEM file of its key, without a password.',
  },
  sourceThrottled: {
    cites: 'RFC 6585 §4',
    words: (e: { seconds: number }) => `too many requests from this address; try again in ${e.seconds} seconds`,
    remedy: 'docs/settings.md lists the limits of one source address and how a reverse proxy is made known.',
  },
  nothingFound: {
    cites: 'cardea --help',
    words: (e: { kind: string; wanted: string }) => `there is no ${e.kind} "${e.wanted}"`,
    remedy: 'The `list` command of the same kind names what there is.',
  },
  tenantAmbiguous: {
    cites: 'cardea --help',
    words: (e: { tenants: readonly string[] }) => `there are several tenants (${e.tenants.join(', ')}); say which`,
    remedy: 'Add --tenant with an id or a domain.',
  },
  groupAmbiguous: {
    cites: 'cardea --help',
    words: (e: { name: string; ids: readonly string[] }) =>
      `several groups have the name "${e.name}" (${e.ids.join(', ')}); say which`,
    remedy: 'Give the id of the group.',
  },
  tenantNotConfirmed: {
    cites: 'docs/admin/tenants.md',
    words: (e: { domain: string; losses: string }) =>
      `removing the tenant ${e.domain} removes for good ${e.losses}. Nothing was removed`,
    remedy: 'To remove it all the same, give the name of the tenant in the same command: --confirm DOMAIN.',
  },
  tenantIsLast: {
    cites: 'docs/admin/tenants.md',
    words: (e: { domain: string }) => `${e.domain} is the only tenant of this installation`,
    remedy: 'Add another tenant first, or stop the server and remove the data folder.',
  },
  logoutAddressRefused: {
    cites: 'OpenID Connect Back-Channel Logout 1.0 §2.5',
    words: (e: { url: string; problem: string }) => `no logout notice is sent to ${e.url}: ${e.problem}`,
    remedy: 'Give the application an address that the setting logoutPrivateAddresses allows.',
  },
  addressNeverReached: {
    cites: 'RFC 6890',
    words: (e: { part: string; url: string; problem: string }) =>
      `${e.url} cannot be used as ${e.part}: ${e.problem}, to which no connection is ever made`,
    remedy: 'Give the address of a host that is reached over the network.',
  },
  addressPrivate: {
    cites: 'docs/settings.md#addresses-that-cardea-connects-to',
    words: (e: { part: string; url: string; host: string; setting: string }) =>
      `${e.url} cannot be used as ${e.part}: ${e.host} is a private address, which the setting ${e.setting} refuses`,
    remedy: 'Give a public address, or allow private ones with the setting that the message names.',
  },
  domainTaken: {
    cites: '§1.2',
    words: (e: { domain: string }) => `the domain ${e.domain} belongs to a tenant already`,
    remedy: 'A domain can be verified in one tenant only.',
  },
  domainMalformed: {
    cites: '§1.2',
    words: (e: { domain: string }) => `"${e.domain}" is no domain name`,
    remedy: 'Letters, digits, hyphens and dots; no blanks.',
  },
  domainUnproven: {
    cites: 'graph-api §9',
    words: (e: { domain: string; text: string }) => `${e.domain} has no TXT record that says "${e.text}"`,
    remedy:
      'Publish the record that verificationDnsRecords names, and verify again once it can be seen from this server. Where this installation has one tenant only, `?force=true` does without.',
  },
  domainForceRefused: {
    cites: 'graph-api §9',
    words: (e: { tenants: number }) =>
      `this installation has ${e.tenants} tenants, so that a domain must be proved by its TXT record: it could be another’s`,
    remedy: 'Publish the record and verify without `?force=true`.',
  },
  domainNeeded: {
    cites: 'graph-api §9',
    words: (e: { domain: string }) => `${e.domain} is the tenant’s default domain`,
    remedy: 'Make another verified domain the default first.',
  },
  userDomainForeign: {
    cites: 'FLOW-2',
    words: (e: { userPrincipalName: string; domains: readonly string[] }) =>
      `${e.userPrincipalName} is in none of this tenant's domains (${e.domains.join(', ')})`,
    remedy: 'Use a user name in a verified domain of the tenant.',
  },
  policyEditedMeanwhile: {
    cites: '§2',
    words: (_: Nothing) => 'another administrator edited the policy or the trust store meanwhile',
    remedy: 'Look at what it is now, then repeat the change.',
  },
  lastAdministratorShutOut: {
    cites: '§2',
    words: (e: {
      administrators: readonly {
        id?: string;
        userPrincipalName: string;
        code: string;
        reasonText?: string | undefined;
      }[];
    }) =>
      `afterwards no Global Administrator could sign in: ${e.administrators.map((administrator) => `${administrator.userPrincipalName} (${administrator.code})`).join(', ')}`,
    remedy: 'Give one of them another way in first, a password or a passkey.',
    person:
      'This cannot be removed: afterwards no administrator of your organisation could sign in. Add another way to sign in first.',
  },
  policyDocumentUnreadable: {
    cites: 'Appendix A',
    words: (e: { problem: string }) => `the policy document cannot be used: ${e.problem}`,
    remedy: '`cardea policy get` prints one of the right form.',
  },
  textHoldsControls: {
    cites: 'RFC 8264 §4.2.3',
    words: (e: { part: string }) => `${e.part} holds a control, a bidirectional or an invisible character`,
    remedy: 'Write the text again without it.',
  },
  textTooLong: {
    cites: 'graph-api §6',
    words: (e: { part: string; length: number; limit: number }) =>
      `${e.part} has ${e.length} characters, at most ${e.limit} are allowed`,
    remedy: 'Shorten it.',
  },
  linkInvalid: {
    cites: 'RFC 9110 §4.2.2, RFC 8252 §7.3',
    words: (e: { part: string; link: string }) => `${e.link} cannot be used as ${e.part}: it is not an https address`,
    remedy: 'Use an https:// address without a user name, or http:// to localhost.',
  },
  redirectUriInvalid: {
    cites: 'RFC 6749 §3.1.2',
    words: (e: { uri: string; problem: string }) => `${e.uri} cannot be a redirect URI: ${e.problem}`,
    remedy: 'Use an absolute https:// address, http://localhost for a native application, and no fragment.',
  },
  applicationPublic: {
    cites: 'RFC 6749 §2.1',
    words: (e: { name: string }) =>
      `the application "${e.name}" is public, and a public application has no credentials`,
    remedy: 'Leave out --public for an application that can keep a key to itself.',
  },
  signInClientFailed: {
    cites: 'W-1 … W-5',
    words: (e: { step: string; problem: string }) => `the sign-in stopped at "${e.step}": ${e.problem}`,
    remedy: 'Use `cardea explain` with the correlation id for the whole account.',
  },
  serverUnreachable: {
    cites: 'cardea sign-in --help',
    words: (e: { url: string; problem: string }) => `${e.url} did not answer: ${e.problem}`,
    remedy: 'Start it with `npm start`, name another with --url, or name the CA of its certificate with --ca.',
  },
  federationInvalid: {
    cites: 'graph-api §9 internalDomainFederation',
    words: (e: { property: string; problem: string }) =>
      `the property ${e.property} of the federation is wrong: ${e.problem}`,
    remedy: 'Take both addresses from the identity provider’s own metadata.',
  },
  brandColourInvalid: {
    cites: 'docs/pages.md#your-own-look',
    words: (e: { colour: string }) => `"${e.colour}" is no colour`,
    remedy: 'Write it as #rrggbb.',
  },
  brandContrastLow: {
    cites: 'WCAG 2.2 §1.4.3',
    words: (e: { part: string; colour: string; against: string; ratio: number; needed: number }) =>
      `${e.part} ${e.colour} cannot be read well enough with ${e.against}: the contrast is ${e.ratio}, and text needs ${e.needed}`,
    remedy: 'Choose a darker or a lighter colour.',
  },
  brandLogoInvalid: {
    cites: 'docs/pages.md#your-own-look',
    words: (e: { problem: string }) => `the logo cannot be used: ${e.problem}`,
    remedy: 'Give a PNG, JPEG or WebP of at most 50 KB, about 245 by 36 pixels.',
  },
  brandTextTooLong: {
    cites: 'docs/pages.md#your-own-look',
    words: (e: { part: string; length: number; limit: number }) =>
      `${e.part} has ${e.length} characters, more than ${e.limit}`,
    remedy: 'Say it shorter.',
  },
};
