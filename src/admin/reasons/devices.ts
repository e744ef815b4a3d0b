/** The object of a device in the directory. */
export const deviceObjectReasons = {
  deviceQuotaReached: {
    references: 'windows-sign-in §2.1',
    message: ({ quota }: { quota: number }) => `The user has registered ${quota} devices, which is the quota.`,
    remedy: 'Delete devices that are no longer used, or raise the quota in the device registration policy.',
  },
  syncedDeviceMissing: {
    references: 'windows-sign-in §2.8',
    message: ({ deviceId }: { deviceId: string }) =>
      `The device object by the given id (${deviceId}) is not found among the synchronized devices.`,
    remedy: 'Wait until the computer object has been synchronized.',
  },
  deviceRegistered: {
    references: 'windows-sign-in §2.4',
    message: ({ deviceId }: { deviceId: string }) => `The device ${deviceId} is registered.`,
  },
};
