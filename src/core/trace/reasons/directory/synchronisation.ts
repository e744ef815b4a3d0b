import type { Nothing } from '../../reason.ts';

/** Synchronization from Active Directory. */
export const synchronisationReasons = {
  syncNotConfigured: {
    cites: 'docs/admin/directory-sync.md#configure',
    words: (_: Nothing) => 'no synchronization from Active Directory is configured',
    remedy: 'Write a configuration file, and apply it with `cardea sync ad configure FILE`.',
  },
  syncSettingsInvalid: {
    cites: 'docs/admin/directory-sync.md#configure',
    words: (e: { where: string; problem: string }) =>
      `the configuration of the synchronization cannot be used: ${e.where}: ${e.problem}`,
    remedy: 'Correct the setting that the message names. See docs/admin/directory-sync.md for an example.',
  },
  syncDomainUnknown: {
    cites: 'docs/admin/directory-sync.md#configure',
    words: (e: { domain: string; domains: readonly string[] }) =>
      `the synchronization has no domain "${e.domain}", only ${e.domains.join(', ')}`,
    remedy: 'Specify a domain of the configuration.',
  },
  syncSecretMissing: {
    cites: 'docs/admin/directory-sync.md#account',
    words: (e: { domain: string; from: string; problem: string }) =>
      `${e.from}, which the settings of ${e.domain} name, cannot be used: ${e.problem}`,
    remedy:
      'Create the file with the password or the CA certificates (PEM), or set the variable, for the user that runs Cardea.',
  },
  syncRunning: {
    cites: 'docs/admin/directory-sync.md#schedule',
    words: (_: Nothing) => 'a synchronization of this tenant is already running, on this server or on another server',
    remedy: 'Wait until it has finished. `cardea sync status` shows its state.',
  },
  syncServerUnreachable: {
    cites: 'RFC 4511 §5',
    words: (e: { server: string; problem: string }) => `${e.server} does not answer: ${e.problem}`,
    remedy: 'Check the address, the network and the certificate of the domain controller.',
  },
  syncSignInRefused: {
    cites: 'RFC 4511 §4.2',
    words: (e: { server: string; account: string; problem: string }) =>
      `${e.server} refuses the account ${e.account}: ${e.problem}`,
    remedy: 'Check the account and its password.',
  },
  syncServerUnsuitable: {
    cites: 'windows-sign-in §6.3',
    words: (e: { server: string; problem: string }) => `Cardea cannot synchronize from ${e.server}: ${e.problem}`,
    remedy: 'Specify a domain controller of Active Directory.',
  },
  syncSearchFailed: {
    cites: 'RFC 4511 §4.5',
    words: (e: { server: string; base: string; problem: string }) =>
      `the search below ${e.base} on ${e.server} failed: ${e.problem}`,
    remedy: 'Check that the object exists and that the account can read it.',
  },
  syncDeletionsRefused: {
    cites: 'docs/admin/directory-sync.md#deletions',
    words: (e: { domain: string; deletions: number; objects: number; limit: string }) =>
      `the synchronization of ${e.domain} would delete ${e.deletions} of ${e.objects} objects, more than ${e.limit}; nothing was changed`,
    remedy: 'Review `cardea sync ad plan`. To delete the objects, run `cardea sync ad run --allow-deletions` once.',
  },
  syncInterrupted: {
    cites: 'docs/admin/directory-sync.md#schedule',
    words: (e: { problem: string }) => `the synchronization ended early: ${e.problem}`,
    remedy:
      'Run the synchronization again. Changes that were written are kept, and the remaining objects are read again.',
  },
};
