/** Sign-ins on devices without a browser (RFC 8628). */
export const deviceCodeReasons = {
  userCodeUnknown: {
    entra: 70018,
    references: 'RFC 8628 §3.3',
    message: (e: { problem: string }) =>
      `the code for a device is not valid, has expired or was already used (${e.problem})`,
    remedy: 'Type the code that the device currently shows. If the code has expired, start again on the device.',
    userMessage: 'This code is not correct, has expired or was already used. Type the code again.',
  },
  deviceCodePending: {
    entra: 70016,
    references: 'RFC 8628 §3.5',
    message: (_: { appId: string }) => 'the user has not completed the sign-in for the device yet; continue polling',
  },
  devicePolledTooFast: {
    entra: 70016,
    references: 'RFC 8628 §3.5',
    message: (_: { appId: string }) =>
      'the user has not completed the sign-in for the device yet, and the device polls more often than its interval allows',
    remedy: 'Increase the interval between two polls by 5 seconds.',
  },
  userCodeGuessesExhausted: {
    entra: 50053,
    references: 'RFC 8628 §5.1',
    message: (e: { seconds: number }) =>
      `too many wrong device codes were typed from this address or in total; the next code is accepted in ${e.seconds} seconds`,
    remedy: 'Wait, then type the code that the device shows.',
    userMessage: 'Too many wrong codes were typed. Wait a few minutes, then type the code that your device shows.',
  },
  deviceCodeExpired: {
    entra: 70020,
    references: 'RFC 8628 §3.5',
    message: (e: { appId: string }) =>
      `the device code that the application "${e.appId}" sent is unknown or has expired`,
    remedy: 'Request a new device code.',
  },
  deviceDeclined: {
    entra: 65004,
    references: 'RFC 8628 §3.5',
    message: (e: { appId: string }) => `the user declined the sign-in to "${e.appId}" on another device`,
    remedy: 'If this was a mistake, request a new device code.',
  },
  deviceRefused: {
    entra: 65001,
    references: 'RFC 8628 §3.5',
    message: (e: { appId: string; problem: string }) =>
      `the sign-in to "${e.appId}" on another device was refused: ${e.problem}`,
    remedy: 'Follow the remedy of that reason, then request a new device code.',
  },
  deviceTenantUnsaid: {
    entra: 90133,
    references: 'RFC 8628 §3.1',
    message: (e: { alias: string }) => `a request for a device code at /${e.alias} must identify the tenant`,
    remedy: 'Send the request to /{tenant id or domain}/oauth2/v2.0/devicecode.',
  },
};
