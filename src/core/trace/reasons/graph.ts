import type { Nothing } from '../reason.ts';

/** What can be wrong with a request to the Graph API, and who may do what there. */
export const graphReasons = {
  graphCallAllowed: {
    cites: 'graph-api §2.1',
    words: (e: { scope: string; by: string }) => `${e.scope} allows it, by ${e.by}`,
  },
  graphTokenAccepted: {
    cites: 'graph-api §2.1',
    words: (e: { appId: string }) => `the access token is one of ours for Graph, made for ${e.appId}`,
  },
  graphTokenRefused: {
    cites: 'graph-api §2.1, RFC 6750 §3.1',
    words: (e: { problem: string }) => `the access token cannot be used: ${e.problem}`,
    remedy: 'Ask the login host for a token whose audience is this Graph.',
  },
  graphScopeMissing: {
    cites: 'graph-api §2.1',
    words: (e: { accepted: readonly string[]; held: readonly string[] }) =>
      `the token carries ${e.held.join(', ') || 'no permission'}; needed is one of ${e.accepted.join(', ')}`,
    remedy: 'Ask for a token with one of these permissions, or have an administrator grant it.',
  },
  graphRoleMissing: {
    cites: 'graph-api §2.4',
    words: (e: { area: string; access: string; accepted: readonly string[] }) =>
      `no directory role of the caller gives ${e.access} access to ${e.area}; these do: ${e.accepted.join(', ') || 'none'}`,
    remedy: 'Have a Privileged Role Administrator assign one of these roles.',
  },
  graphOwnPassRefused: {
    cites: 'graph-api §2.4, MFA-4',
    words: (_: Nothing) => 'A Temporary Access Pass is not issued for oneself.',
    remedy: 'Ask another Authentication, Privileged Authentication or Global Administrator to issue it.',
  },
  ownPasswordReset: {
    cites: 'docs/spec/graph-for-the-admin-center.md#row-21',
    words: (_: Nothing) => 'A user does not reset the own password.',
    remedy: 'Change it with POST /me/changePassword, which asks for the current one.',
  },
  graphBuiltInReadOnly: {
    cites: 'graph-api §2.3',
    words: ({ name }: { name: string }) => `The application ${name} comes with the installation and is read-only.`,
    remedy: 'Register an application of your own and change that one.',
  },
  graphTargetProtected: {
    cites: 'graph-api §2.4',
    words: (e: { roles: readonly string[] }) =>
      `the user holds ${e.roles.join(', ')}: only a Global or Privileged Authentication Administrator may do this to them`,
  },
  graphPathUnknown: {
    cites: 'graph-api §1.4',
    words: (e: { segment: string }) => `Resource not found for the segment '${e.segment}'.`,
  },
  graphMethodNotAllowed: {
    cites: 'RFC 9110 §15.5.6',
    words: (e: { method: string; allowed: readonly string[] }) =>
      `${e.method} is not offered here; ${e.allowed.join(', ')} ${e.allowed.length === 1 ? 'is' : 'are'}`,
  },
  graphQueryUnreadable: {
    cites: 'OData 4.01 Part 2 §5.1',
    words: (e: { option: string; problem: string }) => `${e.option} cannot be read: ${e.problem}`,
  },
  graphQueryUnsupported: {
    cites: 'graph-api §1.6',
    words: (e: { problem: string }) => e.problem,
  },
  graphPageTokenStale: {
    cites: 'graph-api §1.5',
    words: (_: Nothing) => 'the $skiptoken is not of this query, or no longer valid',
    remedy: 'Use the whole @odata.nextLink of an earlier answer, or start again without a $skiptoken.',
  },
  graphNotOffered: {
    cites: 'graph-api §16',
    words: (e: { segment: string }) =>
      `'${e.segment}' is a part of Microsoft Graph that this installation does not have`,
  },
  graphTenantOther: {
    cites: 'graph-api §1.1',
    words: (e: { tenant: string }) => `the access token is not for the tenant '${e.tenant}' in the address`,
    remedy: 'Ask for a token in that tenant, or leave the tenant out of the address.',
  },
  graphDeltaTokenStale: {
    cites: 'graph-api §6.3',
    words: (_: Nothing) => 'the $deltatoken is not of this query, or it is older than thirty days',
    remedy: 'Begin again without a token, and replace what was synchronized.',
  },
  applicationKeyFromOtherAuthority: {
    cites: 'graph-api §8',
    words: (e: { problem: string }) =>
      `the certificate comes from no CA that is named for certificates of applications (${e.problem})`,
    remedy: 'Register a certificate of such a CA, or add its CA to a certificateBasedApplicationConfiguration.',
  },
  graphBodyUnreadable: {
    cites: 'graph-api §1.4',
    words: (e: { problem: string }) => `the body cannot be used: ${e.problem}`,
  },
  graphContentTypeUnsupported: {
    cites: 'graph-api §1.4, RFC 9110 §15.5.16',
    words: (e: { type: string }) => `a body of type "${e.type}" is not taken here`,
    remedy: 'Send Content-Type: application/json; for a picture image/png or another type of picture.',
  },
  graphBodyTooLarge: {
    cites: 'RFC 9110 §15.5.14',
    words: (e: { limit: number }) => `the body is larger than ${e.limit} bytes`,
  },
  graphDependencyFailed: {
    cites: 'graph-api §1.7',
    words: (e: { id: string }) => `request ${e.id}, on which this one depends, did not succeed`,
  },
  graphFault: {
    entra: 90033,
    cites: 'graph-api §1.4',
    words: (_: Nothing) => 'something went wrong on our side; the request-id finds it in the log of the server',
  },
  graphPropertyInvalid: {
    cites: 'graph-api §1.4',
    words: (e: { target: string; problem: string }) =>
      `${e.target || 'the body'}: ${e.problem} (property values specified are invalid)`,
  },
  privateKeySent: {
    cites: 'docs/spec/graph-for-the-admin-center.md#row-12',
    words: (e: { target: string; kind: string }) => `${e.target}: the file holds a private key (${e.kind})`,
    remedy:
      'Send the certificate alone. If the key left the computer it belongs to, treat it as known to others and replace the certificate.',
  },
  pictureInvalid: {
    cites: 'docs/spec/graph-for-the-admin-center.md#row-37',
    words: (e: { problem: string }) => `the picture cannot be used: ${e.problem}`,
    remedy: 'docs/graph.md lists the types and sizes of pictures.',
  },
  pictureMissing: {
    cites: 'docs/spec/graph-for-the-admin-center.md#row-40',
    words: (_: Nothing) => 'The photo was not found.',
  },
  graphObjectMissing: {
    cites: 'graph-api §1.4',
    words: (e: { id: string }) =>
      `Resource '${e.id}' does not exist or one of its queried reference-property objects are not present.`,
  },
  graphObjectConflict: {
    cites: 'graph-api §1.4',
    words: (e: { target: string; value: string }) =>
      `Another object of this tenant has the ${e.target} "${e.value}" already: a conflicting object with one or more of the specified property values is present.`,
  },
  graphReferenceExists: {
    cites: 'graph-api §1.4',
    words: (e: { property: string }) =>
      `One or more added object references already exist for the following modified properties: '${e.property}'.`,
  },
  graphReferenceMissing: {
    cites: 'graph-api §1.4',
    words: (e: { property: string }) =>
      `One or more removed object references do not exist for the following modified properties: '${e.property}'.`,
  },
  graphReferenceInvalid: {
    cites: 'graph-api §1.1',
    words: (e: { problem: string }) => `Not a valid reference update: ${e.problem}`,
  },
  graphVersionConflict: {
    cites: 'RFC 9110 §13.1.1',
    words: (e: { changedBy: string | undefined; changedDateTime: string | undefined }) => {
      const by = e.changedBy === undefined ? '' : ` by ${e.changedBy}`;
      const at = e.changedDateTime === undefined ? '' : ` at ${e.changedDateTime}`;
      return `the resource was changed${by}${at}, after it was read`;
    },
    remedy: 'Read it again and repeat the change.',
  },
  graphThrottled: {
    cites: 'graph-api §1.8, RFC 6585 §4',
    words: (e: { seconds: number }) => `too many requests; try again in ${e.seconds} seconds`,
  },
  applicationKeyInvalid: {
    cites: 'graph-api §8',
    words: (e: { problem: string }) => `the key of a keyCredential cannot be used (${e.problem})`,
    remedy: 'Send the certificate as DER in base64, with a key that a card could have.',
  },
  secretPeriodInvalid: {
    cites: 'graph-api §8',
    words: (_: Nothing) => 'endDateTime is not after startDateTime',
  },
  servicePrincipalWithoutApplication: {
    cites: 'graph-api §8',
    words: (e: { appId: string }) =>
      `The appId '${e.appId}' of the service principal does not reference a valid application object.`,
    remedy: 'Register the application first.',
  },
  permissionUnknown: {
    cites: 'graph-api §2.2',
    words: (e: { value: string }) => `Microsoft Graph has no permission "${e.value}" of this kind here`,
    remedy: 'Spell it as Graph does: User.Read.All, AuditLog.Read.All …',
  },
  graphSelectNotOfLists: {
    cites: 'graph-api §1.4',
    words: (e: { property: string }) => `${e.property} can be asked of a single user only`,
  },
  graphUserSynchronised: {
    cites: 'graph-api §6.1',
    words: (e: { property: string }) => `the user comes from another directory, where ${e.property} is to be changed`,
    remedy: 'Change it in the on-premises directory, or use the synchronisation account.',
  },
  passwordTooWeak: {
    cites: 'Entra password policy',
    words: (e: { shortest: number; longest: number }) =>
      `the password has not ${e.shortest} to ${e.longest} characters of three kinds (lower case, upper case, digits, signs)`,
    remedy: 'Choose a longer or more varied password.',
    person: 'This password is too weak. Use 8 to 256 characters of three kinds: lower case, upper case, digits, signs.',
  },
  graphPersonNeeded: {
    cites: 'graph-api §6.1',
    words: (_: Nothing) => '/me request is only valid with delegated authentication flow.',
  },
  graphLimitReached: {
    cites: 'graph-api §5, §6',
    words: (e: { what: string; limit: number }) => `there can be at most ${e.limit} ${e.what}`,
  },
  graphLastAdministrator: {
    cites: 'graph-api §7',
    words: (_: { administrators?: readonly { id: string; userPrincipalName: string }[] }) =>
      'this would leave the tenant without an enabled Global Administrator',
    remedy: 'Assign the role to another user first.',
  },
  graphObjectInUse: {
    cites: 'graph-api §9, §11.2',
    words: (e: { what: string; usedBy: readonly string[] }) => `${e.what} is in use by ${e.usedBy.join(', ')}`,
    remedy: 'Remove it there first.',
  },
  graphBuiltInFixed: {
    cites: 'graph-api §7, §11.2',
    words: (e: { what: string }) => `${e.what} is built in and cannot be changed`,
  },
  graphMethodTargetUnknown: {
    cites: 'SCOPE-2',
    words: (e: { id: string }) => `there is no group ${e.id}`,
    remedy: 'Name a group of this tenant by its id, or all_users.',
  },
  authorityExpired: {
    cites: 'TS-3',
    words: (e: { subject: string; notAfter: string }) =>
      `the CA ${e.subject} expired at ${e.notAfter}: delete the expired CA first`,
    remedy: 'Send the list without it.',
  },
  authorityTypeContradicts: {
    cites: 'TS-2',
    words: (e: { subject: string; stated: string }) =>
      `${e.subject} is stated to be ${e.stated}, and its certificate says otherwise`,
    remedy: 'A root names itself as its issuer; everything else is an intermediate.',
  },
  authorityValueContradicts: {
    cites: 'graph-api §5',
    words: (e: { property: string; stated: string; found: string }) =>
      `${e.property} is stated as ${e.stated}, and the certificate says ${e.found}`,
  },
};
