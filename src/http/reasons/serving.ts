import type { Nothing } from '#core/trace/reason.ts';

/** Limits of the server: ports that it cannot listen on, and sign-ins beyond the maximum. */
export const servingReasons = {
  signInsBusy: {
    entra: 90033,
    references: 'RFC 9110 §15.6.4',
    message: (_: Nothing) => 'The server already processes the maximum number of sign-ins.',
    remedy:
      'Try again in a few seconds. If this happens often, add processes (the setting workers) or raise signInWaitMilliseconds.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  portUnavailable: {
    references: 'POSIX bind(2)',
    message: ({ setting, port, problem }: { setting: string; port: number; problem: string }) =>
      `Cardea cannot listen on the port ${port} (${setting}): ${listenProblems[problem] ?? problem}.`,
    remedy: 'Stop the process that uses the port, give Cardea the permission to use it, or change the setting.',
  },
};

/** Errors of listen(2) and of the names of this computer. */
const listenProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process, or another setting of this one, uses it',
  EACCES: 'the user of Cardea may not use it',
  EADDRNOTAVAIL: 'this computer does not have the address of the setting',
  ENOTFOUND: 'the host name of the setting has no address',
};
