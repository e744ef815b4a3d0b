/**
 * The version of oidc-provider in whose code each of {@link reaches} was read. After an upgrade a test fails until they
 * have been read again.
 */
export const checkedVersion = '9.13.3';

/**
 * What is used of the library beyond its documented options, events and methods, and what is relied upon there. Nothing outside of this
 * folder uses it (`test/architecture/library-reaches.test.ts` knows a use by a name that nothing else has, and `library-types.test.ts` one of
 * a common name by its type), and `reaches.test.ts` tries each with the library itself.
 */
export const reaches = {
  'Client.redirectUriAllowed': 'receives the redirect URI of a request; the answer decides alone',
  'Client.grantTypeAllowed': 'receives the grant type of a token request; the answer decides alone',
  'Client.responseModeAllowed': 'receives the response mode and response type of a request; the answer decides alone',
  'Client.compareClientSecret':
    'receives the secret of a token request; the answer, which may be a promise, decides alone',
  'Client.includeSid': 'decides whether tokens carry the claim sid',
  'Client.backchannelLogout': 'sends a logout token to the address of the application',
  'Session.persist': 'runs for every request that has a session, and throws where the session was never saved',
  'Session.sidFor': 'sets the session id of an application to the value it receives, or answers it',
  'Session.grantIdFor': 'sets the id of the grant of an application, or answers it',
  'Session.ensureClientContainer': 'makes what the session keeps of an application, with a session id',
  'Session.loginAccount': 'makes the session that of a user, and gives it the time of the sign-in',
  'Session.authorizations': 'what the session keeps of each application, by client_id; is stored with fields of ours',
  'Session.transient': 'the cookie ends with the browser; the library sets it and never removes it',
  'Session.loginTs': 'when the user signed in, in seconds; is there before the lifetime of the session is asked for',
  'Session.exp': 'when the session ends, in seconds; is missing until it was saved',
  'Session.uid':
    'can be set until the session is saved, and names it in tokens then; the types of the library let it be read',
  'Session.state': 'holds the secret of the form for a user code',
  'Session.amr': 'the methods of the sign-in, which a code receives from the session; acr the same',
  'IdToken.issue': 'signs the token, also logout tokens, whose use is "logout"',
  'IdToken.payload': 'the claims of the token before those of JWT',
  'RefreshToken.resourceIndicators': 'the resources that a refresh may name',
  'RefreshToken.scopes': 'the scopes that a refresh may name',
  'RefreshToken.constructor': 'makes a token that can be redeemed once it is saved, with these properties',
  'Grant.jti': 'a new grant has the id that it receives',
  'Interaction.result': 'is read from the record, and what the interaction ended with when the request continues',
  'OIDCContext.entity': 'makes an account and a grant those of the request that is being answered',
  'OIDCContext.claims': 'is kept with the code of the request, members of ours too',
  'Provider.ctx': 'the request that is being answered',
  'Provider.pathFor': 'makes the paths of the endpoints, below mountPath',
  'Provider.cookieName': 'the name of a cookie; its signature is in one with the suffix .sig',
  'Provider.on': 'tells of each kind of error with the request and the error',
  'cookies.keys': 'signs and verifies cookies with the methods of Keygrip',
  'cookies.get': 'the id of an interaction is read from the cookie of its resume address',
  'jwks.keys': 'a key may be an ExternalSigningKey, which signs by itself',
  'records of sessions': 'have authorizations, with sid, by client_id',
  'records of grants': 'have accountId and clientId',
  'records of codes': 'have sessionUid',
  'records of refresh tokens': 'have accountId, clientId, grantId, sessionUid, and iiat and exp in seconds',
  'sentences of errors': 'tell what was wrong with a request',
} as const satisfies Readonly<Record<string, string>>;
