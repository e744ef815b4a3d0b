/** What an administrator does by command line or API, and what can be wrong with it. */
export const administrationReasons = {
  tenantMissing: {
    references: 'cardea --help',
    message: (_: Record<never, never>) => 'this installation has no tenant',
    remedy: 'Create one with `cardea tenant add DOMAIN`.',
  },
  tenantAmbiguous: {
    references: 'cardea --help',
    message: (e: { tenants: readonly string[] }) => `this installation has several tenants (${e.tenants.join(', ')})`,
    remedy: 'Specify --tenant with an id or a domain.',
  },
  groupAmbiguous: {
    references: 'cardea --help',
    message: (e: { name: string; ids: readonly string[] }) =>
      `several groups have the name "${e.name}" (${e.ids.join(', ')})`,
    remedy: 'Specify the id of the group.',
  },
  tenantNotConfirmed: {
    references: 'docs/admin/tenants.md',
    message: (e: { domain: string; losses: string }) =>
      `removing the tenant ${e.domain} permanently removes ${e.losses}. Nothing was removed`,
    remedy: 'To remove the tenant, run the command again with --confirm DOMAIN, where DOMAIN is its first domain.',
  },
  tenantIsLast: {
    references: 'docs/admin/tenants.md',
    message: (e: { domain: string }) => `${e.domain} is the only tenant of this installation`,
    remedy: 'Add another tenant first, or stop the server and remove the data folder.',
  },
  addressNeverReached: {
    references: 'RFC 6890',
    message: (e: { part: string; url: string; problem: string }) =>
      `${e.url} cannot be used as ${e.part}: ${e.problem}, to which Cardea never connects`,
    remedy: 'Specify the address of a host on the network.',
  },
  addressPrivate: {
    references: 'docs/settings.md#addresses-that-cardea-connects-to',
    message: (e: { part: string; url: string; host: string; setting: string }) =>
      `${e.url} cannot be used as ${e.part}: ${e.host} is a private address, which the setting ${e.setting} refuses`,
    remedy: 'Specify a public address, or allow private addresses with the setting that the message names.',
  },
  domainMalformed: {
    references: '§1.2',
    message: (e: { domain: string }) => `"${e.domain}" is not a domain name`,
    remedy: 'Use letters, digits, hyphens and dots only.',
  },
  domainUnproven: {
    references: 'graph-api §9',
    message: (e: { domain: string; text: string }) => `${e.domain} has no TXT record with the text "${e.text}"`,
    remedy:
      'Publish the record that verificationDnsRecords names, and verify again when this server can resolve it. If this installation has only one tenant, `?force=true` verifies the domain without the record.',
  },
  domainForceRefused: {
    references: 'graph-api §9',
    message: (e: { tenants: number }) =>
      `this installation has ${e.tenants} tenants, so the TXT record must show which of them owns the domain`,
    remedy: 'Publish the record and verify without `?force=true`.',
  },
  domainNeeded: {
    references: 'graph-api §9',
    message: (e: { domain: string }) => `${e.domain} is the tenant’s default domain`,
    remedy: 'Make another verified domain the default domain first.',
  },
  userDomainForeign: {
    references: 'FLOW-2',
    message: (e: { userPrincipalName: string; domains: readonly string[] }) =>
      `${e.userPrincipalName} is not in a domain of this tenant (${e.domains.join(', ')})`,
    remedy: 'Use a user name in a verified domain of the tenant.',
  },
  lastAdministratorShutOut: {
    references: '§2',
    message: (e: {
      administrators: readonly {
        id?: string;
        userPrincipalName: string;
        code: string;
        reasonText?: string | undefined;
      }[];
    }) =>
      `after this change, no Global Administrator could sign in: ${e.administrators.map((administrator) => `${administrator.userPrincipalName} (${administrator.code})`).join(', ')}`,
    remedy: 'First give one of these administrators another way to sign in, such as a password or a passkey.',
    userMessage:
      'This cannot be removed: afterwards no administrator of your organization could sign in. Add another way to sign in first.',
  },
  nameEmpty: {
    references: 'graph-api §6',
    message: (e: { part: string }) => `${e.part} is empty`,
    remedy: 'Enter a name.',
  },
  textHoldsControls: {
    references: 'RFC 8264 §4.2.3',
    message: (e: { part: string }) =>
      `${e.part} contains a control character, a bidirectional character or an invisible character`,
    remedy: 'Remove the character.',
  },
  textTooLong: {
    references: 'graph-api §6',
    message: (e: { part: string; length: number; limit: number }) =>
      `${e.part} has ${e.length} characters; at most ${e.limit} are allowed`,
    remedy: 'Shorten the text.',
  },
  linkInvalid: {
    references: 'RFC 9110 §4.2.2, RFC 8252 §7.3',
    message: (e: { part: string; link: string }) => `${e.link} cannot be used as ${e.part}: it is not an https address`,
    remedy: 'Use an https:// address without a user name, or http:// to localhost.',
  },
  redirectUriInvalid: {
    references: 'RFC 6749 §3.1.2',
    message: (e: { uri: string; problem: string }) => `${e.uri} cannot be a redirect URI: ${e.problem}`,
    remedy: 'Use an absolute https:// address, http://localhost for a native application, and no fragment.',
  },
  applicationPublic: {
    references: 'RFC 6749 §2.1',
    message: (e: { name: string }) =>
      `the application "${e.name}" is public, and a public application has no credentials`,
    remedy: 'Register the application without --public if it can protect its credentials.',
  },
  federationInvalid: {
    references: 'graph-api §9 internalDomainFederation',
    message: (e: { property: string; problem: string }) =>
      `the property ${e.property} of the federation is not valid: ${e.problem}`,
    remedy: 'Copy both addresses from the metadata of the identity provider.',
  },
  brandColourInvalid: {
    references: 'docs/pages.md#your-own-look',
    message: (e: { colour: string }) => `"${e.colour}" is not a color`,
    remedy: 'Write it as #rrggbb.',
  },
  brandContrastLow: {
    references: 'WCAG 2.2 §1.4.3',
    message: (e: { part: string; colour: string; against: string; ratio: number; needed: number }) =>
      `${e.part} ${e.colour} has a contrast of ${e.ratio} with ${e.against}; readable text needs ${e.needed}`,
    remedy: 'Choose a darker or a lighter color.',
  },
  brandLogoInvalid: {
    references: 'docs/pages.md#your-own-look',
    message: (e: { problem: string }) => `the logo cannot be used: ${e.problem}`,
    remedy: 'Use a PNG, JPEG or WebP file of at most 50 KB, about 245 by 36 pixels.',
  },
  brandTextTooLong: {
    references: 'docs/pages.md#your-own-look',
    message: (e: { part: string; length: number; limit: number }) =>
      `${e.part} has ${e.length} characters; at most ${e.limit} are allowed`,
    remedy: 'Shorten the text.',
  },
  syncSettingsInvalid: {
    references: 'docs/admin/directory-sync.md#configure',
    message: (e: { where: string; problem: string }) =>
      `the configuration of the synchronization cannot be used: ${e.where}: ${e.problem}`,
    remedy: 'Correct the setting that the message names. See docs/admin/directory-sync.md for an example.',
  },
  syncDeletionsRefused: {
    references: 'docs/admin/directory-sync.md#deletions',
    message: (e: { domain: string; deletions: number; objects: number; limit: string }) =>
      `the synchronization of ${e.domain} would delete ${e.deletions} of ${e.objects} objects, more than ${e.limit}; nothing was changed`,
    remedy: 'Review `cardea sync ad plan`. To delete the objects, run `cardea sync ad run --allow-deletions` once.',
  },
};
