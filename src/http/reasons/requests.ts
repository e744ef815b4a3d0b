import type { Nothing } from '#core/trace/reason.ts';

/** Requests of browsers and of the proxies before them. */
export const requestReasons = {
  settingInvalid: {
    references: 'docs/settings.md',
    message: (e: { setting: string; problem: string }) => `the setting ${e.setting} is not valid: ${e.problem}`,
    remedy: 'See docs/settings.md for the values of each setting.',
  },
  sourceThrottled: {
    references: 'RFC 6585 §4',
    message: (e: { seconds: number }) => `too many requests from this address; try again in ${e.seconds} seconds`,
    remedy:
      'See docs/settings.md for the limits of a source address. If the requests come through a reverse proxy, add the proxy to trustedProxies.',
  },
  forwardedCertificateForeign: {
    entra: 50192,
    references: 'RFC 9440 §4',
    message: (e: { from: string; header: string }) =>
      `${e.header} came from ${e.from}, which is not a configured proxy`,
    remedy:
      'A proxy that forwards certificates must use its own client certificate (setting certificateProxyFile) or the socket of certificateProxySocket, and must remove this header from the requests of its clients (docs/admin/proxies.md).',
    userMessage: 'Your certificate did not arrive in a way that can be trusted. Contact your administrator.',
  },
  forwardedCertificateUnreadable: {
    entra: 50192,
    references: 'RFC 9440 §2',
    message: (e: { problem: string }) => `the certificate that a proxy forwarded cannot be used: ${e.problem}`,
    remedy:
      'The proxy must set the header of certificateProxyFormat exactly once and replace the header that its client sent (docs/admin/proxies.md).',
    userMessage: 'Your certificate did not arrive in a way that can be trusted. Contact your administrator.',
  },
  sessionNotTheirs: {
    references: 'docs/pages.md#my-security-info',
    message: (e: { id: string }) => `the user has no active session "${e.id}"`,
    userMessage: 'This session has already ended.',
  },
  passwordsDiffer: {
    references: 'docs/pages.md#my-security-info',
    message: (_: Nothing) => 'the two entries of the new password differ',
    userMessage: 'The two new passwords are not the same. Type them again.',
  },
  flowUnknown: {
    entra: 90100,
    references: 'W-6',
    message: (e: { parameter: string }) =>
      `${e.parameter} does not identify a sign-in in progress: it is not valid, or it has expired`,
    remedy: 'Start again from the application. Sign-in pages stay valid for fifteen minutes.',
    userMessage: 'This sign-in is no longer valid. Go back to the application and start again.',
  },
  browserForeign: {
    entra: 90100,
    references: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    message: (e: { interaction: string }) =>
      `the sign-in ${e.interaction} has ended or expired, was started in another browser, or its cookie is missing`,
    remedy: 'Complete a sign-in in the browser that started it. Start again from the application, and allow cookies.',
    userMessage:
      'This sign-in has ended or was started in another browser window. Go back to the application and start again.',
  },
  formForeign: {
    entra: 90100,
    references: 'ARCHITECTURE.md#one-sign-in-file-by-file',
    message: (e: { origin: string }) => `the form was sent by another website: ${e.origin}`,
    remedy:
      'Sign-in pages accept forms only from themselves. A program that sends them must not send the headers Origin and Sec-Fetch-Site of another website.',
    userMessage:
      'This form was sent by another website and was not accepted. Go back to the application and start again.',
  },
};
