import type { Ruling } from '#core/trace/ruling.ts';
import type { AuthorityRow, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';

/** What an administrator changes (read again through `Policies`). Every change writes an audit row in the same transaction. */
export interface TrustStoreAdmin {
  /** The CAs of both stores, as uploaded; deleted ones are not among them. */
  list(): Promise<readonly AuthorityRow[]>;
  state(): Promise<TrustStoreState>;
  /**
   * One edit: `decide` is given what there is and answers what shall be. No other edit of the tenant's policy or trust
   * store comes in between, and what `decide` refuses leaves everything as it was.
   */
  edit<T>(decide: (current: TrustStoreState) => Ruling<TrustStoreEdit<T>>, actor: string): Promise<Ruling<T>>;
  add(row: AuthorityRow, actor: string): Promise<void>;
  /** Replaces everything but the certificate; false when there is none of this id. */
  update(row: AuthorityRow, actor: string): Promise<boolean>;
  remove(id: string, actor: string): Promise<boolean>;
}

/** Files that administrators name by URL. */
export interface Bundles {
  /** Whether this URL may be fetched, its host resolved. @throws uploadUrlRefused */
  check(url: string): Promise<void>;
  /** @throws uploadUrlRefused, uploadFailed, bundleTooLarge */
  fetch(url: string): Promise<Uint8Array>;
}
