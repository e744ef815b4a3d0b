const page = 'docs/admin/devices.md#hybrid-join';

/** A device of Active Directory: `cardea device hybrid-join` and what it needs of a domain controller. */
export const hybridReasons = {
  connectionPointMissing: {
    references: 'windows-sign-in §6.2',
    message: ({ name }: { name: string }) => `Active Directory has no object ${name}.`,
    remedy:
      'Write the service connection point with "cardea device connection-point --write", as an administrator of the forest.',
  },
  computerObjectMissing: {
    references: page,
    message: ({ computer }: { computer: string }) => `Active Directory has no computer ${computer}.`,
    remedy: 'Join the computer to the domain first, or name it with --computer.',
  },
  domainControllerRefused: {
    references: page,
    message: ({ during, problem }: { during: string; problem: string }) =>
      `The request to the domain controller for ${during} failed: ${problem}.`,
    remedy:
      'Check the address, the CA of its certificate and the account. A computer account can write its own userCertificate.',
  },
  domainLogOnRefused: {
    references: 'windows-sign-in §4.5',
    message: ({ name, problem }: { name: string; problem: string }) =>
      `The domain controller did not issue a ticket to ${name}: ${problem}.`,
    remedy:
      'Run kinit manually with KRB5_TRACE=/dev/stderr. The certificate must have the name of the user in Active Directory.',
  },
};
