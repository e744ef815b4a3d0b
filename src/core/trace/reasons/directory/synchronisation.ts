import type { Nothing } from '../../reason.ts';

/** Synchronisation from Active Directory. */
export const synchronisationReasons = {
  syncNotConfigured: {
    cites: 'docs/admin/directory-sync.md#configure',
    words: (_: Nothing) => 'no synchronisation from Active Directory is configured',
    remedy: 'Write a configuration and enter it with `cardea sync ad configure FILE`.',
  },
  syncSettingsInvalid: {
    cites: 'docs/admin/directory-sync.md#configure',
    words: (e: { where: string; problem: string }) =>
      `the configuration of the synchronisation cannot be used: ${e.where}: ${e.problem}`,
    remedy: 'Correct what is named. docs/admin/directory-sync.md has an example.',
  },
  syncDomainUnknown: {
    cites: 'docs/admin/directory-sync.md#configure',
    words: (e: { domain: string; domains: readonly string[] }) =>
      `the synchronisation has no domain "${e.domain}", only ${e.domains.join(', ')}`,
    remedy: 'Name a domain of the configuration.',
  },
  syncSecretMissing: {
    cites: 'docs/admin/directory-sync.md#account',
    words: (e: { domain: string; from: string; problem: string }) =>
      `the password for ${e.domain} cannot be read from ${e.from}: ${e.problem}`,
    remedy: 'Create the file, or set the variable, for the user that runs Cardea.',
  },
  syncRunning: {
    cites: 'docs/admin/directory-sync.md#schedule',
    words: (_: Nothing) => 'a synchronisation of this tenant runs already, here or on another server',
    remedy: 'Wait until it has ended: `cardea sync status` shows it.',
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
    words: (e: { server: string; problem: string }) => `${e.server} cannot be synchronised from: ${e.problem}`,
    remedy: 'Name a domain controller of Active Directory.',
  },
  syncSearchFailed: {
    cites: 'RFC 4511 §4.5',
    words: (e: { server: string; base: string; problem: string }) =>
      `the search below ${e.base} on ${e.server} failed: ${e.problem}`,
    remedy: 'Check that the object is there and that the account may read it.',
  },
  syncDeletionsRefused: {
    cites: 'docs/admin/directory-sync.md#deletions',
    words: (e: { domain: string; deletions: number; objects: number; limit: string }) =>
      `the synchronisation of ${e.domain} would delete ${e.deletions} of ${e.objects} objects, more than ${e.limit}; nothing was changed`,
    remedy: 'Look at `cardea sync ad plan`. If the objects are to go, run `cardea sync ad run --allow-deletions` once.',
  },
  syncInterrupted: {
    cites: 'docs/admin/directory-sync.md#schedule',
    words: (e: { problem: string }) => `the synchronisation ended early: ${e.problem}`,
    remedy: 'Run it again: what was written stays, and the rest is read again.',
  },
};
