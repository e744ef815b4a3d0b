/** Which application asks, and how it proves that (RFC 6749 §2.3, RFC 7523). */
export const clientReasons = {
  // OpenID Connect
  applicationUnknown: {
    entra: 700016,
    references: 'RFC 6749 §5.2',
    message: (e: { appId: string; tenant: string }) =>
      `the application "${e.appId}" was not found in the directory "${e.tenant}"`,
    remedy: 'Register the application in this tenant, or send the request to the tenant that has it.',
    userMessage: 'This application is not known in your organization.',
  },
  redirectUriUnknown: {
    entra: 50011,
    references: 'RFC 6749 §3.1.2.3',
    message: (e: { redirectUri: string; appId: string }) =>
      `the redirect URI "${e.redirectUri}" is not registered for the application "${e.appId}"`,
    remedy: 'Register exactly this redirect URI, or correct the redirect URI that the application sends.',
    userMessage: 'This application requested a response at an address that is not registered for it.',
  },
  redirectUriOther: {
    entra: 500112,
    references: 'RFC 6749 §4.1.3',
    message: (e: { appId: string }) =>
      `the application "${e.appId}" redeems the code with a redirect URI other than the one in its authorization request`,
    remedy: 'Send the same redirect_uri to the authorize endpoint and to the token endpoint.',
  },
  redirectUriMissing: {
    entra: 700009,
    references: 'RFC 6749 §4.1.3',
    message: (e: { appId: string }) => `the application "${e.appId}" redeems a code without a redirect_uri`,
    remedy: 'Send the redirect_uri of the authorization request with the code.',
  },
  clientSecretWrong: {
    entra: 7000215,
    references: 'RFC 6749 §2.3.1',
    message: (e: { appId: string }) => `the client secret for the application "${e.appId}" is not valid`,
    remedy: 'Send the value of the secret, not its id. If the value is lost, create a new secret.',
  },
  clientSecretMissing: {
    entra: 7000218,
    references: 'RFC 6749 §3.2.1',
    message: (e: { appId: string }) =>
      `the application "${e.appId}" is confidential and must send client_secret or client_assertion`,
    remedy: 'Send the secret, or register the application as a public client.',
  },
  clientCredentialExpired: {
    entra: 7000222,
    references: 'graph-api §8',
    message: (e: { appId: string; keyId: string; end: string }) =>
      `the credential ${e.keyId} of the application "${e.appId}" expired at ${e.end}`,
    remedy: 'Create a new secret or register a new certificate, and configure the application to use it.',
  },
  clientAssertionInvalid: {
    entra: 700027,
    references: 'RFC 7523 §3',
    message: (e: { appId: string; problem: string }) =>
      `the client assertion of the application "${e.appId}" was not accepted: ${e.problem}`,
    remedy:
      'Sign the assertion with the key of a registered certificate (PS256 or RS256), identify the certificate by x5t#S256 or x5t, and set aud to the token endpoint.',
  },
  clientAssertionReplayed: {
    entra: 700024,
    references: 'RFC 7523 §3 (7)',
    message: (e: { appId: string }) =>
      `a client assertion of the application "${e.appId}" was used again: the same request, or from another address`,
    remedy:
      'Create a new assertion with a new jti. If the application did not send the assertion twice, an attacker may have it.',
  },
  clientPublic: {
    entra: 700025,
    references: 'RFC 6749 §2.1',
    message: (e: { appId: string }) => `the application "${e.appId}" is public and must send no secret`,
    remedy: 'Do not send client_secret, or register the application as confidential.',
  },
  originForeign: {
    entra: 9002326,
    references: 'MSAL single-page',
    message: (e: { appId: string; origin: string }) =>
      `a page of ${e.origin} sent a code or token of "${e.appId}", which is not registered as a single-page application of this origin`,
    remedy: 'Register the page as a redirect URI of type single-page application.',
  },
  originMissing: {
    entra: 9002327,
    references: 'MSAL single-page',
    message: (e: { appId: string }) =>
      `a code or token of the single-page application "${e.appId}" came from an origin that is not registered for it`,
    remedy:
      'Redeem the code or refresh token in the browser that received it. If a server redeems codes, register a web redirect URI for the server.',
  },
  applicationCertificateMissing: {
    entra: 392200,
    references: 'RFC 8705 §2',
    message: (e: { appId: string }) =>
      `the application "${e.appId}" authenticates with a client certificate, but the connection has none`,
    remedy:
      'Send the request to the host of mtls_endpoint_aliases in the OpenID configuration, with the certificate in the TLS handshake.',
  },
  logoutAddressRefused: {
    references: 'OpenID Connect Back-Channel Logout 1.0 §2.5',
    message: (e: { url: string; problem: string }) => `no logout notice is sent to ${e.url}: ${e.problem}`,
    remedy: 'Set a logout address of the application that the setting logoutPrivateAddresses allows.',
  },
};
