import type { Nothing } from '../reason.ts';

/** The way through the pages: flow, handoff, realm, password, session; and our own faults. */
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
  flowUnknown: {
    entra: 90100,
    cites: 'W-6',
    words: (e: { parameter: string }) =>
      `${e.parameter} does not identify a sign-in in progress: it is not valid, or it has expired`,
    remedy: 'Start again from the application. Sign-in pages stay valid for fifteen minutes.',
    person: 'This sign-in is no longer valid. Go back to the application and start again.',
  },
  browserForeign: {
    entra: 90100,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (e: { interaction: string }) =>
      `the sign-in ${e.interaction} has ended or expired, was started in another browser, or its cookie is missing`,
    remedy: 'Complete a sign-in in the browser that started it. Start again from the application, and allow cookies.',
    person:
      'This sign-in has ended or was started in another browser window. Go back to the application and start again.',
  },
  formForeign: {
    entra: 90100,
    cites: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    words: (e: { origin: string }) => `the form was sent by another website: ${e.origin}`,
    remedy:
      'Sign-in pages accept forms only from themselves. A program that sends them must not send the headers Origin and Sec-Fetch-Site of another website.',
    person: 'This form was sent by another website and was not accepted. Go back to the application and start again.',
  },
  handoffUnknown: {
    entra: 50089,
    cites: 'W-7',
    words: (e: { interaction: string }) =>
      `the handoff for ${e.interaction} is unknown, was already used, is older than sixty seconds, or belongs to another sign-in`,
    remedy: 'Choose "Use a certificate or smart card" again. Do not reload or share the address of that page.',
    person: 'Your certificate was accepted, but the response arrived too late or was already used. Try again.',
  },
  tenantUnknown: {
    entra: 90002,
    cites: 'ERR-1',
    words: (e: { tenant: string }) => `this installation has no tenant "${e.tenant}"`,
    remedy:
      'Use the tenant id, a verified domain, "common" or "organizations". `cardea tenant list` lists the tenants.',
    person:
      'The organization in this address is not known here. Check the address with the application’s administrator.',
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
  tenantUnsaid: {
    entra: 50059,
    cites: 'graph-api §14.2',
    words: (e: { alias: string; grantType: string }) =>
      `a request with the grant type "${e.grantType}" at /${e.alias} does not identify the tenant`,
    remedy: 'Send the request to /{tenant id or domain}/oauth2/v2.0/token.',
  },
  interactionNeeded: {
    entra: 50058,
    cites: 'OpenID Connect Core §3.1.2.6',
    words: (e: { error: string }) =>
      `the request has prompt=none, but the sign-in needs an action of the user (${e.error})`,
    remedy: 'Send the request again without prompt=none.',
    person: 'You have to sign in again.',
  },
  hostUnknown: {
    entra: 50049,
    cites: 'graph-api §14.1',
    words: (e: { host: string }) => `"${e.host}" is not the login host of this installation`,
    remedy: 'Use the authorize address of this installation.',
  },
};
