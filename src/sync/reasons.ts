import type { Nothing } from '#core/trace/reason.ts';

/** Synchronization from Active Directory. */
export const syncReasons = {
  syncNotConfigured: {
    references: 'docs/admin/directory-sync.md#configure',
    message: (_: Nothing) => 'no synchronization from Active Directory is configured',
    remedy: 'Write a configuration file, and apply it with `cardea sync ad configure FILE`.',
  },
  syncDomainUnknown: {
    references: 'docs/admin/directory-sync.md#configure',
    message: (e: { domain: string; domains: readonly string[] }) =>
      `the synchronization has no domain "${e.domain}", only ${e.domains.join(', ')}`,
    remedy: 'Specify a domain of the configuration.',
  },
  syncSecretMissing: {
    references: 'docs/admin/directory-sync.md#account',
    message: (e: { domain: string; from: string; problem: string }) =>
      `${e.from}, which the settings of ${e.domain} name, cannot be used: ${e.problem}`,
    remedy:
      'Create the file with the password or the CA certificates (PEM), or set the variable, for the user that runs Cardea.',
  },
  syncRunning: {
    references: 'docs/admin/directory-sync.md#schedule',
    message: (_: Nothing) => 'a synchronization of this tenant is already running, on this server or on another server',
    remedy: 'Wait until it has finished. `cardea sync status` shows its state.',
  },
  syncServerUnreachable: {
    references: 'RFC 4511 §5',
    message: (e: { server: string; problem: string }) => `${e.server} does not answer: ${e.problem}`,
    remedy: 'Check the address, the network and the certificate of the domain controller.',
  },
  syncSignInRefused: {
    references: 'RFC 4511 §4.2',
    message: (e: { server: string; account: string; problem: string }) =>
      `${e.server} refuses the account ${e.account}: ${e.problem}`,
    remedy: 'Check the account and its password.',
  },
  syncServerUnsuitable: {
    references: 'windows-sign-in §6.3',
    message: (e: { server: string; problem: string }) => `Cardea cannot synchronize from ${e.server}: ${e.problem}`,
    remedy: 'Specify a domain controller of Active Directory.',
  },
  syncSearchFailed: {
    references: 'RFC 4511 §4.5',
    message: (e: { server: string; base: string; problem: string }) =>
      `the search below ${e.base} on ${e.server} failed: ${e.problem}`,
    remedy: 'Check that the object exists and that the account can read it.',
  },
  syncInterrupted: {
    references: 'docs/admin/directory-sync.md#schedule',
    message: (e: { problem: string }) => `the synchronization ended early: ${e.problem}`,
    remedy:
      'Run the synchronization again. Changes that were written are kept, and the remaining objects are read again.',
  },
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly sync: typeof syncReasons;
  }
}
