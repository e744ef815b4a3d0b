/** How applications prove themselves by the certificate of their TLS connection, and tokens bound to one (RFC 8705). */
export const applicationReasons = {
  applicationCertificateRegistered: {
    references: 'RFC 8705 §2.2',
    message: (e: { application: string; keyId: string }) =>
      `the client certificate is the one registered for ${e.application} (${e.keyId})`,
  },
  applicationCertificateNamed: {
    references: 'RFC 8705 §2.1',
    message: (e: { application: string; parameter: string; value: string }) =>
      `the client certificate has the name registered for ${e.application}: ${e.parameter} is ${e.value}`,
  },
  applicationCertificateUnknown: {
    entra: 700027,
    references: 'RFC 8705 §2',
    message: (e: { appId: string; subject: string; sha256Thumbprint: string }) =>
      `the client certificate ${e.subject} (SHA-256 ${e.sha256Thumbprint}) is not registered for the application "${e.appId}"`,
    remedy: 'Register the certificate in keyCredentials, or register a name that identifies certificates of your CA.',
  },
  applicationCertificateMisnamed: {
    entra: 700030,
    references: 'RFC 8705 §2.1.2',
    message: (e: { appId: string; parameter: string; value: string; subject: string }) =>
      `the client certificate ${e.subject} does not have the name registered for the application "${e.appId}": ${e.parameter} is ${e.value}`,
    remedy: 'Issue a certificate with this name, or register the name of the certificate.',
  },
  applicationCertificateRefused: {
    entra: 700027,
    references: 'RFC 8705 §2',
    message: (e: { appId: string; problem: string }) =>
      `the client certificate of the application "${e.appId}" was not accepted: ${e.problem}`,
    remedy: 'Look up the service principal sign-in in the log, which has every step of the check.',
  },
  applicationCertificateExpired: {
    entra: 7000222,
    references: 'RFC 5280 §4.1.2.5',
    message: (e: { appId: string; start: string; end: string }) =>
      `the client certificate of the application "${e.appId}" is registered from ${e.start} to ${e.end}`,
    remedy: 'Register a certificate that is currently valid, and configure the application to use it.',
  },
  tlsClientNameValid: {
    references: 'RFC 8705 §2.1.2',
    message: (e: { parameter: string }) => `${e.parameter} has a value that a certificate can have`,
  },
  tlsClientNameInvalid: {
    references: 'RFC 8705 §2.1.2',
    message: (e: { parameter: string; value: string; form: string }) =>
      `${e.parameter}: "${e.value}" is not valid; specify ${e.form}`,
    remedy: 'Copy the name from the certificate of the application.',
  },
  tokenProven: {
    references: 'RFC 8705 §3',
    message: (e: { binding: string }) =>
      e.binding === 'none'
        ? 'the token is not bound to a certificate'
        : 'the token is bound to the certificate of the connection',
  },
  boundTokenUnproven: {
    entra: 392200,
    references: 'RFC 8705 §3',
    message: (e: { problem: string }) => `the access token is bound to a client certificate: ${e.problem}`,
    remedy:
      'Send the request to a host that requests a client certificate, with the certificate with which the token was requested.',
  },
};
