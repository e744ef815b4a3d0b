/** One sentence for all of them: it does not tell which accounts there are, nor which bindings. */
const certificateOfAnother =
  'This certificate doesn’t belong to this account. Choose another certificate, or sign in with another account.';

/** Who is this? The account (step `account`), the binding that validates it (step `user`), and their configuration. */
export const userReasons = {
  accountAccepted: {
    references: 'FLOW-2, SCOPE-2, CAS-2',
    message: (e: {
      userPrincipalName: string;
      foundBy: 'userPrincipalName' | 'onPremisesUserPrincipalName' | 'certificate';
      scopedAuthorities: readonly string[];
    }) =>
      `${e.userPrincipalName}, found by ${e.foundBy}, can use certificates${e.scopedAuthorities.length > 0 ? ` of the scoped CA ${e.scopedAuthorities.join(', ')}` : ''}`,
  },
  accountUnknown: {
    entra: 50034,
    references: 'UB-10, FLOW-2',
    message: (e: { username: string }) => `no user has the name ${e.username || '(nothing was typed)'}`,
    remedy:
      'Check the user principal name, and for Windows hybrid sign-in also onPremisesUserPrincipalName. `cardea user list` lists every user.',
    userMessage: certificateOfAnother,
  },
  accountAmbiguous: {
    entra: 50034,
    references: 'UB-10, UB-16',
    message: (e: { username: string; found: number }) => `${e.found} users have the name ${e.username}`,
    remedy: 'Give each user a unique name. A sign-in is refused if its user name matches several users.',
    userMessage: certificateOfAnother,
  },
  accountDisabled: {
    entra: 50057,
    references: 'PRT-7',
    message: (e: { userPrincipalName: string }) => `the account ${e.userPrincipalName} is disabled`,
    remedy: 'Enable the account if the user is allowed to sign in.',
    userMessage: 'Your account has been locked. Contact your administrator.',
  },
  certificateMethodDisabled: {
    entra: 1001000,
    references: 'SCOPE-1, Appendix B step 3',
    message: (e: { state: string }) => `certificate-based authentication is ${e.state} in this tenant`,
    remedy: 'Enable the X509Certificate authentication method for the groups that hold cards.',
    userMessage: 'Signing in with a certificate is not offered here.',
  },
  accountNotInScope: {
    entra: 130501,
    references: 'SCOPE-7, SCOPE-3',
    message: (e: { userPrincipalName: string; excludedBy: readonly string[] }) =>
      e.excludedBy.length > 0
        ? `${e.userPrincipalName} is excluded from certificate-based authentication by group ${e.excludedBy.join(', ')}`
        : `${e.userPrincipalName} is not in a group that can use certificate-based authentication`,
    remedy: 'Add the user to an included group, and remove the user from excluded groups. Exclusion takes precedence.',
    userMessage: 'Sign-in was blocked by your organization’s policy for sign-in methods. Use another way to sign in.',
  },
  authorityNotForUser: {
    entra: 500189,
    references: 'CAS-2, D-11',
    message: (e: { userPrincipalName: string; authorities: readonly string[]; groups: readonly string[] }) =>
      `certificates of the CA ${e.authorities.join(', ')} are only for members of ${e.groups.join(', ')}, and ${e.userPrincipalName} is not a member`,
    remedy:
      'Add the user to the group of the issuer scoping rule, or issue a certificate from a CA that this user can use.',
    userMessage: 'This certificate is not meant for your account. Choose another certificate.',
  },
  userBound: {
    references: 'UB-7, LOG-5',
    message: (e: { userPrincipalName: string; field: string; property: string; rank: number; value: string }) =>
      `${e.field}; ${e.property}; Rank: ${e.rank} (${e.value} is ${e.userPrincipalName})`,
  },
  bindingsMissing: {
    entra: 1001000,
    references: 'UB-10',
    message: (_: Record<never, never>) => 'the tenant has no username binding, so no certificate can identify a user',
    remedy: 'Add a username binding. The default is PrincipalName → userPrincipalName.',
    userMessage: 'Your organization’s certificate policy could not be read. Contact your administrator.',
  },
  bindingsTooWeak: {
    entra: 50034,
    references: 'UB-6, UB-11',
    message: (e: { requiredAffinity: string; dropped: readonly string[] }) =>
      `${e.requiredAffinity} affinity is required, and every binding is weaker: ${e.dropped.join(', ')}`,
    remedy:
      'Add a high-affinity binding (SubjectKeyIdentifier, SHA1PublicKey, IssuerAndSerialNumber), and set the matching certificateUserIds of the users.',
    userMessage: certificateOfAnother,
  },
  bindingValueMissing: {
    entra: 1001003,
    references: 'UB-10',
    message: (e: { fields: readonly string[] }) =>
      `the certificate has none of the fields that bindings read: ${e.fields.join(', ')}`,
    remedy: 'Choose another certificate, or issue certificates with a field that a binding reads.',
    userMessage: 'Your certificate does not say who you are. Choose another certificate.',
  },
  bindingMismatch: {
    entra: 50034,
    references: 'UB-8, UB-10',
    message: (e: { userPrincipalName: string; tried: readonly string[] }) =>
      `no field of the certificate matches ${e.userPrincipalName}: ${e.tried.join('; ')}`,
    remedy:
      'Choose the certificate of this user, or add a value of this certificate to the certificateUserIds of the user (`cardea user bind`).',
    userMessage: certificateOfAnother,
  },
  bindingAmbiguous: {
    entra: 50034,
    references: 'UB-10, UB-31',
    message: (e: { field: string; property: string; value: string; found: number }) =>
      `${e.field} ${e.value} belongs to ${e.found} users by ${e.property}`,
    remedy: 'Remove the value from all users but one.',
    userMessage: certificateOfAnother,
  },
  realmDecided: {
    references: 'REALM-1, REALM-3, REALM-5',
    message: (e: { domain: string; realm: 'managed' | 'federated'; because: string }) =>
      `${e.domain} is ${e.realm} here: ${e.because}`,
  },

  certificateUserIdMalformed: {
    entra: 0,
    references: 'UB-13, UB-18, §5.5',
    message: (e: { value: string; problem: string }) => `"${e.value}" is not a certificateUserIds value: ${e.problem}`,
    remedy:
      'Write the value as X509:<PN>value, with the tag in exactly this spelling. `cardea user bind --as` computes the value from the certificate.',
  },
  certificateUserIdsTooMany: {
    entra: 0,
    references: 'UB-14',
    message: (e: { found: number; limit: number }) =>
      `${e.found} certificateUserIds; a user can have at most ${e.limit}`,
    remedy: 'Remove the values of expired or revoked certificates.',
  },
  certificateUserIdTooLong: {
    entra: 0,
    references: 'UB-15',
    message: (e: { length: number; limit: number }) =>
      `a certificateUserIds value of ${e.length} characters; the limit is ${e.limit}`,
    remedy: 'Bind by SubjectKeyIdentifier, SHA1PublicKey or IssuerAndSerialNumber, which are short.',
  },
  certificateUserIdRepeated: {
    entra: 0,
    references: 'UB-16',
    message: (e: { value: string }) => `"${e.value}" is listed twice`,
    remedy: 'List each value once.',
  },
  certificateFieldAbsent: {
    entra: 1001003,
    references: 'UB-7',
    message: (e: { field: string; subject: string }) =>
      `the certificate of ${e.subject || '(empty subject)'} has no ${e.field}`,
    remedy: 'Bind by another field.',
  },

  bindingFieldUnknown: {
    entra: 0,
    references: '§5.1',
    message: (e: { field: string; allowed: readonly string[] }) =>
      `"${e.field}" is not a certificate field; use ${e.allowed.join(', ')}`,
  },
  bindingPropertyNotAllowed: {
    entra: 0,
    references: '§5.1',
    message: (e: { field: string; property: string; allowed: readonly string[] }) =>
      `${e.field} cannot be bound to "${e.property}", only to ${e.allowed.join(', ')}`,
  },
  bindingRepeated: {
    entra: 0,
    references: 'UB-3',
    message: (e: { field: string; property: string }) => `${e.field} → ${e.property} is bound twice`,
  },
  bindingPriorityInvalid: {
    entra: 0,
    references: 'UB-1',
    message: (e: { priority: string }) => `a priority is a whole number from 0, not ${e.priority}`,
  },
  bindingPriorityRepeated: {
    entra: 0,
    references: 'UB-1',
    message: (e: { priority: number }) => `two bindings have priority ${e.priority}`,
  },
  bindingAffinityImpossible: {
    entra: 0,
    references: '§5.1, UB-34',
    message: (e: { field: string; level: string }) => `${e.field} cannot have ${e.level} affinity`,
  },
  methodTargetInvalid: {
    entra: 0,
    references: 'SCOPE-2',
    message: (e: { targetType: string; id: string }) =>
      `a target is a group: its id or "all_users", not ${e.targetType} "${e.id}"`,
  },
  authorityScopesTooMany: {
    entra: 0,
    references: 'CAS-1',
    message: (e: { found: number; limit: number }) => `${e.found} issuer scoping rules; the limit is ${e.limit}`,
  },
  authorityScopeGroups: {
    entra: 0,
    references: 'CAS-1',
    message: (e: { found: number }) => `an issuer scoping rule names exactly one group, not ${e.found}`,
  },
  authorityScopeRepeated: {
    entra: 0,
    references: 'CAS-1',
    message: (e: { subjectKeyIdentifier: string }) => `the CA ${e.subjectKeyIdentifier} has two issuer scoping rules`,
  },
  subjectKeyIdentifierMalformed: {
    entra: 0,
    references: 'CRL-25, CAS-5',
    message: (e: { value: string }) => `"${e.value}" is not a subject key identifier in hex`,
  },
  configurationStateUnknown: {
    entra: 0,
    references: 'Appendix A',
    message: (e: { value: string; allowed: readonly string[] }) => `"${e.value}" is not one of ${e.allowed.join(', ')}`,
  },
};
