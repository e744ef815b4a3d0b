import type { Nothing } from '../reason.ts';

/** The way through the pages: flow, handoff, realm, password, session; and our own faults. */
export const signInReasons = {
  certificateRequested: {
    entra: 0,
    cites: 'FLOW-6',
    words: (e: { host: string }) => `a certificate was asked for on ${e.host}`,
  },
  flowUnknown: {
    entra: 90100,
    cites: 'W-6',
    words: (e: { parameter: string }) =>
      `${e.parameter} names no sign-in that is under way: it is invalid, or it has expired`,
    remedy: 'Start again from the application. Sign-in pages stay valid for fifteen minutes.',
    person: 'This sign-in is no longer valid. Go back to the application and start again.',
  },
  browserForeign: {
    entra: 90100,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (e: { interaction: string }) =>
      `the sign-in ${e.interaction} was begun in another browser, or its cookie is gone`,
    remedy: 'A sign-in ends in the browser that began it. Start again from the application; allow cookies.',
    person: 'This sign-in was started in another browser window. Go back to the application and start again.',
  },
  handoffUnknown: {
    entra: 50089,
    cites: 'W-7',
    words: (e: { interaction: string }) =>
      `the handoff for ${e.interaction} is unknown, already used, older than sixty seconds, or meant for another sign-in`,
    remedy: 'Choose "Use a certificate or smart card" again; do not reload or share the address of that page.',
    person: 'Your certificate was accepted, but the answer arrived too late or was already used. Try again.',
  },
  tenantUnknown: {
    entra: 90002,
    cites: 'ERR-1',
    words: (e: { tenant: string }) => `there is no tenant "${e.tenant}" here`,
    remedy: 'Use the tenant id, a verified domain, "common" or "organizations". `cardea tenant list` names them.',
    person:
      'The organisation in this address is not known here. Check the address with the application’s administrator.',
  },
  usernameRead: { cites: 'FLOW-2', words: (e: { domain: string }) => `the user name belongs to ${e.domain}` },
  usernameMalformed: {
    entra: 50034,
    cites: 'FLOW-2',
    words: (e: { problem: string }) => `the user name is not a user principal name: ${e.problem}`,
    remedy: 'Type it as name@domain.',
    person: 'Enter a valid user name, for example someone@example.com.',
  },
  domainUnknown: {
    entra: 50034,
    cites: 'FLOW-2',
    words: (e: { domain: string }) => `no tenant here has verified the domain ${e.domain}`,
    remedy: 'Check the spelling, or add and verify the domain.',
    person: 'This user name may be incorrect. Make sure that you typed it correctly.',
  },
  userOfAnotherTenant: {
    entra: 50020,
    cites: 'FLOW-2',
    words: (e: { domain: string; tenant: string }) =>
      `${e.domain} does not belong to the tenant ${e.tenant} that this application asked for`,
    remedy: 'Sign in with an account of that tenant, or let the application use /organizations.',
    person: 'Your account belongs to another organisation than the one this application expects.',
  },
  realmFederated: {
    entra: 50107,
    cites: 'REALM-1',
    words: (e: { domain: string }) => `${e.domain} is federated: its users sign in at their own identity provider`,
    remedy: 'Convert the domain to Managed, or add the user to staged rollout.',
    person: 'Your organisation signs you in elsewhere. Open the application from your organisation’s own sign-in page.',
  },
  passwordAccepted: {
    cites: 'MFA-5',
    words: (e: { userPrincipalName: string }) => `the password of ${e.userPrincipalName} was right`,
  },
  passwordWrong: {
    entra: 50126,
    cites: 'PAGE-1',
    words: (e: { userPrincipalName: string }) => `the user name ${e.userPrincipalName} or the password was wrong`,
    remedy: '`cardea user set UPN --password` sets a new one. A user without a password can only use a certificate.',
    person: 'Your account or password is incorrect.',
  },
  sessionAccepted: {
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (e: { methods: readonly string[] }) => `the session has proven ${e.methods.join(' and ')}`,
  },
  clientCredentialsAccepted: {
    cites: 'RFC 6749 §4.4',
    /** `credential`, in Graph's word, is absent in entries of earlier versions. */
    words: (e: { application: string; credential?: 'clientSecret' | 'clientAssertion' | 'certificate' }) =>
      `${e.application} signed in as itself`,
  },
  signInReevaluated: {
    cites: 'docs/graph.md',
    words: (e: { outcome: string }) => `under today's policy the sign-in would be ${e.outcome}`,
  },
  proofNotKept: {
    cites: 'docs/graph.md',
    words: (_: Nothing) =>
      'the log keeps no certificate and no proof of this entry: passwords and codes are never kept',
    remedy: 'Let the user sign in again.',
  },
  sessionUnproven: {
    entra: 50058,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (_: { userId: string }) => 'the session no longer proves who this is',
    remedy: 'Sign in again.',
    person: 'Your session has ended. Sign in again.',
  },
  sessionRevoked: {
    entra: 50173,
    cites: 'REV-2',
    words: (e: { provenAt: string; validFrom: string }) =>
      `the session was proven at ${e.provenAt}, before the user's sessions were revoked at ${e.validFrom}`,
    remedy: 'Sign in again.',
    person: 'Your session was ended by an administrator. Sign in again.',
  },
  serviceUnavailable: {
    entra: 90033,
    cites: 'RFC 9110 §15.6.4',
    words: (_: Nothing) => 'The service is temporarily unavailable. Try again later',
    remedy: 'Look up the correlation id in the log of the server.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  signInFault: {
    entra: 90033,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (e: { step: string }) =>
      `something of ours failed after the step "${e.step}"; the server's own log has the details`,
    remedy: 'Look up the correlation id in the log of the server.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  signInLogUnavailable: {
    entra: 90033,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (_: { outcome: string }) =>
      'the sign-in log could not be written, and there is no sign-in without its entry',
    remedy: 'Free space on the disk of the data folder, or bring the database back.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  // OpenID Connect
  applicationUnknown: {
    entra: 700016,
    cites: 'RFC 6749 §5.2',
    words: (e: { appId: string; tenant: string }) =>
      `the application "${e.appId}" was not found in the directory "${e.tenant}"`,
    remedy: 'Register the application in this tenant, or send the request to the tenant that has it.',
    person: 'This application is not known in your organisation.',
  },
  redirectUriUnknown: {
    entra: 50011,
    cites: 'RFC 6749 §3.1.2.3',
    words: (e: { redirectUri: string; appId: string }) =>
      `the redirect URI "${e.redirectUri}" is not one of those registered for the application "${e.appId}"`,
    remedy: 'Register exactly this redirect URI, or correct the one the application sends.',
    person: 'This application asked for an answer at an address that is not registered for it.',
  },
  redirectUriOther: {
    entra: 500112,
    cites: 'RFC 6749 §4.1.3',
    words: (e: { appId: string }) =>
      `the application "${e.appId}" redeems the code with another redirect URI than it asked with`,
    remedy: 'Send the same redirect_uri to authorize and to token.',
  },
  clientSecretWrong: {
    entra: 7000215,
    cites: 'RFC 6749 §2.3.1',
    words: (e: { appId: string }) => `the client secret sent for the application "${e.appId}" is not one of its own`,
    remedy: 'Send the value of the secret, not its id; make a new one when it is lost.',
  },
  clientSecretMissing: {
    entra: 7000218,
    cites: 'RFC 6749 §3.2.1',
    words: (e: { appId: string }) =>
      `the application "${e.appId}" is confidential and must send client_secret or client_assertion`,
    remedy: 'Send the secret, or register the application as a public client.',
  },
  clientCredentialExpired: {
    entra: 7000222,
    cites: 'graph-api §8',
    words: (e: { appId: string; keyId: string; end: string }) =>
      `the credential ${e.keyId} of the application "${e.appId}" expired at ${e.end}`,
    remedy: 'Make a new secret or register a new certificate, and give it to the application.',
  },
  clientAssertionInvalid: {
    entra: 700027,
    cites: 'RFC 7523 §3',
    words: (e: { appId: string; problem: string }) =>
      `the client assertion of the application "${e.appId}" was not accepted: ${e.problem}`,
    remedy:
      'Sign it with the key of a registered certificate (PS256 or RS256), name that certificate by x5t#S256 or x5t, and make aud the token endpoint.',
  },
  clientAssertionReplayed: {
    entra: 700024,
    cites: 'RFC 7523 §3 (7)',
    words: (e: { appId: string }) =>
      `a client assertion of the application "${e.appId}" was used again: the same request, or from another address`,
    remedy:
      'Make a new assertion, with a jti of its own. When the application did not send it twice, an attacker may have it.',
  },
  clientPublic: {
    entra: 700025,
    cites: 'RFC 6749 §2.1',
    words: (e: { appId: string }) => `the application "${e.appId}" is public and must send no secret`,
    remedy: 'Leave out client_secret, or register the application as confidential.',
  },
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
  originForeign: {
    entra: 9002326,
    cites: 'MSAL single-page',
    words: (e: { appId: string; origin: string }) =>
      `a page of ${e.origin} sent what "${e.appId}" was given, which is not a single-page application of that origin`,
    remedy: 'Register the page as a redirect URI of type single-page application.',
  },
  originMissing: {
    entra: 9002327,
    cites: 'MSAL single-page',
    words: (e: { appId: string }) =>
      `what the single-page application "${e.appId}" was given came from an origin that is not one of its pages`,
    remedy:
      'Redeem in the browser, where the code or refresh token was given; a server needs a redirect URI of its own.',
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
  userCodeUnknown: {
    entra: 70018,
    cites: 'RFC 8628 §3.3',
    words: (e: { problem: string }) => `the code typed for a device is wrong, has expired or was used (${e.problem})`,
    remedy: 'Type the code the device shows now; start again there when it has expired.',
    person: 'This code is not right, has expired or was used already. Type it again.',
  },
  deviceCodePending: {
    entra: 70016,
    cites: 'RFC 8628 §3.5',
    words: (_: { appId: string }) => 'the person has not finished signing in for the device yet; continue polling',
  },
  devicePolledTooFast: {
    entra: 70016,
    cites: 'RFC 8628 §3.5',
    words: (_: { appId: string }) =>
      'the person has not finished signing in for the device yet, and the device polls before its interval is over',
    remedy: 'Wait 5 seconds longer between two polls from now on.',
  },
  userCodeGuessesExhausted: {
    entra: 50053,
    cites: 'RFC 8628 §5.1',
    words: (e: { seconds: number }) =>
      `too many wrong codes were typed for devices from this address or in all; the next one is accepted in ${e.seconds} seconds`,
    remedy: 'Wait, then type the code the device shows.',
    person: 'Too many wrong codes were typed. Wait a few minutes, then type the code that your device shows.',
  },
  deviceCodeExpired: {
    entra: 70020,
    cites: 'RFC 8628 §3.5',
    words: (e: { appId: string }) =>
      `the device code that the application "${e.appId}" sent is unknown here, or it has expired`,
    remedy: 'Ask for a new device code.',
  },
  deviceDeclined: {
    entra: 65004,
    cites: 'RFC 8628 §3.5',
    words: (e: { appId: string }) => `the person declined the sign-in to "${e.appId}" on another device`,
    remedy: 'Ask for a new device code when that was a mistake.',
  },
  deviceRefused: {
    entra: 65001,
    cites: 'RFC 8628 §3.5',
    words: (e: { appId: string; problem: string }) =>
      `the sign-in to "${e.appId}" on another device was refused: ${e.problem}`,
    remedy: 'Do what the reason asks for, then ask for a new device code.',
  },
  deviceTenantUnsaid: {
    entra: 90133,
    cites: 'RFC 8628 §3.1',
    words: (e: { alias: string }) =>
      `nothing in a request for a device code at /${e.alias} tells which tenant is meant`,
    remedy: 'Send the request to /{tenant id or domain}/oauth2/v2.0/devicecode.',
  },
  grantTypeUnsupported: {
    entra: 70003,
    cites: 'RFC 6749 §5.2',
    words: (e: { grantType: string; appId: string }) =>
      `the grant type "${e.grantType}" is not offered here to the application "${e.appId}"`,
    remedy:
      'Use authorization_code with PKCE, refresh_token, device_code, or client_credentials with a secret or certificate.',
  },
  responseTypeUnsupported: {
    entra: 700051,
    cites: 'RFC 9700 §2.1.2',
    words: (e: { responseType: string }) => `the response type "${e.responseType}" is not offered here`,
    remedy: 'Use response_type=code with PKCE, or code id_token.',
  },
  idTokenIssuanceOff: {
    entra: 700054,
    cites: 'OpenID Connect Core §3.3',
    words: (e: { responseType: string; appId: string }) =>
      `the response type "${e.responseType}" is not enabled for the application "${e.appId}"`,
    remedy:
      'Use response_type=code with PKCE, or set web.implicitGrantSettings.enableIdTokenIssuance of the application to true.',
  },
  responseModeNotForTokens: {
    entra: 70007,
    cites: 'OpenID Connect Core §3.3.2.5',
    words: (e: { responseType: string }) =>
      `the response mode query is not for the response type "${e.responseType}": a token would stand in the address`,
    remedy: 'Use response_mode=form_post, or fragment.',
  },
  requestObjectUnsupported: {
    entra: 90019,
    cites: 'OpenID Connect Core §6.1',
    words: (e: { parameter: string }) => `request objects are not offered here, and the request has ${e.parameter}`,
    remedy: 'Send every parameter of the request by itself.',
  },
  codeChallengeMethodUnsupported: {
    entra: 501481,
    cites: 'RFC 7636 §4.3, RFC 9700 §2.1.1',
    words: (e: { appId: string; method: string }) =>
      `the application "${e.appId}" sent a code_challenge with the method "${e.method}", and S256 alone is offered`,
    remedy: 'Send code_challenge_method=S256 and the SHA-256 of the verifier.',
  },
  endpointPostOnly: {
    entra: 900561,
    cites: 'RFC 6749 §3.2',
    words: (e: { method: string }) => `this endpoint accepts POST requests only, and the request was a ${e.method}`,
    remedy: 'Send the parameters as the form body of a POST.',
  },
  onBehalfOfRefused: {
    entra: 50013,
    cites: 'RFC 7523 §3',
    words: (e: { appId: string; problem: string }) =>
      `the request of "${e.appId}" on behalf of a user is refused: ${e.problem}`,
    remedy:
      'Send the access token that a client sent to this very application, while it is valid, with the secret or certificate of the application.',
  },
  azureAdGraphRetired: {
    cites: 'windows-sign-in §0.4',
    words: (_: object) => 'Azure AD Graph (graph.windows.net) is retired and is not offered here; use Microsoft Graph',
    remedy: 'Send the request to /v1.0 of Microsoft Graph, with a token for https://graph.microsoft.com.',
  },
  tenantUnsaid: {
    entra: 50059,
    cites: 'graph-api §14.2',
    words: (e: { alias: string; grantType: string }) =>
      `nothing in a request with the grant type "${e.grantType}" at /${e.alias} tells which tenant is meant`,
    remedy: 'Send the request to /{tenant id or domain}/oauth2/v2.0/token.',
  },
  parameterMissing: {
    entra: 900144,
    cites: 'RFC 6749 §5.2',
    words: (e: { parameters: string }) => `the request must contain the parameter ${e.parameters}`,
    remedy: 'Send every parameter the grant asks for, in the form body of a POST.',
  },
  requestMalformed: {
    entra: 90013,
    cites: 'RFC 6749 §5.2',
    words: (e: { problem: string }) => `the request cannot be understood: ${e.problem}`,
    remedy: 'Correct the request.',
    person: 'The application sent a request that cannot be understood.',
  },
  interactionNeeded: {
    entra: 50058,
    cites: 'OpenID Connect Core §3.1.2.6',
    words: (e: { error: string }) => `prompt=none was asked for, and the person has to do something (${e.error})`,
    remedy: 'Ask again without prompt=none.',
    person: 'You have to sign in again.',
  },
  accessTokenRejected: {
    entra: 80049,
    cites: 'RFC 6750 §3.1',
    words: (e: { problem: string }) => `the access token was not accepted: ${e.problem}`,
    remedy: 'Send a fresh access token for Microsoft Graph in the Authorization header.',
  },
  hostUnknown: {
    entra: 50049,
    cites: 'graph-api §14.1',
    words: (e: { host: string }) => `"${e.host}" is not the login host of this installation`,
    remedy: 'Ask with the authorize address of this installation.',
  },
};
