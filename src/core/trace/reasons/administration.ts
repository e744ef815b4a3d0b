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
  certificateFileHoldsNone: {
    cites: 'RFC 7468',
    words: (e: { file: string; kind?: string }) =>
      e.kind === undefined ? `${e.file} holds no certificate` : `${e.file} is ${e.kind}, and not a certificate`,
    remedy:
      'Give a certificate as DER (.cer, .crt) or PEM. A PKCS #7 file: `cardea ca upload`. From a PKCS #12 file: `openssl pkcs12 -in FILE -nokeys -cacerts -out CAs.pem`.',
  },
  archiveUnreadable: {
    cites: 'CRL-13',
    words: (e: { file: string; problem: string }) => `the archive ${e.file} cannot be read: ${e.problem}`,
    remedy: 'Give a zip file without encryption, a tar file, or the CRLs one by one.',
  },
  crlOfNoAuthority: {
    cites: 'CRL-14',
    words: (e: { file: string; issuer: string; authorityKeyIdentifier: string }) =>
      `${e.file} is a CRL of ${e.issuer} with the key ${e.authorityKeyIdentifier || '(none)'}; no CA with a CRL address here has that name and key`,
    remedy: 'Upload the CA with that key, or set its CRL address: `cardea ca list`, `cardea ca set ID --crl-url URL`.',
  },
  certificateFileHoldsSeveral: {
    cites: 'graph-api §4.2',
    words: (e: { file: string; certificates: number }) =>
      `${e.file} holds ${e.certificates} certificates where one belongs`,
    remedy: 'Give each CA an entry of its own.',
  },
  authorityNotCa: {
    cites: 'RFC 5280 §4.2.1.9, TS-2',
    words: (e: { subject: string }) => `${e.subject} is not a CA: its basic constraints do not say cA`,
    remedy: 'Upload the certificate of the CA that issued it.',
  },
  authorityScopeUnknown: {
    cites: 'SCOPE-1, CAS-5',
    words: (e: { property: string; value: string }) =>
      `certificateAuthorityScopes: ${e.property} ${e.value} is not in the trust store`,
    remedy: 'Name a PKI of the tenant and the subject key identifier of a CA in it.',
  },
  authorityKeyUsageForbids: {
    cites: 'RFC 5280 §4.2.1.3',
    words: (e: { subject: string; allowed: readonly string[] }) =>
      `the root ${e.subject} may not sign certificates: its key usage (${e.allowed.join(', ')}) lacks keyCertSign`,
    remedy: 'Upload the certificate of the root that issues the CAs.',
  },
  authorityKeyUnsound: {
    cites: 'PATH-13, RFC 3279 §2.3, RFC 5480 §2',
    words: (e: { subject: string; problem: string }) => `the key of ${e.subject} cannot be used: ${e.problem}`,
    remedy:
      'Have the CA issued again with a sound key of an accepted kind and length. Brainpool curves are accepted where the tenant sets `beyondEntra.brainpoolCurves`.',
  },
  caHasExpired: {
    cites: 'PATH-7',
    words: (e: { subject: string; notAfter: string }) =>
      `${e.subject} expired at ${e.notAfter}: no certificate that it issued is accepted`,
    remedy:
      'Upload its renewed certificate with `cardea ca add FILE`, then remove this one with `cardea ca remove ID`.',
  },
  caIsNoRoot: {
    cites: 'TS-2, PATH-4',
    words: (e: { subject: string; issuer: string }) =>
      `${e.subject} counts as a root, but ${e.issuer} issued it: whether it was revoked is not checked`,
    remedy:
      'If that CA is to be trusted too, upload it, and add this one again with `cardea ca add FILE --intermediate`.',
  },
  caSignatureRefused: {
    cites: 'PATH-13',
    words: (e: { subject: string; issuer: string; algorithm: string }) =>
      `${e.issuer} signed ${e.subject} with ${e.algorithm}, which is refused: no certificate below it is accepted`,
    remedy:
      'Have the CA issued again with SHA-256 or better, or add it as a root of its own with `cardea ca add FILE --root`.',
  },
  caWithoutCrl: {
    cites: 'TS-4, CRL-2',
    words: (e: { subject: string }) =>
      `${e.subject} has no CRL address: whether a certificate that it issued was revoked is not checked`,
    remedy: 'Set the address with `cardea ca set ID --crl-url URL`.',
  },
  authoritySignatureWrong: {
    cites: 'RFC 5280 §6.1.3 (a)(1)',
    words: (e: { subject: string }) => `${e.subject} names itself as its issuer, but its own key did not sign it`,
    remedy:
      'The file was altered on the way, or it is a link certificate: get it again, or upload the CA that signed it.',
  },
  authorityDuplicate: {
    cites: 'TS-10',
    words: (e: { subject: string; sha1Thumbprint: string }) =>
      `${e.subject} (${e.sha1Thumbprint}) is in the trust store already`,
    remedy: 'Change the one that is there instead.',
  },
  authorityTooLarge: {
    cites: '§2.1',
    words: (e: { bytes: number; limit: number }) =>
      `the certificate has ${e.bytes} bytes, more than the ${e.limit} a CA may have`,
    remedy: 'Check that the file is one CA certificate.',
  },
  authorityAmbiguous: {
    cites: '§2.6',
    words: (e: { wanted: string }) => `the CA ${e.wanted} is in both stores`,
    remedy: 'Say which with --store, or name it by its id.',
  },
  authorityLimitReached: {
    cites: '§2.1',
    words: (e: { limit: number; store: string }) => `the ${e.store} store can hold at most ${e.limit} CAs`,
    remedy: 'Delete CAs that are no longer needed.',
  },
  containerNameTooLong: {
    cites: '§2.2',
    words: (e: { length: number; limit: number }) =>
      `the name of the container has ${e.length} characters, more than the ${e.limit} it may have`,
  },
  containerAmbiguous: {
    cites: 'cardea --help',
    words: (e: { wanted: string; containers: readonly string[] }) =>
      `several containers are called "${e.wanted}": ${e.containers.join(', ')}`,
    remedy: 'Name it by its id.',
  },
  uploadRunning: {
    cites: 'UP-2',
    words: (e: { container: string; since: string }) =>
      `an upload to the container ${e.container} has been running since ${e.since}`,
    remedy: 'Wait until its status is no longer running; after half an hour it counts as failed.',
  },
  uploadHashMalformed: {
    cites: 'UP-1',
    words: (e: { sha256FileHash: string }) => `"${e.sha256FileHash}" is no SHA-256 hash`,
    remedy: 'Give 64 hexadecimal digits: `sha256sum FILE`.',
  },
  uploadHashMismatch: {
    cites: 'UP-1',
    words: (e: { stated: string; found: string }) =>
      `the file has the SHA-256 hash ${e.found}, and ${e.stated} was stated`,
    remedy: 'The address delivers another file than was meant: check both.',
  },
  uploadUrlRefused: {
    cites: 'UP-1, graph-api §5',
    words: (e: { url: string; problem: string }) => `${e.url} is not fetched: ${e.problem}`,
    remedy: 'Name its host in the setting uploadHosts, or upload the file itself: `cardea ca upload FILE`.',
  },
  uploadFailed: {
    cites: 'UP-1',
    words: (e: { url: string; problem: string }) => `${e.url} could not be fetched: ${e.problem}`,
    remedy: 'Check that this server reaches the address, or upload the file itself: `cardea ca upload FILE`.',
  },
  crlUrlInvalid: {
    cites: 'TS-5',
    words: (e: { url: string; problem: string }) => `${e.url} cannot be a CRL address: ${e.problem}`,
    remedy: 'Give an absolute http:// address of a DER-encoded CRL.',
  },
  logoutAddressRefused: {
    cites: 'OpenID Connect Back-Channel Logout 1.0 §2.5',
    words: (e: { url: string; problem: string }) => `no logout notice is sent to ${e.url}: ${e.problem}`,
    remedy: 'Give the application an address that the setting logoutPrivateAddresses allows.',
  },
  ocspUrlInvalid: {
    cites: 'RFC 6960 §A.1',
    words: (e: { url: string; problem: string }) => `${e.url} cannot be the address of an OCSP responder: ${e.problem}`,
    remedy: 'Give an absolute http:// or https:// address.',
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
  graceInvalid: {
    cites: '§13',
    words: (e: { graceSeconds: string }) => `${e.graceSeconds} is no time of grace`,
    remedy: 'Give whole seconds, 0 for none.',
  },
  deltaWithoutBase: {
    entra: 500177,
    cites: 'TS-6, CRL-19',
    words: (e: { deltaUrl: string }) => `the delta CRL ${e.deltaUrl} needs a base CRL beside it`,
    remedy: 'Give the address of the base CRL as well.',
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
