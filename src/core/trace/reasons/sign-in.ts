import type { Nothing } from '../reason.ts';

/** The way through the pages: handoff, realm, password, session; and our own faults. */
export const signInReasons = {
  rulesMet: {
    entra: 0,
    references: 'ARCHITECTURE.md',
    message: (_: Nothing) => 'every rule is met',
  },
  certificateRequested: {
    entra: 0,
    references: 'FLOW-6',
    message: (e: { host: string }) => `a certificate was requested on ${e.host}`,
  },
  handoffUnknown: {
    entra: 50089,
    references: 'W-7',
    message: (e: { interaction: string }) =>
      `the handoff for ${e.interaction} is unknown, was already used, is older than sixty seconds, or belongs to another sign-in`,
    remedy: 'Choose "Use a certificate or smart card" again. Do not reload or share the address of that page.',
    userMessage: 'Your certificate was accepted, but the response arrived too late or was already used. Try again.',
  },
  usernameRead: { references: 'FLOW-2', message: (e: { domain: string }) => `the user name belongs to ${e.domain}` },
  usernameMalformed: {
    entra: 50034,
    references: 'FLOW-2',
    message: (e: { problem: string }) => `the user name is not a user principal name: ${e.problem}`,
    remedy: 'Type the user name as name@domain.',
    userMessage: 'Enter a valid user name, for example someone@example.com.',
  },
  domainUnknown: {
    entra: 50034,
    references: 'FLOW-2',
    message: (e: { domain: string }) => `no tenant of this installation has verified the domain ${e.domain}`,
    remedy: 'Check the spelling, or add and verify the domain.',
    userMessage: 'This user name may be incorrect. Make sure that you typed it correctly.',
  },
  userOfAnotherTenant: {
    entra: 50020,
    references: 'FLOW-2',
    message: (e: { domain: string; tenant: string }) =>
      `${e.domain} does not belong to the tenant ${e.tenant}, for which the application requested the sign-in`,
    remedy: 'Sign in with an account of this tenant, or change the application to use /organizations.',
    userMessage: 'Your account belongs to another organization than the one this application expects.',
  },
  realmFederated: {
    entra: 50107,
    references: 'REALM-1',
    message: (e: { domain: string }) => `${e.domain} is federated: its users sign in at their own identity provider`,
    remedy: 'Convert the domain to Managed, or add the user to staged rollout.',
    userMessage:
      'Your organization signs you in elsewhere. Open the application from your organization’s own sign-in page.',
  },
  passwordAccepted: {
    references: 'MFA-5',
    message: (e: { userPrincipalName: string }) => `the password of ${e.userPrincipalName} is correct`,
  },
  passwordWrong: {
    entra: 50126,
    references: 'PAGE-1',
    message: (e: { userPrincipalName: string }) => `the user name ${e.userPrincipalName} or the password is wrong`,
    remedy:
      'Reset the password of the user (`cardea user set UPN --password-file FILE`). A user without a password needs another method, such as a certificate.',
    userMessage: 'Your account or password is incorrect.',
  },
  sessionAccepted: {
    references: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    message: (e: { methods: readonly string[] }) => `the session has proven ${e.methods.join(' and ')}`,
  },
  clientCredentialsAccepted: {
    references: 'RFC 6749 §4.4',
    /** `credential`, in Graph's word, is absent in entries of earlier versions. */
    message: (e: { application: string; credential?: 'clientSecret' | 'clientAssertion' | 'certificate' }) =>
      `${e.application} signed in as itself`,
  },
  signInReevaluated: {
    references: 'docs/graph.md',
    message: (e: { outcome: string }) => `under the current policy, the sign-in would be ${e.outcome}`,
  },
  proofNotKept: {
    references: 'docs/graph.md',
    message: (_: Nothing) =>
      'the log has no certificate and no proof for this entry; it never stores passwords and codes',
    remedy: 'Have the user sign in again.',
  },
  sessionUnproven: {
    entra: 50058,
    references: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    message: (_: { userId: string }) => 'the session no longer authenticates the user',
    remedy: 'Sign in again.',
    userMessage: 'Your session has ended. Sign in again.',
  },
  sessionRevoked: {
    entra: 50173,
    references: 'REV-2',
    message: (e: { provenAt: string; validFrom: string }) =>
      `the user signed in at ${e.provenAt}, before the sessions of the user were revoked at ${e.validFrom}`,
    remedy: 'Sign in again.',
    userMessage: 'Your session was ended by an administrator. Sign in again.',
  },
  signInFault: {
    entra: 90033,
    references: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    message: (e: { step: string }) =>
      `the server failed after the step "${e.step}"; see the log of the server for details`,
    remedy: 'Look up the correlation id in the log of the server.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  signInLogUnavailable: {
    entra: 90033,
    references: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    message: (_: { outcome: string }) =>
      'the sign-in log could not be written, and no sign-in is granted without an entry in the log',
    remedy: 'Free space on the disk of the data folder, or restore the connection to the database.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  refreshTokenReplayed: {
    entra: 700082,
    references: 'RFC 9700 §4.14.2',
    message: (e: { appId: string }) =>
      `a redeemed refresh token, or one of another application, was sent for "${e.appId}"; the grant has ended`,
    remedy:
      'Find out whether the token was stolen. Send the user to the authorize endpoint again, and keep only the newest refresh token.',
  },
};
