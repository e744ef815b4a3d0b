/** What an application redeems and for what: codes, refresh tokens, resources and scopes (RFC 6749 §4, §6; RFC 7636). */
export const grantReasons = {
  codeUnknown: {
    entra: 70008,
    cites: 'RFC 6749 §4.1.2',
    words: (e: { appId: string }) =>
      `the authorization code that the application "${e.appId}" sent is unknown here, or it has expired`,
    remedy: 'Send the person to authorize again; redeem a code at once and only where it was issued.',
  },
  codeRedeemed: {
    entra: 54005,
    cites: 'RFC 6749 §4.1.2',
    words: (e: { appId: string }) =>
      `the authorization code that the application "${e.appId}" sent was already redeemed; what it gave is revoked`,
    remedy: 'Redeem a code once. When the application does so, an attacker may have the code.',
  },
  codeVerifierWrong: {
    entra: 501481,
    cites: 'RFC 7636 §4.6',
    words: (e: { appId: string }) =>
      `the code_verifier that the application "${e.appId}" sent does not match the code_challenge`,
    remedy: 'Keep the verifier of the very request that got the code.',
  },
  codeChallengeMissing: {
    entra: 9002325,
    cites: 'RFC 7636 §4.4.1',
    words: (e: { appId: string }) =>
      `the application "${e.appId}" is public and must send a code_challenge with the method S256`,
    remedy: 'Use Proof Key for Code Exchange.',
  },
  refreshTokenUnknown: {
    entra: 700082,
    cites: 'RFC 6749 §6',
    words: (e: { appId: string }) =>
      `the refresh token that the application "${e.appId}" sent is unknown here, was used before, or has expired`,
    remedy: 'Send the person to authorize again, and keep the newest refresh token only.',
  },
  refreshTokenReplayed: {
    entra: 700082,
    cites: 'RFC 9700 §4.14.2',
    words: (e: { appId: string }) =>
      `a redeemed refresh token, or one of another application, was sent for "${e.appId}"; the grant has ended`,
    remedy:
      'Find out whether the token was stolen. Send the person to authorize again, and keep the newest refresh token only.',
  },
  grantEnded: {
    entra: 50173,
    cites: 'REV-2',
    words: (e: { appId: string }) =>
      `what was granted to "${e.appId}" has ended: it was revoked, or the user may no longer sign in`,
    remedy: 'Send the person to authorize again.',
  },
  resourceUnknown: {
    entra: 500011,
    cites: 'RFC 8707 §2',
    words: (e: { resource: string; tenant: string }) =>
      `the resource "${e.resource}" was not found in the tenant "${e.tenant}"`,
    remedy: 'Register the application that is the resource, with this identifier URI.',
    person: 'This application asked for access to something that is not known in your organisation.',
  },
  resourcesSeveral: {
    entra: 28000,
    cites: 'RFC 8707 §2.2',
    words: (e: { resources: readonly string[] }) =>
      `one token is for one resource, and the scope names ${e.resources.join(' and ')}`,
    remedy: 'Ask for each resource by itself.',
  },
  scopeUnknown: {
    entra: 650053,
    cites: 'RFC 6749 §3.3',
    words: (e: { scopes: readonly string[]; resource: string }) =>
      `the resource "${e.resource}" has no scope ${e.scopes.map((scope) => `"${scope}"`).join(', ')}`,
    remedy: 'Ask for scopes the resource offers, or for {resource}/.default.',
    person: 'This application asked for a permission that does not exist.',
  },
  consentMissing: {
    entra: 65001,
    cites: 'graph-api §8',
    words: (e: { appId: string; application: string; scopes: readonly string[] }) =>
      `consent is missing: the application "${e.application}" (${e.appId}) uses ${e.scopes.join(', ')}; an administrator grants it by POST /v1.0/oauth2PermissionGrants with consentType AllPrincipals, or Principal for one person`,
    remedy:
      'As a Global or Privileged Role Administrator, POST /v1.0/oauth2PermissionGrants with clientId, consentType, resourceId and scope.',
    person: 'This application needs a permission that only an administrator can grant. Ask your administrator.',
  },
  scopeNotDefault: {
    entra: 1002012,
    cites: 'RFC 6749 §4.4.2',
    words: (e: { scope: string }) =>
      `client credentials go with a scope that ends in /.default, and "${e.scope}" does not`,
    remedy: 'Ask for {resource}/.default.',
  },
};
