/** Factors beside certificates: what was shown, what was wrong with it, and what is registered. */
export const factorReasons = {
  temporaryAccessPassAccepted: {
    cites: 'MFA-4',
    words: (e: { userPrincipalName: string; once: boolean }) =>
      `the Temporary Access Pass of ${e.userPrincipalName} was right${e.once ? ', and is spent' : ''}`,
  },
  temporaryAccessPassWrong: {
    entra: 130503,
    cites: 'MFA-4',
    words: (e: { userPrincipalName: string; why: string }) =>
      `the Temporary Access Pass typed for ${e.userPrincipalName} was not accepted: ${e.why}`,
    remedy: '`cardea user tap UPN` issues a new one.',
    person: 'Your Temporary Access Pass is incorrect or can no longer be used. Contact your administrator.',
  },
  temporaryAccessPassInvalid: {
    entra: 0,
    cites: 'graph temporaryAccessPassAuthenticationMethod',
    words: (e: { minutes: number; least: number; most: number }) =>
      `a Temporary Access Pass lives ${e.least} to ${e.most} whole minutes, not ${e.minutes}`,
  },
  oneTimeCodeAccepted: {
    cites: 'RFC 6238 §5.2',
    words: (e: { app: string }) => `the code of the authenticator app "${e.app}" was right`,
  },
  oneTimeCodeWrong: {
    entra: 500121,
    cites: 'RFC 6238 §5.2',
    words: (_: Record<never, never>) => 'the code was of no registered authenticator app, too old, or used before',
    remedy: 'Type the code the app shows now; set the clock of the device that runs it.',
    person: 'That code is not right. Enter the code your authenticator app shows now.',
  },
  passkeyAccepted: {
    cites: 'WebAuthn Level 3 §7.2',
    words: (e: { passkey: string; aaguid: string }) => `the passkey "${e.passkey}" signed (model ${e.aaguid})`,
  },
  passkeyWrong: {
    entra: 500121,
    cites: 'WebAuthn Level 3 §7.2',
    words: (e: { why: string }) => `the passkey was not accepted: ${e.why}`,
    remedy: 'Use a passkey that is registered for this account, on this host name, with PIN or biometric.',
    person: 'Your passkey could not be verified. Try again, or use another way to sign in.',
  },
  approvalAccepted: {
    cites: 'MFA-11',
    words: (_: Record<never, never>) => 'it was approved with the right number in another session',
  },
  approvalRefused: {
    entra: 500121,
    cites: 'MFA-11',
    words: (e: { why: string }) => `the approval in another session failed: ${e.why}`,
    remedy: 'If the user did not start this sign-in, another person has their first factor: reset it.',
    person: 'Your sign-in was not approved. Try again, or use another way to sign in.',
  },
  factorNotAsked: {
    entra: 500121,
    cites: 'CAP-5',
    words: (e: { method: string }) => `policy does not ask for ${e.method} here, or the person has none`,
    person: 'This way to sign in is not available. Choose another one.',
  },
  methodNotAllowed: {
    entra: 500121,
    cites: 'graph-api §3.2',
    words: (e: { method: string }) => `the authentication methods policy does not let this person use ${e.method}`,
    remedy: 'Enable the method for a group the person is in, or let them sign in another way.',
    person: 'This way to sign in is not available. Choose another one.',
  },
  provenBefore: {
    cites: 'CAP-5',
    words: (e: { methods: readonly string[] }) =>
      e.methods.length > 0 ? `shown before: ${e.methods.join(' and ')}` : 'a live session says who this is',
  },
  triesExhausted: {
    entra: 50053,
    cites: 'docs/second-factors.md#wrong-tries',
    words: (e: { secret: string; place: string; until: string }) =>
      e.place === 'source'
        ? `too many wrong tries from this source address: no ${e.secret} is taken from its unfamiliar browsers until ${e.until}`
        : `too many wrong tries with a ${e.secret} from ${e.place} browsers: locked until ${e.until}`,
    remedy: 'Wait, or sign in with a certificate or a passkey; neither is locked.',
    person: 'You have tried too many times. Wait a while and try again, or use another way to sign in.',
  },
  methodRegistered: {
    cites: 'graph authenticationMethod',
    words: (e: { kind: string }) => `a method was registered: ${e.kind}`,
  },
  methodRemoved: {
    cites: 'graph authenticationMethod',
    words: (e: { id: string }) => `a method was removed: ${e.id}`,
  },
  registrationRefused: {
    entra: 500121,
    cites: 'WebAuthn Level 3 §7.1, RFC 6238 §5.1',
    words: (e: { why: string }) => `the method was not registered: ${e.why}`,
    person: 'This could not be registered. Try again.',
  },
};
