/** What can be wrong with CAs, their files, their addresses and uploads of them. */
export const trustReasons = {
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
  ocspUrlInvalid: {
    cites: 'RFC 6960 §A.1',
    words: (e: { url: string; problem: string }) => `${e.url} cannot be the address of an OCSP responder: ${e.problem}`,
    remedy: 'Give an absolute http:// or https:// address.',
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
};
