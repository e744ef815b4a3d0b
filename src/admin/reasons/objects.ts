import type { Nothing } from '#core/trace/reason.ts';

/** Changes of objects of the directory, in the words of Microsoft Graph. */
export const objectReasons = {
  servicePrincipalWithoutApplication: {
    references: 'graph-api §8',
    message: (e: { appId: string }) =>
      `The appId '${e.appId}' of the service principal does not reference a valid application object.`,
    remedy: 'Register the application first.',
  },
  graphBuiltInReadOnly: {
    references: 'graph-api §2.3',
    message: ({ name }: { name: string }) => `The application ${name} comes with the installation and is read-only.`,
    remedy: 'Register your own application, and change that application instead.',
  },
  applicationKeyFromOtherAuthority: {
    references: 'graph-api §8',
    message: (e: { problem: string }) =>
      `the certificate is not issued by a CA that is configured for certificates of applications (${e.problem})`,
    remedy: 'Register a certificate of such a CA, or add its CA to a certificateBasedApplicationConfiguration.',
  },
  pictureInvalid: {
    references: 'docs/spec/graph-for-the-admin-center.md#row-37',
    message: (e: { problem: string }) => `the picture cannot be used: ${e.problem}`,
    remedy: 'See docs/graph.md for the types and sizes of pictures.',
  },
  graphObjectMissing: {
    references: 'graph-api §1.4',
    message: (e: { id: string }) =>
      `Resource '${e.id}' does not exist or one of its queried reference-property objects are not present.`,
  },
  graphReferenceExists: {
    references: 'graph-api §1.4',
    message: (e: { property: string }) =>
      `One or more added object references already exist for the following modified properties: '${e.property}'.`,
    remedy: 'No change is necessary.',
  },
  graphReferenceMissing: {
    references: 'graph-api §1.4',
    message: (e: { property: string }) =>
      `One or more removed object references do not exist for the following modified properties: '${e.property}'.`,
    remedy: 'List the references of the object, and specify one of them.',
  },
  graphReferenceInvalid: {
    references: 'graph-api §1.1',
    message: (e: { problem: string }) => `Not a valid reference update: ${e.problem}`,
  },
  applicationKeyInvalid: {
    references: 'graph-api §8',
    message: (e: { problem: string }) => `the key of a keyCredential cannot be used (${e.problem})`,
    remedy: 'Send the certificate as DER in base64, with a key type that is accepted for certificates of users.',
  },
  secretPeriodInvalid: {
    references: 'graph-api §8',
    message: (_: Nothing) => 'endDateTime is not after startDateTime',
  },
  permissionUnknown: {
    references: 'graph-api §2.2',
    message: (e: { value: string }) => `there is no permission "${e.value}" of this kind for Microsoft Graph`,
    remedy: 'Use a name of Microsoft Graph, such as User.Read.All or AuditLog.Read.All.',
  },
  passwordTooWeak: {
    references: 'Entra password policy',
    message: (e: { shortest: number; longest: number }) =>
      `the password must have ${e.shortest} to ${e.longest} characters of three kinds (lower case, upper case, digits, symbols)`,
    remedy: 'Choose a longer or more varied password.',
    userMessage:
      'This password is too weak. Use 8 to 256 characters of three kinds: lower case, upper case, digits, symbols.',
  },
  graphLimitReached: {
    references: 'graph-api §5, §6',
    message: (e: { what: string; limit: number }) => `there can be at most ${e.limit} ${e.what}`,
  },
  graphLastAdministrator: {
    references: 'graph-api §7',
    message: (_: { administrators?: readonly { id: string; userPrincipalName: string }[] }) =>
      'this would leave the tenant without an enabled Global Administrator',
    remedy: 'Assign the role to another user first.',
  },
  graphObjectInUse: {
    references: 'graph-api §9, §11.2',
    message: (e: { what: string; usedBy: readonly string[] }) => `${e.what} is in use by ${e.usedBy.join(', ')}`,
    remedy: 'Remove these references first.',
  },
  graphMethodTargetUnknown: {
    references: 'SCOPE-2',
    message: (e: { id: string }) => `there is no group ${e.id}`,
    remedy: 'Specify the id of a group of this tenant, or all_users.',
  },
  graphBuiltInFixed: {
    references: 'graph-api §7, §11.2',
    message: (e: { what: string }) => `${e.what} is built in and cannot be changed`,
  },
};
