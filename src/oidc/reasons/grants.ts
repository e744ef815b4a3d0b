import type { Nothing } from '#core/trace/reason.ts';

/** What an application redeems and for what: codes, refresh tokens, resources and scopes (RFC 6749 §4, §6; RFC 7636). */
export const grantReasons = {
  codeUnknown: {
    entra: 70008,
    references: 'RFC 6749 §4.1.2',
    message: (e: { appId: string }) =>
      `the authorization code that the application "${e.appId}" sent is unknown or has expired`,
    remedy: 'Send the user to the authorize endpoint again. Redeem a code at once, at the tenant that issued it.',
  },
  codeRedeemed: {
    entra: 54005,
    references: 'RFC 6749 §4.1.2',
    message: (e: { appId: string }) =>
      `the authorization code that the application "${e.appId}" sent was already redeemed; its grant is revoked`,
    remedy: 'Redeem a code only once. If the application does so, an attacker may have the code.',
  },
  codeVerifierWrong: {
    entra: 501481,
    references: 'RFC 7636 §4.6',
    message: (e: { appId: string }) =>
      `the code_verifier that the application "${e.appId}" sent does not match the code_challenge`,
    remedy: 'Send the code_verifier of the request that returned the code.',
  },
  codeChallengeMissing: {
    entra: 9002325,
    references: 'RFC 7636 §4.4.1',
    message: (e: { appId: string }) =>
      `the application "${e.appId}" is public and must send a code_challenge with the method S256`,
    remedy: 'Use Proof Key for Code Exchange.',
  },
  refreshTokenUnknown: {
    entra: 700082,
    references: 'RFC 6749 §6',
    message: (e: { appId: string }) =>
      `the refresh token that the application "${e.appId}" sent is unknown, was used before, or has expired`,
    remedy: 'Send the user to the authorize endpoint again, and keep only the newest refresh token.',
  },
  grantEnded: {
    entra: 50173,
    references: 'REV-2',
    message: (e: { appId: string }) =>
      `the grant of "${e.appId}" has ended: it was revoked, or the user can no longer sign in`,
    remedy: 'Send the user to the authorize endpoint again.',
  },
  resourceUnknown: {
    entra: 500011,
    references: 'RFC 8707 §2',
    message: (e: { resource: string; tenant: string }) =>
      `the resource "${e.resource}" was not found in the tenant "${e.tenant}"`,
    remedy: 'Register the resource as an application with this identifier URI.',
    userMessage: 'This application asked for access to something that is not known in your organization.',
  },
  resourcesSeveral: {
    entra: 28000,
    references: 'RFC 8707 §2.2',
    message: (e: { resources: readonly string[] }) =>
      `a token is for one resource, but the scope names ${e.resources.join(' and ')}`,
    remedy: 'Request a token for each resource separately.',
  },
  scopeUnknown: {
    entra: 650053,
    references: 'RFC 6749 §3.3',
    message: (e: { scopes: readonly string[]; resource: string }) =>
      `the resource "${e.resource}" has no scope ${e.scopes.map((scope) => `"${scope}"`).join(', ')}`,
    remedy: 'Request scopes that the resource has, or {resource}/.default.',
    userMessage: 'This application asked for a permission that does not exist.',
  },
  consentMissing: {
    entra: 65001,
    references: 'graph-api §8',
    message: (e: { appId: string; application: string; scopes: readonly string[] }) =>
      `consent is missing: the application "${e.application}" (${e.appId}) requests ${e.scopes.join(', ')}; an administrator grants it with POST /v1.0/oauth2PermissionGrants and consentType AllPrincipals, or Principal for one user`,
    remedy:
      'As a Global or Privileged Role Administrator, POST /v1.0/oauth2PermissionGrants with clientId, consentType, resourceId and scope.',
    userMessage: 'This application needs a permission that only an administrator can grant. Ask your administrator.',
  },
  scopeMissing: {
    entra: 90014,
    references: 'RFC 6749 §4.4.2',
    message: (e: { appId: string }) => `the application "${e.appId}" requests a token for itself without a scope`,
    remedy: 'Request {resource}/.default.',
  },
  scopeNotDefault: {
    entra: 1002012,
    references: 'RFC 6749 §4.4.2',
    message: (e: { scope: string }) =>
      `client credentials need a scope that ends in /.default, and "${e.scope}" does not`,
    remedy: 'Request {resource}/.default.',
  },
  refreshTokenUnproven: {
    entra: 700082,
    references: 'RFC 8705 §4',
    message: (e: { appId: string }) =>
      `the refresh token that the application "${e.appId}" sent is bound to a client certificate other than the one of the connection`,
    remedy: 'Redeem the token with the certificate with which it was requested, or have the user sign in again.',
  },
  graphTokenAccepted: {
    references: 'graph-api §2.1',
    message: (e: { appId: string }) => `the access token is valid for Microsoft Graph and was issued to ${e.appId}`,
  },
  deviceTokenAccepted: {
    references: 'windows-sign-in §2.1',
    message: ({ userId }: { userId: string }) => `the access token names the user ${userId}`,
  },
  primaryRefreshTokenBare: {
    entra: 70000,
    references: 'windows-sign-in §9',
    message: (_: Nothing) => 'a primary refresh token is accepted only in a request that its session key signs',
  },
  deviceTokenResourceRefused: {
    entra: 500011,
    references: 'windows-sign-in §3.11',
    message: ({ resource }: { resource: string }) => `tokens of devices are not issued for "${resource}"`,
    remedy: 'Request a token for device management (0000000a-0000-0000-c000-000000000000) or for device registration.',
  },
};
