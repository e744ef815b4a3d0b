import type { Nothing } from '../reason.ts';

/** What can be wrong with a request to the Graph API, and who may do what there. */
export const graphReasons = {
  graphCallAllowed: {
    cites: 'graph-api §2.1',
    words: (e: { scope: string; by: string }) => `${e.scope} allows it, by ${e.by}`,
  },
  graphTokenAccepted: {
    cites: 'graph-api §2.1',
    words: (e: { appId: string }) => `the access token is valid for Microsoft Graph and was issued to ${e.appId}`,
  },
  graphTokenRefused: {
    cites: 'graph-api §2.1, RFC 6750 §3.1',
    words: (e: { problem: string }) => `the access token cannot be used: ${e.problem}`,
    remedy: 'Request an access token for Microsoft Graph from the login host.',
  },
  graphScopeMissing: {
    cites: 'graph-api §2.1',
    words: (e: { accepted: readonly string[]; held: readonly string[] }) =>
      `the token has ${e.held.join(', ') || 'no permission'}; the request needs one of ${e.accepted.join(', ')}`,
    remedy: 'Request a token with one of these permissions, or have an administrator grant a permission.',
  },
  graphRoleMissing: {
    cites: 'graph-api §2.4',
    words: (e: { area: string; access: string; accepted: readonly string[] }) =>
      `no directory role of the caller has ${e.access} access to ${e.area}; roles with this access: ${e.accepted.join(', ') || 'none'}`,
    remedy: 'Have a Privileged Role Administrator assign one of these roles to the caller.',
  },
  graphOwnPassRefused: {
    cites: 'graph-api §2.4, MFA-4',
    words: (_: Nothing) => 'Administrators cannot issue a Temporary Access Pass for themselves.',
    remedy: 'Ask another Authentication, Privileged Authentication or Global Administrator to issue it.',
  },
  ownPasswordReset: {
    cites: 'docs/spec/graph-for-the-admin-center.md#row-21',
    words: (_: Nothing) => 'Users cannot reset their own password.',
    remedy: 'Change the password with POST /me/changePassword, which requires the current password.',
  },
  graphBuiltInReadOnly: {
    cites: 'graph-api §2.3',
    words: ({ name }: { name: string }) => `The application ${name} comes with the installation and is read-only.`,
    remedy: 'Register your own application, and change that application instead.',
  },
  graphTargetProtected: {
    cites: 'graph-api §2.4',
    words: (e: { roles: readonly string[] }) =>
      `the user holds ${e.roles.join(', ')}: only a Global Administrator or a Privileged Authentication Administrator can do this`,
  },
  graphPathUnknown: {
    cites: 'graph-api §1.4',
    words: (e: { segment: string }) => `Resource not found for the segment '${e.segment}'.`,
  },
  graphMethodNotAllowed: {
    cites: 'RFC 9110 §15.5.6',
    words: (e: { method: string; allowed: readonly string[] }) =>
      `${e.method} is not supported at this address; supported: ${e.allowed.join(', ')}`,
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
    words: (_: Nothing) => 'the $skiptoken belongs to another query, or is no longer valid',
    remedy: 'Use the complete @odata.nextLink of an earlier response, or start again without a $skiptoken.',
  },
  graphNotOffered: {
    cites: 'graph-api §16',
    words: (e: { segment: string }) => `'${e.segment}' is a part of Microsoft Graph that Cardea does not implement`,
  },
  graphTenantOther: {
    cites: 'graph-api §1.1',
    words: (e: { tenant: string }) => `the access token is not for the tenant '${e.tenant}' in the address`,
    remedy: 'Request a token of that tenant, or remove the tenant from the address.',
  },
  graphDeltaTokenStale: {
    cites: 'graph-api §6.3',
    words: (_: Nothing) => 'the $deltatoken belongs to another query, or is older than thirty days',
    remedy: 'Start again without a token, and replace the objects that you synchronized.',
  },
  applicationKeyFromOtherAuthority: {
    cites: 'graph-api §8',
    words: (e: { problem: string }) =>
      `the certificate is not issued by a CA that is configured for certificates of applications (${e.problem})`,
    remedy: 'Register a certificate of such a CA, or add its CA to a certificateBasedApplicationConfiguration.',
  },
  graphBodyUnreadable: {
    cites: 'graph-api §1.4',
    words: (e: { problem: string }) => `the body cannot be used: ${e.problem}`,
  },
  graphContentTypeUnsupported: {
    cites: 'graph-api §1.4, RFC 9110 §15.5.16',
    words: (e: { type: string }) => `a body of type "${e.type}" is not supported at this address`,
    remedy: 'Send Content-Type: application/json. For a picture, send image/png or another picture type.',
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
    words: (_: Nothing) => 'the server failed to process the request; look up the request-id in the log of the server',
  },
  graphPropertyInvalid: {
    cites: 'graph-api §1.4',
    words: (e: { target: string; problem: string }) =>
      `${e.target || 'the body'}: ${e.problem} (property values specified are invalid)`,
  },
  privateKeySent: {
    cites: 'docs/spec/graph-for-the-admin-center.md#row-12',
    words: (e: { target: string; kind: string }) => `${e.target}: the file contains a private key (${e.kind})`,
    remedy:
      'Send the certificate only. If the private key has left its computer, treat it as compromised and replace the certificate.',
  },
  pictureInvalid: {
    cites: 'docs/spec/graph-for-the-admin-center.md#row-37',
    words: (e: { problem: string }) => `the picture cannot be used: ${e.problem}`,
    remedy: 'See docs/graph.md for the types and sizes of pictures.',
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
      `Another object of this tenant already has the ${e.target} "${e.value}": a conflicting object with one or more of the specified property values is present.`,
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
      return `the resource was changed${by}${at}, after you read it`;
    },
    remedy: 'Read the resource again and repeat the change.',
  },
  graphThrottled: {
    cites: 'graph-api §1.8, RFC 6585 §4',
    words: (e: { seconds: number }) => `too many requests; try again in ${e.seconds} seconds`,
  },
  applicationKeyInvalid: {
    cites: 'graph-api §8',
    words: (e: { problem: string }) => `the key of a keyCredential cannot be used (${e.problem})`,
    remedy: 'Send the certificate as DER in base64, with a key type that is accepted for cards.',
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
    words: (e: { value: string }) => `there is no permission "${e.value}" of this kind for Microsoft Graph`,
    remedy: 'Use a name of Microsoft Graph, such as User.Read.All or AuditLog.Read.All.',
  },
  graphSelectNotOfLists: {
    cites: 'graph-api §1.4',
    words: (e: { property: string }) => `${e.property} can be selected for a single user only`,
  },
  graphUserSynchronised: {
    cites: 'graph-api §6.1',
    words: (e: { property: string }) =>
      `the user is synchronized from another directory, which determines ${e.property}`,
    remedy: 'Change the property in the on-premises directory, or use the synchronization account.',
  },
  passwordTooWeak: {
    cites: 'Entra password policy',
    words: (e: { shortest: number; longest: number }) =>
      `the password must have ${e.shortest} to ${e.longest} characters of three kinds (lower case, upper case, digits, symbols)`,
    remedy: 'Choose a longer or more varied password.',
    person:
      'This password is too weak. Use 8 to 256 characters of three kinds: lower case, upper case, digits, symbols.',
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
    remedy: 'Remove these references first.',
  },
  graphBuiltInFixed: {
    cites: 'graph-api §7, §11.2',
    words: (e: { what: string }) => `${e.what} is built in and cannot be changed`,
  },
  graphMethodTargetUnknown: {
    cites: 'SCOPE-2',
    words: (e: { id: string }) => `there is no group ${e.id}`,
    remedy: 'Specify the id of a group of this tenant, or all_users.',
  },
  authorityExpired: {
    cites: 'TS-3',
    words: (e: { subject: string; notAfter: string }) =>
      `the CA ${e.subject} expired at ${e.notAfter}: delete the expired CA first`,
    remedy: 'Send the list without this CA.',
  },
  authorityTypeContradicts: {
    cites: 'TS-2',
    words: (e: { subject: string; stated: string }) =>
      `${e.subject} is specified as ${e.stated}, but its certificate is not`,
    remedy: 'A root is self-issued; every other CA is an intermediate.',
  },
  authorityValueContradicts: {
    cites: 'graph-api §5',
    words: (e: { property: string; stated: string; found: string }) =>
      `${e.property} is specified as ${e.stated}, but the certificate has ${e.found}`,
  },
};
