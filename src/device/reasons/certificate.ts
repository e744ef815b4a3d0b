/** The certificate of a device. */
export const deviceCertificateReasons = {
  deviceAuthenticated: {
    references: 'windows-sign-in §2.6',
    message: ({ deviceId }: { deviceId: string }) => `The certificate belongs to the device ${deviceId}.`,
  },
  deviceCertificateUnreadable: {
    entra: 50155,
    references: 'windows-sign-in §2.5',
    message: ({ problem }: { problem: string }) => `The device certificate cannot be read: ${problem}.`,
    remedy: 'Join the device again.',
  },
  deviceCertificateUntrusted: {
    entra: 50155,
    references: 'windows-sign-in §2.5',
    message: ({ issuer }: { issuer: string }) =>
      `No device authority of this tenant issued the device certificate; its issuer is ${issuer}.`,
    remedy: 'Join the device to this tenant.',
  },
  deviceCertificateOutdated: {
    entra: 50155,
    references: 'windows-sign-in §2.5',
    message: ({ notBefore, notAfter }: { notBefore: string; notAfter: string }) =>
      `The device certificate is valid from ${notBefore} to ${notAfter}.`,
    remedy: 'Join the device again, and check its clock.',
  },
  deviceCertificateMisfit: {
    entra: 50155,
    references: 'windows-sign-in §2.5',
    message: ({ problem }: { problem: string }) => `The device certificate does not match: ${problem}.`,
    remedy: 'Join the device to this tenant.',
  },
  deviceUnknown: {
    entra: 50155,
    references: 'PRT-7',
    message: ({ deviceId }: { deviceId: string }) =>
      `The device ${deviceId} is not registered with this certificate, or it was deleted.`,
    remedy: 'Join the device again.',
  },
  deviceDisabled: {
    entra: 135011,
    references: 'PRT-7',
    message: ({ deviceId }: { deviceId: string }) => `The device ${deviceId} is disabled.`,
    remedy: 'Enable the device.',
  },
};
