/** Sign-ins on devices without a browser (RFC 8628). */
export const deviceCodeReasons = {
  userCodeUnknown: {
    entra: 70018,
    cites: 'RFC 8628 §3.3',
    words: (e: { problem: string }) => `the code typed for a device is wrong, has expired or was used (${e.problem})`,
    remedy: 'Type the code the device shows now; start again there when it has expired.',
    person: 'This code is not right, has expired or was used already. Type it again.',
  },
  deviceCodePending: {
    entra: 70016,
    cites: 'RFC 8628 §3.5',
    words: (_: { appId: string }) => 'the person has not finished signing in for the device yet; continue polling',
  },
  devicePolledTooFast: {
    entra: 70016,
    cites: 'RFC 8628 §3.5',
    words: (_: { appId: string }) =>
      'the person has not finished signing in for the device yet, and the device polls before its interval is over',
    remedy: 'Wait 5 seconds longer between two polls from now on.',
  },
  userCodeGuessesExhausted: {
    entra: 50053,
    cites: 'RFC 8628 §5.1',
    words: (e: { seconds: number }) =>
      `too many wrong codes were typed for devices from this address or in all; the next one is accepted in ${e.seconds} seconds`,
    remedy: 'Wait, then type the code the device shows.',
    person: 'Too many wrong codes were typed. Wait a few minutes, then type the code that your device shows.',
  },
  deviceCodeExpired: {
    entra: 70020,
    cites: 'RFC 8628 §3.5',
    words: (e: { appId: string }) =>
      `the device code that the application "${e.appId}" sent is unknown here, or it has expired`,
    remedy: 'Ask for a new device code.',
  },
  deviceDeclined: {
    entra: 65004,
    cites: 'RFC 8628 §3.5',
    words: (e: { appId: string }) => `the person declined the sign-in to "${e.appId}" on another device`,
    remedy: 'Ask for a new device code when that was a mistake.',
  },
  deviceRefused: {
    entra: 65001,
    cites: 'RFC 8628 §3.5',
    words: (e: { appId: string; problem: string }) =>
      `the sign-in to "${e.appId}" on another device was refused: ${e.problem}`,
    remedy: 'Do what the reason asks for, then ask for a new device code.',
  },
  deviceTenantUnsaid: {
    entra: 90133,
    cites: 'RFC 8628 §3.1',
    words: (e: { alias: string }) =>
      `nothing in a request for a device code at /${e.alias} tells which tenant is meant`,
    remedy: 'Send the request to /{tenant id or domain}/oauth2/v2.0/devicecode.',
  },
};
