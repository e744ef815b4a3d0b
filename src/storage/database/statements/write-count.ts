/** Tables that sign-ins write, of which nothing is read from memory. */
const uncachedTables: ReadonlySet<string> = new Set([
  ...['oidc_records', 'visits', 'sign_ins', 'sign_in_activity', 'seen_certificates', 'presented_certificates'],
  ...['shown_certificates', 'session_proofs', 'repeated_sign_ins', 'known_browsers', 'attempts', 'tickets'],
  ...['logout_notices', 'crls', 'crl_chunks', 'crl_claims', 'primary_refresh_tokens'],
]);

/**
 * Counts the writes of a process that holds its database alone: as long as the count stays, so do the marks of changes.
 * A statement that is not known to write only what is never read from memory is counted.
 */
export class WriteCount {
  #count = 0;

  /** How many there were so far. */
  get count(): number {
    return this.#count;
  }

  /** Counts a statement that writes. */
  note(sql: string): void {
    const table = /^\s*(?:insert into|update|delete from)\s+"?(\w+)/i.exec(sql)?.[1];
    if (table === undefined || !uncachedTables.has(table)) this.#count++;
  }
}
