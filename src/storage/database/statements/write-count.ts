/** Tables that sign-ins write, of which nothing is read from memory. */
const uncachedTables: ReadonlySet<string> = new Set([
  ...['oidc_records', 'visits', 'sign_ins', 'sign_in_activity', 'seen_certificates', 'presented_certificates'],
  ...['shown_certificates', 'session_proofs', 'repeated_sign_ins', 'known_browsers', 'attempts', 'tickets'],
  ...['logout_notices', 'crls', 'crl_chunks', 'crl_claims', 'primary_refresh_tokens', 'opened'],
]);

/**
 * Counts the writes into a database file: as long as the count stays, so do the marks of changes. A statement that is not known
 * to write only what is never read from memory is counted, and so is everything that other processes committed.
 */
export class WriteCount {
  #count = 0;
  #version: unknown;
  #versionOf: (() => unknown) | undefined;

  /** How many there were so far, by any process that has the file open. */
  get count(): number {
    const version = this.#versionOf?.();
    if (version !== this.#version) {
      this.#version = version;
      this.#count++;
    }
    return this.#count;
  }

  /** Whether other processes write too. */
  get isShared(): boolean {
    return this.#versionOf !== undefined;
  }

  /** Counts what other processes commit. @param versionOf another value after each commit of another process (`pragma data_version`) */
  watch(versionOf: () => unknown): void {
    this.#versionOf = versionOf;
  }

  /** Counts a statement that writes. */
  note(sql: string): void {
    const table = /^\s*(?:insert into|update|delete from)\s+"?(\w+)/i.exec(sql)?.[1];
    if (table === undefined || !uncachedTables.has(table)) this.#count++;
  }
}
