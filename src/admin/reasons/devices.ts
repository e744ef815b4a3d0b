/** The object of a device in the directory. */
export const deviceObjectReasons = {
  deviceQuotaReached: {
    cites: 'windows-sign-in §2.1',
    words: ({ quota }: { quota: number }) => `The user has registered ${quota} devices, which is the quota.`,
    remedy: 'Delete devices that are no longer used, or raise the quota in the device registration policy.',
  },
  syncedDeviceMissing: {
    cites: 'windows-sign-in §2.8',
    words: ({ deviceId }: { deviceId: string }) =>
      `The device object by the given id (${deviceId}) is not found among the synchronized devices.`,
    remedy: 'Wait until the computer object has been synchronized.',
  },
  deviceRegistered: {
    cites: 'windows-sign-in §2.4',
    words: ({ deviceId }: { deviceId: string }) => `The device ${deviceId} is registered.`,
  },
};
