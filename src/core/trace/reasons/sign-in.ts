import type { Nothing } from '../reason.ts';

/** The way through the pages: handoff, realm, password, session; and our own faults. */
export const signInReasons = {
  rulesMet: {
    entra: 0,
    cites: 'ARCHITECTURE.md',
    words: (_: Nothing) => 'every rule is met',
  },
  certificateRequested: {
    entra: 0,
    cites: 'FLOW-6',
    words: (e: { host: string }) => `a certificate was requested on ${e.host}`,
  },
  handoffUnknown: {
    entra: 50089,
    cites: 'W-7',
    words: (e: { interaction: string }) =>
      `the handoff for ${e.interaction} is unknown, was already used, is older than sixty seconds, or belongs to another sign-in`,
    remedy: 'Choose "Use a certificate or smart card" again. Do not reload or share the address of that page.',
    person: 'Your certificate was accepted, but the response arrived too late or was already used. Try again.',
  },
  usernameRead: { cites: 'FLOW-2', words: (e: { domain: string }) => `the user name belongs to ${e.domain}` },
  usernameMalformed: {
    entra: 50034,
    cites: 'FLOW-2',
    words: (e: { problem: string }) => `the user name is not a user principal name: ${e.problem}`,
    remedy: 'Type the user name as name@domain.',
    person: 'Enter a valid user name, for example someone@example.com.',
  },
  domainUnknown: {
    entra: 50034,
    cites: 'FLOW-2',
    words: (e: { domain: string }) => `no tenant of this installation has verified the domain ${e.domain}`,
    remedy: 'Check the spelling, or add and verify the domain.',
    person: 'This user name may be incorrect. Make sure that you typed it correctly.',
  },
  userOfAnotherTenant: {
    entra: 50020,
    cites: 'FLOW-2',
    words: (e: { domain: string; tenant: string }) =>
      `${e.domain} does not belong to the tenant ${e.tenant}, for which the application requested the sign-in`,
    remedy: 'Sign in with an account of this tenant, or change the application to use /organizations.',
    person: 'Your account belongs to another organization than the one this application expects.',
  },
  realmFederated: {
    entra: 50107,
    cites: 'REALM-1',
    words: (e: { domain: string }) => `${e.domain} is federated: its users sign in at their own identity provider`,
    remedy: 'Convert the domain to Managed, or add the user to staged rollout.',
    person: 'Your organization signs you in elsewhere. Open the application from your organization’s own sign-in page.',
  },
  passwordAccepted: {
    cites: 'MFA-5',
    words: (e: { userPrincipalName: string }) => `the password of ${e.userPrincipalName} is correct`,
  },
  passwordWrong: {
    entra: 50126,
    cites: 'PAGE-1',
    words: (e: { userPrincipalName: string }) => `the user name ${e.userPrincipalName} or the password is wrong`,
    remedy:
      'Reset the password of the user (`cardea user set UPN --password-file FILE`). A user without a password needs another method, such as a certificate.',
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
    words: (e: { outcome: string }) => `under the current policy, the sign-in would be ${e.outcome}`,
  },
  proofNotKept: {
    cites: 'docs/graph.md',
    words: (_: Nothing) =>
      'the log has no certificate and no proof for this entry; it never stores passwords and codes',
    remedy: 'Have the user sign in again.',
  },
  sessionUnproven: {
    entra: 50058,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (_: { userId: string }) => 'the session no longer authenticates the user',
    remedy: 'Sign in again.',
    person: 'Your session has ended. Sign in again.',
  },
  sessionRevoked: {
    entra: 50173,
    cites: 'REV-2',
    words: (e: { provenAt: string; validFrom: string }) =>
      `the user signed in at ${e.provenAt}, before the sessions of the user were revoked at ${e.validFrom}`,
    remedy: 'Sign in again.',
    person: 'Your session was ended by an administrator. Sign in again.',
  },
  signInFault: {
    entra: 90033,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (e: { step: string }) =>
      `the server failed after the step "${e.step}"; see the log of the server for details`,
    remedy: 'Look up the correlation id in the log of the server.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  signInLogUnavailable: {
    entra: 90033,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (_: { outcome: string }) =>
      'the sign-in log could not be written, and no sign-in is granted without an entry in the log',
    remedy: 'Free space on the disk of the data folder, or restore the connection to the database.',
    person: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  refreshTokenReplayed: {
    entra: 700082,
    cites: 'RFC 9700 §4.14.2',
    words: (e: { appId: string }) =>
      `a redeemed refresh token, or one of another application, was sent for "${e.appId}"; the grant has ended`,
    remedy:
      'Find out whether the token was stolen. Send the user to the authorize endpoint again, and keep only the newest refresh token.',
  },
};
