/** How applications prove themselves by the certificate of their TLS connection, and tokens bound to one (RFC 8705). */
export const applicationReasons = {
  applicationCertificateRegistered: {
    cites: 'RFC 8705 §2.2',
    words: (e: { application: string; keyId: string }) =>
      `the client certificate is the one registered for ${e.application} (${e.keyId})`,
  },
  applicationCertificateNamed: {
    cites: 'RFC 8705 §2.1',
    words: (e: { application: string; parameter: string; value: string }) =>
      `the client certificate has the name registered for ${e.application}: ${e.parameter} is ${e.value}`,
  },
  applicationCertificateUnknown: {
    entra: 700027,
    cites: 'RFC 8705 §2',
    words: (e: { appId: string; subject: string; sha256Thumbprint: string }) =>
      `the client certificate ${e.subject} (SHA-256 ${e.sha256Thumbprint}) is not registered for the application "${e.appId}"`,
    remedy: 'Register the certificate in keyCredentials, or register a name that identifies certificates of your CA.',
  },
  applicationCertificateMisnamed: {
    entra: 700030,
    cites: 'RFC 8705 §2.1.2',
    words: (e: { appId: string; parameter: string; value: string; subject: string }) =>
      `the client certificate ${e.subject} does not have the name registered for the application "${e.appId}": ${e.parameter} is ${e.value}`,
    remedy: 'Issue a certificate with this name, or register the name of the certificate.',
  },
  applicationCertificateRefused: {
    entra: 700027,
    cites: 'RFC 8705 §2',
    words: (e: { appId: string; problem: string }) =>
      `the client certificate of the application "${e.appId}" was not accepted: ${e.problem}`,
    remedy: 'Look up the service principal sign-in in the log, which has every step of the check.',
  },
  applicationCertificateExpired: {
    entra: 7000222,
    cites: 'RFC 5280 §4.1.2.5',
    words: (e: { appId: string; start: string; end: string }) =>
      `the client certificate of the application "${e.appId}" is registered from ${e.start} to ${e.end}`,
    remedy: 'Register a certificate that is currently valid, and configure the application to use it.',
  },
  tlsClientNameValid: {
    cites: 'RFC 8705 §2.1.2',
    words: (e: { parameter: string }) => `${e.parameter} has a value that a certificate can have`,
  },
  tlsClientNameInvalid: {
    cites: 'RFC 8705 §2.1.2',
    words: (e: { parameter: string; value: string; form: string }) =>
      `${e.parameter}: "${e.value}" is not valid; specify ${e.form}`,
    remedy: 'Copy the name from the certificate of the application.',
  },
  tokenProven: {
    cites: 'RFC 8705 §3',
    words: (e: { binding: string }) =>
      e.binding === 'none'
        ? 'the token is not bound to a certificate'
        : 'the token is bound to the certificate of the connection',
  },
  boundTokenUnproven: {
    entra: 392200,
    cites: 'RFC 8705 §3',
    words: (e: { problem: string }) => `the access token is bound to a client certificate: ${e.problem}`,
    remedy:
      'Send the request to a host that requests a client certificate, with the certificate with which the token was requested.',
  },
};
