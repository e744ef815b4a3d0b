/** What can be wrong with CAs, their files, their addresses and uploads of them. */
export const trustReasons = {
  certificateFileHoldsNone: {
    cites: 'RFC 7468',
    words: (e: { file: string; kind?: string }) =>
      e.kind === undefined ? `${e.file} contains no certificate` : `${e.file} is ${e.kind}, not a certificate`,
    remedy:
      'Use a certificate in DER (.cer, .crt) or PEM. Upload a PKCS #7 file with `cardea ca upload`. Extract the CAs of a PKCS #12 file with `openssl pkcs12 -in FILE -nokeys -cacerts -out CAs.pem`.',
  },
  crlOfNoAuthority: {
    cites: 'CRL-14',
    words: (e: { file: string; issuer: string; authorityKeyIdentifier: string }) =>
      `${e.file} is a CRL of ${e.issuer} with the key ${e.authorityKeyIdentifier || '(none)'}; the trust store has no CA with this name, this key and a CRL address`,
    remedy:
      'Upload the CA with this key, or set the CRL address of the CA: `cardea ca list`, `cardea ca set ID --crl-url URL`.',
  },
  certificateFileHoldsSeveral: {
    cites: 'graph-api §4.2',
    words: (e: { file: string; certificates: number }) =>
      `${e.file} contains ${e.certificates} certificates; exactly one is expected`,
    remedy: 'Use one entry for each CA.',
  },
  authorityNotCa: {
    cites: 'RFC 5280 §4.2.1.9, TS-2',
    words: (e: { subject: string }) => `${e.subject} is not a CA: cA is not set in its basic constraints`,
    remedy: 'Upload the certificate of the CA that issued this certificate.',
  },
  authorityScopeUnknown: {
    cites: 'SCOPE-1, CAS-5',
    words: (e: { property: string; value: string }) =>
      `certificateAuthorityScopes: ${e.property} ${e.value} is not in the trust store`,
    remedy: 'Specify a PKI of the tenant and the subject key identifier of a CA in this PKI.',
  },
  authorityKeyUsageForbids: {
    cites: 'RFC 5280 §4.2.1.3',
    words: (e: { subject: string; allowed: readonly string[] }) =>
      `the root ${e.subject} is not allowed to sign certificates: its key usage (${e.allowed.join(', ')}) does not include keyCertSign`,
    remedy: 'Upload the certificate of the root that issues the CAs.',
  },
  authorityKeyUnsound: {
    cites: 'PATH-13, RFC 3279 §2.3, RFC 5480 §2',
    words: (e: { subject: string; problem: string }) => `the key of ${e.subject} cannot be used: ${e.problem}`,
    remedy:
      'Issue the CA certificate again with a valid key of an accepted type and length. Brainpool curves are accepted if the tenant sets `beyondEntra.brainpoolCurves`.',
  },
  authoritySignatureWrong: {
    cites: 'RFC 5280 §6.1.3 (a)(1)',
    words: (e: { subject: string }) => `${e.subject} is self-issued, but its signature was not made with its own key`,
    remedy: 'The file was changed, or it is a link certificate. Get the file again, or upload the CA that signed it.',
  },
  authorityDuplicate: {
    cites: 'TS-10',
    words: (e: { subject: string; sha1Thumbprint: string }) =>
      `${e.subject} (${e.sha1Thumbprint}) is already in the trust store`,
    remedy: 'Change the existing CA instead.',
  },
  authorityTooLarge: {
    cites: '§2.1',
    words: (e: { bytes: number; limit: number }) =>
      `the certificate has ${e.bytes} bytes, more than the ${e.limit} that a CA certificate can have`,
    remedy: 'Check that the file contains one CA certificate and nothing else.',
  },
  authorityAmbiguous: {
    cites: '§2.6',
    words: (e: { wanted: string }) => `the CA ${e.wanted} is in both stores`,
    remedy: 'Specify the store with --store, or specify the id of the CA.',
  },
  authorityLimitReached: {
    cites: '§2.1',
    words: (e: { limit: number; store: string }) => `the ${e.store} store can contain at most ${e.limit} CAs`,
    remedy: 'Delete CAs that are no longer needed.',
  },
  containerNameTooLong: {
    cites: '§2.2',
    words: (e: { length: number; limit: number }) =>
      `the name of the container has ${e.length} characters; at most ${e.limit} are allowed`,
  },
  containerAmbiguous: {
    cites: 'cardea --help',
    words: (e: { wanted: string; containers: readonly string[] }) =>
      `several containers have the name "${e.wanted}": ${e.containers.join(', ')}`,
    remedy: 'Specify the id of the container.',
  },
  uploadRunning: {
    cites: 'UP-2',
    words: (e: { container: string; since: string }) =>
      `an upload to the container ${e.container} has been running since ${e.since}`,
    remedy: 'Wait until the status is no longer running. After half an hour, the upload counts as failed.',
  },
  uploadHashMalformed: {
    cites: 'UP-1',
    words: (e: { sha256FileHash: string }) => `"${e.sha256FileHash}" is not a SHA-256 hash`,
    remedy: 'Specify 64 hexadecimal digits, as `sha256sum FILE` prints them.',
  },
  uploadHashMismatch: {
    cites: 'UP-1',
    words: (e: { stated: string; found: string }) =>
      `the SHA-256 hash of the file is ${e.found}, and not ${e.stated} as specified`,
    remedy: 'Check the address and the hash.',
  },
  crlUrlInvalid: {
    cites: 'TS-5',
    words: (e: { url: string; problem: string }) => `${e.url} cannot be a CRL address: ${e.problem}`,
    remedy: 'Specify an absolute http:// address of a DER-encoded CRL.',
  },
  ocspUrlInvalid: {
    cites: 'RFC 6960 §A.1',
    words: (e: { url: string; problem: string }) => `${e.url} cannot be the address of an OCSP responder: ${e.problem}`,
    remedy: 'Specify an absolute http:// or https:// address.',
  },
  graceInvalid: {
    cites: '§13',
    words: (e: { graceSeconds: string }) => `${e.graceSeconds} is not a valid grace period`,
    remedy: 'Specify whole seconds; 0 means no grace period.',
  },
  deltaWithoutBase: {
    entra: 500177,
    cites: 'TS-6, CRL-19',
    words: (e: { deltaUrl: string }) => `the delta CRL ${e.deltaUrl} needs a base CRL`,
    remedy: 'Specify the address of the base CRL as well.',
  },
  bundleWithoutCa: {
    cites: 'TS-1',
    words: (e: { certificates: number; leftOut: string }) =>
      `none of the ${e.certificates} certificates in the file can be used as a CA: ${e.leftOut}`,
    remedy: 'Check that the file contains CA certificates.',
  },
  authorityExpired: {
    cites: 'TS-3',
    words: (e: { subject: string; notAfter: string }) =>
      `the CA ${e.subject} expired at ${e.notAfter}: delete the expired CA first`,
    remedy: 'Send the list without this CA.',
  },
  authorityTypeContradicts: {
    cites: 'TS-2',
    words: (e: { subject: string; stated: string }) =>
      `${e.subject} is specified as ${e.stated}, but its certificate is not`,
    remedy: 'A root is self-issued; every other CA is an intermediate.',
  },
  authorityValueContradicts: {
    cites: 'graph-api §5',
    words: (e: { property: string; stated: string; found: string }) =>
      `${e.property} is specified as ${e.stated}, but the certificate has ${e.found}`,
  },
};
