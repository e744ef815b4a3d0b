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
  tenantUnsaid: {
    entra: 50059,
    cites: 'graph-api §14.2',
    words: (e: { alias: string; grantType: string }) =>
      `nothing in a request with the grant type "${e.grantType}" at /${e.alias} tells which tenant is meant`,
    remedy: 'Send the request to /{tenant id or domain}/oauth2/v2.0/token.',
  },
  interactionNeeded: {
    entra: 50058,
    cites: 'OpenID Connect Core §3.1.2.6',
    words: (e: { error: string }) => `prompt=none was asked for, and the person has to do something (${e.error})`,
    remedy: 'Ask again without prompt=none.',
    person: 'You have to sign in again.',
  },
  hostUnknown: {
    entra: 50049,
    cites: 'graph-api §14.1',
    words: (e: { host: string }) => `"${e.host}" is not the login host of this installation`,
    remedy: 'Ask with the authorize address of this installation.',
  },
};
