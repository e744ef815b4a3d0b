/** May they use this application now? Conditional Access and authentication strengths (step `access`), and their configuration. */
export const accessReasons = {
  accessGranted: {
    references: 'FLOW-10, CAP-1',
    message: (e: { multiFactor: boolean; methods: readonly string[]; policies: readonly string[] }) =>
      `${e.methods.join(' and ')} ${e.multiFactor ? 'is' : 'is not'} multifactor; ${e.policies.length > 0 ? `satisfied: ${e.policies.join(', ')}` : 'no policy requires more'}`,
  },
  accessPolicyEvaluated: {
    references: 'CAP-1, CAP-16',
    message: (e: {
      id: string;
      displayName: string;
      result: string;
      grantControls: readonly string[];
      sessionControls: readonly string[];
      unmet: readonly string[];
    }) => `${e.displayName}: ${e.result}${e.unmet.length > 0 ? ` (${e.unmet.join(', ')})` : ''}`,
  },
  accessBlocked: {
    entra: 53003,
    references: 'CAP-1',
    message: (e: { policy: string }) => `the policy "${e.policy}" blocks this access`,
    remedy: 'If the access is intended, exclude the user, the location or the application from the policy.',
    userMessage: 'You cannot access this: your organization’s policy blocks it.',
  },
  accessControlUnknown: {
    entra: 53003,
    references: 'CAP-1',
    message: (e: { policy: string; control: string }) =>
      `the policy "${e.policy}" requires "${e.control}", which is not supported`,
    remedy: 'Replace the control with block, mfa, compliantDevice, domainJoinedDevice or an authentication strength.',
    userMessage: 'You cannot access this: your organization’s policy blocks it.',
  },
  secondFactorNeeded: {
    entra: 50076,
    references: 'MFA-3, MFA-5, CAP-5',
    message: (e: { policy: string; strength: string; missing: readonly string[] }) =>
      `the policy "${e.policy}" requires ${e.strength}; ${e.missing.join(' and ')} is missing`,
    remedy: 'Sign in with one more factor.',
    userMessage: 'More information is needed: confirm your identity with another factor.',
  },
  secondFactorUnavailable: {
    entra: 53004,
    references: 'MFA-4, SCOPE-6',
    message: (e: { policy: string; strength: string; methods: readonly string[] }) =>
      `the policy "${e.policy}" requires ${e.strength}; ${e.methods.join(' and ')} does not satisfy it, and the user has no other method that would`,
    remedy:
      'Issue a multifactor certificate or a Temporary Access Pass, or register a passkey for the user. Users in the scope of certificates count as capable of MFA, so they cannot register a method during sign-in.',
    userMessage: 'This sign-in requires another factor, and you have not set one up. Contact your administrator.',
  },
  certificateStrengthUnmet: {
    entra: 500187,
    references: 'CAP-15, CAP-11',
    message: (e: { policy: string; strength: string; method: string; issuer: string; policyOids: readonly string[] }) =>
      `the certificate does not meet the authentication strength "${e.strength}" of the policy "${e.policy}": ${e.method}, issuer ${e.issuer || 'unnamed'}, policies ${e.policyOids.join(', ') || 'none'}`,
    remedy: 'Sign in with a certificate whose issuer and policy OID the authentication strength allows.',
    userMessage:
      'Your certificate does not meet the authentication strength that this application requires. Sign in with another certificate.',
  },
  deviceNotCompliant: {
    entra: 53000,
    references: 'CAP-1',
    message: (e: { policy: string; device: string }) =>
      `the policy "${e.policy}" requires a compliant device; this device is ${e.device}`,
    remedy: 'Enroll the device, or mark it as compliant: `cardea device comply DEVICE`.',
    userMessage: 'You cannot access this from this device: it does not meet your organization’s requirements.',
  },
  deviceNotJoined: {
    entra: 53001,
    references: 'CAP-1',
    message: (e: { policy: string; device: string }) =>
      `the policy "${e.policy}" requires a domain-joined device; this device is ${e.device}`,
    remedy: 'Join the device, or use a joined device.',
    userMessage: 'You cannot access this from this device: it does not belong to your organization.',
  },
  termsNotAccepted: {
    entra: 50158,
    references: 'CAP-1',
    message: (e: { policy: string; terms: readonly string[] }) =>
      `the policy "${e.policy}" requires the user to accept ${e.terms.join(', ')}`,
    userMessage: 'Read and accept the terms of use first.',
  },
  signInTooOld: {
    entra: 70043,
    references: 'CAP-6',
    message: (e: { policy: string; provenAt: string; seconds: number }) =>
      `the policy "${e.policy}" requires a sign-in of the last ${e.seconds} seconds; the user last signed in at ${e.provenAt || 'an unknown time'}`,
    remedy: 'Sign in again.',
    userMessage: 'Your organization asks you to sign in again.',
  },

  accessPolicyInvalid: {
    entra: 0,
    references: 'CAP-1, CAP-2',
    message: (e: { problem: string }) => e.problem,
  },
  strengthInvalid: {
    entra: 0,
    references: 'CAP-10',
    message: (e: { problem: string }) => e.problem,
  },
};
