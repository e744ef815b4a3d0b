/** Factors beside certificates: what was shown, and what was wrong with it. */
export const factorReasons = {
  temporaryAccessPassAccepted: {
    references: 'MFA-4',
    message: (e: { userPrincipalName: string; once: boolean }) =>
      `the Temporary Access Pass of ${e.userPrincipalName} was correct${e.once ? ', and cannot be used again' : ''}`,
  },
  temporaryAccessPassWrong: {
    entra: 130503,
    references: 'MFA-4',
    message: (e: { userPrincipalName: string; why: string }) =>
      `the Temporary Access Pass typed for ${e.userPrincipalName} was not accepted: ${e.why}`,
    remedy: 'Add a new Temporary Access Pass for the user (`cardea user tap UPN`).',
    userMessage: 'Your Temporary Access Pass is incorrect or can no longer be used. Contact your administrator.',
  },
  temporaryAccessPassInvalid: {
    entra: 0,
    references: 'graph temporaryAccessPassAuthenticationMethod',
    message: (e: { minutes: number; least: number; most: number }) =>
      `the lifetime of a Temporary Access Pass is ${e.least} to ${e.most} whole minutes, not ${e.minutes}`,
  },
  oneTimeCodeAccepted: {
    references: 'RFC 6238 §5.2',
    message: (e: { app: string }) => `the code of the authenticator app "${e.app}" was correct`,
  },
  oneTimeCodeWrong: {
    entra: 500121,
    references: 'RFC 6238 §5.2',
    message: (_: Record<never, never>) =>
      'the code does not match a registered authenticator app, is too old, or was used before',
    remedy: 'Type the code that the app currently shows. Check the clock of the device with the app.',
    userMessage: 'That code is not correct. Enter the code that your authenticator app currently shows.',
  },
  passkeyAccepted: {
    references: 'WebAuthn Level 3 §7.2',
    message: (e: { passkey: string; aaguid: string }) => `the passkey "${e.passkey}" signed (model ${e.aaguid})`,
  },
  passkeyWrong: {
    entra: 500121,
    references: 'WebAuthn Level 3 §7.2',
    message: (e: { why: string }) => `the passkey was not accepted: ${e.why}`,
    remedy: 'Use a passkey that is registered for this account, on this host name, with PIN or biometric.',
    userMessage: 'Your passkey could not be verified. Try again, or use another way to sign in.',
  },
  approvalAccepted: {
    references: 'MFA-11',
    message: (_: Record<never, never>) => 'the user approved the sign-in with the correct number in another session',
  },
  approvalRefused: {
    entra: 500121,
    references: 'MFA-11',
    message: (e: { why: string }) => `the approval in another session failed: ${e.why}`,
    remedy:
      'If the user did not start this sign-in, another person knows the first factor of the user. Reset that factor.',
    userMessage: 'Your sign-in was not approved. Try again, or use another way to sign in.',
  },
  factorNotAsked: {
    entra: 500121,
    references: 'CAP-5',
    message: (e: { method: string }) =>
      `the policy does not require ${e.method} in this sign-in, or the user has not registered it`,
    userMessage: 'This way to sign in is not available. Choose another one.',
  },
  methodNotAllowed: {
    entra: 500121,
    references: 'graph-api §3.2',
    message: (e: { method: string }) => `the authentication methods policy does not allow ${e.method} for this user`,
    remedy: 'Enable the method for a group of the user, or have the user sign in with another method.',
    userMessage: 'This way to sign in is not available. Choose another one.',
  },
  provenBefore: {
    references: 'CAP-5',
    message: (e: { methods: readonly string[] }) =>
      e.methods.length > 0 ? `proven earlier: ${e.methods.join(' and ')}` : 'the user has an active session',
  },
  triesExhausted: {
    entra: 50053,
    references: 'docs/second-factors.md#wrong-tries',
    message: (e: { secret: string; place: string; until: string }) =>
      e.place === 'source'
        ? `too many failed attempts from this source address: unfamiliar browsers at this address cannot use a ${e.secret} until ${e.until}`
        : `too many failed attempts with a ${e.secret} from ${e.place} browsers: locked until ${e.until}`,
    remedy: 'Wait, or sign in with a certificate or a passkey, which are never locked.',
    userMessage: 'You have tried too many times. Wait a while and try again, or use another way to sign in.',
  },
};
