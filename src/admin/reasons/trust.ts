/** What can be wrong with CAs, their files, their addresses and uploads of them. */
export const trustReasons = {
  certificateFileHoldsNone: {
    references: 'RFC 7468',
    message: (e: { file: string; kind?: string }) =>
      e.kind === undefined ? `${e.file} contains no certificate` : `${e.file} is ${e.kind}, not a certificate`,
    remedy:
      'Use a certificate in DER (.cer, .crt) or PEM. Upload a PKCS #7 file with `cardea ca upload`. Extract the CAs of a PKCS #12 file with `openssl pkcs12 -in FILE -nokeys -cacerts -out CAs.pem`.',
  },
  crlOfNoAuthority: {
    references: 'CRL-14',
    message: (e: { file: string; issuer: string; authorityKeyIdentifier: string }) =>
      `${e.file} is a CRL of ${e.issuer} with the key ${e.authorityKeyIdentifier || '(none)'}; the trust store has no CA with this name, this key and a CRL address`,
    remedy:
      'Upload the CA with this key, or set the CRL address of the CA: `cardea ca list`, `cardea ca set ID --crl-url URL`.',
  },
  certificateFileHoldsSeveral: {
    references: 'graph-api §4.2',
    message: (e: { file: string; certificates: number }) =>
      `${e.file} contains ${e.certificates} certificates; exactly one is expected`,
    remedy: 'Use one entry for each CA.',
  },
  authorityNotCa: {
    references: 'RFC 5280 §4.2.1.9, TS-2',
    message: (e: { subject: string }) => `${e.subject} is not a CA: cA is not set in its basic constraints`,
    remedy: 'Upload the certificate of the CA that issued this certificate.',
  },
  authorityScopeUnknown: {
    references: 'SCOPE-1, CAS-5',
    message: (e: { property: string; value: string }) =>
      `certificateAuthorityScopes: ${e.property} ${e.value} is not in the trust store`,
    remedy: 'Specify a PKI of the tenant and the subject key identifier of a CA in this PKI.',
  },
  authorityKeyUsageForbids: {
    references: 'RFC 5280 §4.2.1.3',
    message: (e: { subject: string; allowed: readonly string[] }) =>
      `the root ${e.subject} is not allowed to sign certificates: its key usage (${e.allowed.join(', ')}) does not include keyCertSign`,
    remedy: 'Upload the certificate of the root that issues the CAs.',
  },
  authorityKeyUnsound: {
    references: 'PATH-13, RFC 3279 §2.3, RFC 5480 §2',
    message: (e: { subject: string; problem: string }) => `the key of ${e.subject} cannot be used: ${e.problem}`,
    remedy:
      'Issue the CA certificate again with a valid key of an accepted type and length. Brainpool curves are accepted if the tenant sets `beyondEntra.brainpoolCurves`.',
  },
  authoritySignatureWrong: {
    references: 'RFC 5280 §6.1.3 (a)(1)',
    message: (e: { subject: string }) => `${e.subject} is self-issued, but its signature was not made with its own key`,
    remedy: 'The file was changed, or it is a link certificate. Get the file again, or upload the CA that signed it.',
  },
  authorityDuplicate: {
    references: 'TS-10',
    message: (e: { subject: string; sha1Thumbprint: string }) =>
      `${e.subject} (${e.sha1Thumbprint}) is already in the trust store`,
    remedy: 'Change the existing CA instead.',
  },
  authorityTooLarge: {
    references: '§2.1',
    message: (e: { bytes: number; limit: number }) =>
      `the certificate has ${e.bytes} bytes, more than the ${e.limit} that a CA certificate can have`,
    remedy: 'Check that the file contains one CA certificate and nothing else.',
  },
  authorityAmbiguous: {
    references: '§2.6',
    message: (e: { wanted: string }) => `the CA ${e.wanted} is in both stores`,
    remedy: 'Specify the store with --store, or specify the id of the CA.',
  },
  authorityLimitReached: {
    references: '§2.1',
    message: (e: { limit: number; store: string }) => `the ${e.store} store can contain at most ${e.limit} CAs`,
    remedy: 'Delete CAs that are no longer needed.',
  },
  containerNameTooLong: {
    references: '§2.2',
    message: (e: { length: number; limit: number }) =>
      `the name of the container has ${e.length} characters; at most ${e.limit} are allowed`,
  },
  containerAmbiguous: {
    references: 'cardea --help',
    message: (e: { wanted: string; containers: readonly string[] }) =>
      `several containers have the name "${e.wanted}": ${e.containers.join(', ')}`,
    remedy: 'Specify the id of the container.',
  },
  uploadRunning: {
    references: 'UP-2',
    message: (e: { container: string; since: string }) =>
      `an upload to the container ${e.container} has been running since ${e.since}`,
    remedy: 'Wait until the status is no longer running. After half an hour, the upload counts as failed.',
  },
  uploadHashMalformed: {
    references: 'UP-1',
    message: (e: { sha256FileHash: string }) => `"${e.sha256FileHash}" is not a SHA-256 hash`,
    remedy: 'Specify 64 hexadecimal digits, as `sha256sum FILE` prints them.',
  },
  uploadHashMismatch: {
    references: 'UP-1',
    message: (e: { stated: string; found: string }) =>
      `the SHA-256 hash of the file is ${e.found}, and not ${e.stated} as specified`,
    remedy: 'Check the address and the hash.',
  },
  crlUrlInvalid: {
    references: 'TS-5',
    message: (e: { url: string; problem: string }) => `${e.url} cannot be a CRL address: ${e.problem}`,
    remedy: 'Specify an absolute http:// address of a DER-encoded CRL.',
  },
  ocspUrlInvalid: {
    references: 'RFC 6960 §A.1',
    message: (e: { url: string; problem: string }) =>
      `${e.url} cannot be the address of an OCSP responder: ${e.problem}`,
    remedy: 'Specify an absolute http:// or https:// address.',
  },
  graceInvalid: {
    references: '§13',
    message: (e: { graceSeconds: string }) => `${e.graceSeconds} is not a valid grace period`,
    remedy: 'Specify whole seconds; 0 means no grace period.',
  },
  deltaWithoutBase: {
    entra: 500177,
    references: 'TS-6, CRL-19',
    message: (e: { deltaUrl: string }) => `the delta CRL ${e.deltaUrl} needs a base CRL`,
    remedy: 'Specify the address of the base CRL as well.',
  },
  bundleWithoutCa: {
    references: 'TS-1',
    message: (e: { certificates: number; leftOut: string }) =>
      `none of the ${e.certificates} certificates in the file can be used as a CA: ${e.leftOut}`,
    remedy: 'Check that the file contains CA certificates.',
  },
  authorityExpired: {
    references: 'TS-3',
    message: (e: { subject: string; notAfter: string }) =>
      `the CA ${e.subject} expired at ${e.notAfter}: delete the expired CA first`,
    remedy: 'Send the list without this CA.',
  },
  authorityTypeContradicts: {
    references: 'TS-2',
    message: (e: { subject: string; stated: string }) =>
      `${e.subject} is specified as ${e.stated}, but its certificate is not`,
    remedy: 'A root is self-issued; every other CA is an intermediate.',
  },
  authorityValueContradicts: {
    references: 'graph-api §5',
    message: (e: { property: string; stated: string; found: string }) =>
      `${e.property} is specified as ${e.stated}, but the certificate has ${e.found}`,
  },
};
