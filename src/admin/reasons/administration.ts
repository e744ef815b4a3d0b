/** What an administrator does by command line or API, and what can be wrong with it. */
export const administrationReasons = {
  commandMisused: {
    cites: 'cardea --help',
    words: (e: { problem: string }) => e.problem,
    remedy:
      'Run `cardea COMMAND --help` for the arguments and options of a command, or `cardea --help` for all commands.',
  },
  tenantAmbiguous: {
    cites: 'cardea --help',
    words: (e: { tenants: readonly string[] }) => `this installation has several tenants (${e.tenants.join(', ')})`,
    remedy: 'Specify --tenant with an id or a domain.',
  },
  groupAmbiguous: {
    cites: 'cardea --help',
    words: (e: { name: string; ids: readonly string[] }) =>
      `several groups have the name "${e.name}" (${e.ids.join(', ')})`,
    remedy: 'Specify the id of the group.',
  },
  tenantNotConfirmed: {
    cites: 'docs/admin/tenants.md',
    words: (e: { domain: string; losses: string }) =>
      `removing the tenant ${e.domain} permanently removes ${e.losses}. Nothing was removed`,
    remedy: 'To remove the tenant, run the command again with --confirm DOMAIN, where DOMAIN is its first domain.',
  },
  tenantIsLast: {
    cites: 'docs/admin/tenants.md',
    words: (e: { domain: string }) => `${e.domain} is the only tenant of this installation`,
    remedy: 'Add another tenant first, or stop the server and remove the data folder.',
  },
  addressNeverReached: {
    cites: 'RFC 6890',
    words: (e: { part: string; url: string; problem: string }) =>
      `${e.url} cannot be used as ${e.part}: ${e.problem}, to which Cardea never connects`,
    remedy: 'Specify the address of a host on the network.',
  },
  addressPrivate: {
    cites: 'docs/settings.md#addresses-that-cardea-connects-to',
    words: (e: { part: string; url: string; host: string; setting: string }) =>
      `${e.url} cannot be used as ${e.part}: ${e.host} is a private address, which the setting ${e.setting} refuses`,
    remedy: 'Specify a public address, or allow private addresses with the setting that the message names.',
  },
  domainMalformed: {
    cites: '§1.2',
    words: (e: { domain: string }) => `"${e.domain}" is not a domain name`,
    remedy: 'Use letters, digits, hyphens and dots only.',
  },
  domainUnproven: {
    cites: 'graph-api §9',
    words: (e: { domain: string; text: string }) => `${e.domain} has no TXT record with the text "${e.text}"`,
    remedy:
      'Publish the record that verificationDnsRecords names, and verify again when this server can resolve it. If this installation has only one tenant, `?force=true` verifies the domain without the record.',
  },
  domainForceRefused: {
    cites: 'graph-api §9',
    words: (e: { tenants: number }) =>
      `this installation has ${e.tenants} tenants, so the TXT record must show which of them owns the domain`,
    remedy: 'Publish the record and verify without `?force=true`.',
  },
  domainNeeded: {
    cites: 'graph-api §9',
    words: (e: { domain: string }) => `${e.domain} is the tenant’s default domain`,
    remedy: 'Make another verified domain the default domain first.',
  },
  userDomainForeign: {
    cites: 'FLOW-2',
    words: (e: { userPrincipalName: string; domains: readonly string[] }) =>
      `${e.userPrincipalName} is not in a domain of this tenant (${e.domains.join(', ')})`,
    remedy: 'Use a user name in a verified domain of the tenant.',
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
      `after this change, no Global Administrator could sign in: ${e.administrators.map((administrator) => `${administrator.userPrincipalName} (${administrator.code})`).join(', ')}`,
    remedy: 'First give one of these administrators another way to sign in, such as a password or a passkey.',
    person:
      'This cannot be removed: afterwards no administrator of your organization could sign in. Add another way to sign in first.',
  },
  textHoldsControls: {
    cites: 'RFC 8264 §4.2.3',
    words: (e: { part: string }) =>
      `${e.part} contains a control character, a bidirectional character or an invisible character`,
    remedy: 'Remove the character.',
  },
  textTooLong: {
    cites: 'graph-api §6',
    words: (e: { part: string; length: number; limit: number }) =>
      `${e.part} has ${e.length} characters; at most ${e.limit} are allowed`,
    remedy: 'Shorten the text.',
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
    remedy: 'Register the application without --public if it can protect its credentials.',
  },
  federationInvalid: {
    cites: 'graph-api §9 internalDomainFederation',
    words: (e: { property: string; problem: string }) =>
      `the property ${e.property} of the federation is not valid: ${e.problem}`,
    remedy: 'Copy both addresses from the metadata of the identity provider.',
  },
  brandColourInvalid: {
    cites: 'docs/pages.md#your-own-look',
    words: (e: { colour: string }) => `"${e.colour}" is not a color`,
    remedy: 'Write it as #rrggbb.',
  },
  brandContrastLow: {
    cites: 'WCAG 2.2 §1.4.3',
    words: (e: { part: string; colour: string; against: string; ratio: number; needed: number }) =>
      `${e.part} ${e.colour} has a contrast of ${e.ratio} with ${e.against}; readable text needs ${e.needed}`,
    remedy: 'Choose a darker or a lighter color.',
  },
  brandLogoInvalid: {
    cites: 'docs/pages.md#your-own-look',
    words: (e: { problem: string }) => `the logo cannot be used: ${e.problem}`,
    remedy: 'Use a PNG, JPEG or WebP file of at most 50 KB, about 245 by 36 pixels.',
  },
  brandTextTooLong: {
    cites: 'docs/pages.md#your-own-look',
    words: (e: { part: string; length: number; limit: number }) =>
      `${e.part} has ${e.length} characters; at most ${e.limit} are allowed`,
    remedy: 'Shorten the text.',
  },
  syncSettingsInvalid: {
    cites: 'docs/admin/directory-sync.md#configure',
    words: (e: { where: string; problem: string }) =>
      `the configuration of the synchronization cannot be used: ${e.where}: ${e.problem}`,
    remedy: 'Correct the setting that the message names. See docs/admin/directory-sync.md for an example.',
  },
  syncDeletionsRefused: {
    cites: 'docs/admin/directory-sync.md#deletions',
    words: (e: { domain: string; deletions: number; objects: number; limit: string }) =>
      `the synchronization of ${e.domain} would delete ${e.deletions} of ${e.objects} objects, more than ${e.limit}; nothing was changed`,
    remedy: 'Review `cardea sync ad plan`. To delete the objects, run `cardea sync ad run --allow-deletions` once.',
  },
};
