/** Requests that the OpenID Connect endpoints do not serve, or that cannot be read. */
export const oauthRequestReasons = {
  grantTypeUnsupported: {
    entra: 70003,
    references: 'RFC 6749 §5.2',
    message: (e: { grantType: string; appId: string }) =>
      `the grant type "${e.grantType}" is not available to the application "${e.appId}"`,
    remedy:
      'Use authorization_code with PKCE, refresh_token, device_code, or client_credentials with a secret or certificate.',
  },
  responseTypeUnsupported: {
    entra: 700051,
    references: 'RFC 9700 §2.1.2',
    message: (e: { responseType: string }) => `the response type "${e.responseType}" is not supported`,
    remedy: 'Use response_type=code with PKCE, or code id_token.',
  },
  idTokenIssuanceOff: {
    entra: 700054,
    references: 'OpenID Connect Core §3.3',
    message: (e: { responseType: string; appId: string }) =>
      `the response type "${e.responseType}" is not enabled for the application "${e.appId}"`,
    remedy:
      'Use response_type=code with PKCE, or set web.implicitGrantSettings.enableIdTokenIssuance of the application to true.',
  },
  responseModeNotForTokens: {
    entra: 70007,
    references: 'OpenID Connect Core §3.3.2.5',
    message: (e: { responseType: string }) =>
      `the response mode query is not allowed for the response type "${e.responseType}", because the address would contain a token`,
    remedy: 'Use response_mode=form_post or response_mode=fragment.',
  },
  requestObjectUnsupported: {
    entra: 90019,
    references: 'OpenID Connect Core §6.1',
    message: (e: { parameter: string }) => `request objects are not supported, and the request has ${e.parameter}`,
    remedy: 'Send each value as a separate parameter.',
  },
  codeChallengeMethodUnsupported: {
    entra: 501481,
    references: 'RFC 7636 §4.3, RFC 9700 §2.1.1',
    message: (e: { appId: string; method: string }) =>
      `the application "${e.appId}" sent a code_challenge with the method "${e.method}", but only S256 is supported`,
    remedy: 'Send code_challenge_method=S256 and the SHA-256 of the verifier.',
  },
  endpointPostOnly: {
    entra: 900561,
    references: 'RFC 6749 §3.2',
    message: (e: { method: string }) => `this endpoint accepts POST requests only, but the method is ${e.method}`,
    remedy: 'Send the parameters in the form body of a POST request.',
  },
  onBehalfOfRefused: {
    entra: 50013,
    references: 'RFC 7523 §3',
    message: (e: { appId: string; problem: string }) =>
      `the request of "${e.appId}" on behalf of a user is refused: ${e.problem}`,
    remedy:
      'Send a valid access token that a client sent to this application, with the secret or certificate of the application.',
  },
  azureAdGraphRetired: {
    references: 'windows-sign-in §0.4',
    message: (_: object) => 'Azure AD Graph (graph.windows.net) is retired and is not supported; use Microsoft Graph',
    remedy: 'Send the request to /v1.0 of Microsoft Graph, with a token for https://graph.microsoft.com.',
  },
  accessTokenRejected: {
    entra: 80049,
    references: 'RFC 6750 §3.1',
    message: (e: { problem: string }) => `the access token was not accepted: ${e.problem}`,
    remedy: 'Send a valid access token for Microsoft Graph in the Authorization header.',
  },
  tenantUnsaid: {
    entra: 50059,
    references: 'graph-api §14.2',
    message: (e: { alias: string; grantType: string }) =>
      `a request with the grant type "${e.grantType}" at /${e.alias} does not identify the tenant`,
    remedy: 'Send the request to /{tenant id or domain}/oauth2/v2.0/token.',
  },
  interactionNeeded: {
    entra: 50058,
    references: 'OpenID Connect Core §3.1.2.6',
    message: (e: { error: string }) =>
      `the request has prompt=none, but the sign-in needs an action of the user (${e.error})`,
    remedy: 'Send the request again without prompt=none.',
    userMessage: 'You have to sign in again.',
  },
  hostUnknown: {
    entra: 50049,
    references: 'graph-api §14.1',
    message: (e: { host: string }) => `"${e.host}" is not the login host of this installation`,
    remedy: 'Use the authorize address of this installation.',
  },
};
