import type { Nothing } from '../../reason.ts';

/** What a registered device chooses: the name of the user, the certificate of the card, and the domain that it joins. */
export const deviceClientReasons = {
  signInNameChosen: {
    references: 'WIN-5',
    message: ({ name, source }: { name: string; source: string }) => `The device sends the name ${name} (${source}).`,
  },
  hintMalformed: {
    references: 'WIN-11',
    message: ({ hint }: { hint: string }) =>
      `The user name hint "${hint}" does not have the form of a user principal name.`,
    remedy: 'Type the hint as name@domain.',
  },
  hintNeeded: {
    references: 'WIN-6',
    message: (_: Nothing) =>
      'The certificate has neither a principal name nor an RFC 822 name in its subject alternative name.',
    remedy: 'Type a user name hint.',
  },
  activeDirectoryNameMissing: {
    references: 'WIN-7',
    message: (_: Nothing) => 'A hybrid-joined device needs the name that Active Directory returned, or a hint.',
    remedy: 'Sign in to Active Directory first, or type a user name hint.',
  },
  cardKeySupported: {
    references: 'RFC 7518 §3.1',
    message: ({ algorithm }: { algorithm: string }) => `The key of the certificate signs with ${algorithm}.`,
  },
  cardKeyUnsupported: {
    references: 'RFC 7518 §3.1',
    message: ({ key }: { key: string }) => `A key of the kind ${key} cannot sign an assertion.`,
    remedy: 'Use a card with an RSA key or with a key on the curve P-256 or P-384.',
  },
  signInCertificateSuitable: {
    references: 'windows-sign-in §4.1',
    message: ({ subject }: { subject: string }) => `The certificate of ${subject} can be used for sign-in.`,
  },
  signInPurposeMissing: {
    references: 'windows-sign-in §4.1',
    message: ({ subject, purposes }: { subject: string; purposes: readonly string[] }) =>
      `The certificate of ${subject} has neither client authentication nor smart card logon as a purpose. Its purposes: ${purposes.join(', ') || 'none'}.`,
    remedy: 'Use a certificate with the purpose 1.3.6.1.5.5.7.3.2 or 1.3.6.1.4.1.311.20.2.2.',
  },
  connectionPointRead: {
    references: 'windows-sign-in §6.2',
    message: ({ domain, tenantId }: { domain: string; tenantId: string }) =>
      `Computers of this forest join the tenant ${tenantId} (${domain}).`,
  },
  connectionPointMalformed: {
    references: 'windows-sign-in §6.2',
    message: ({ missing }: { missing: string }) => `The service connection point has no valid keyword ${missing}…`,
    remedy: 'Write the service connection point with "cardea device connection-point --write".',
  },
};
