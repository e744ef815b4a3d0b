import type { CrlAnswer, CrlRequest } from '#core/crl/answer.ts';
import type { Crl } from '#core/crl/format/crl.ts';
import type { OcspAnswer, OcspRequest } from '#core/ocsp/needed.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import type { CrlState, StoredCrl, StoredCrlFacts, StoredCrlHead } from '#model/crl.ts';

export interface Crls {
  /** What is kept, and nothing else: no address is asked. What is not kept, or past its end, is `crlNotKept`. */
  cached(requests: readonly CrlRequest[], at: Date): Promise<readonly CrlAnswer[]>;
  /** Never throws for what the network did; never fetches an address that is not in the requests. */
  fetch(requests: readonly CrlRequest[], at: Date): Promise<readonly CrlAnswer[]>;
}

export interface Ocsp {
  /** Never throws for what the network did; never asks an address that is not in the requests. */
  ask(requests: readonly OcspRequest[], at: Date): Promise<readonly OcspAnswer[]>;
}

/** A file to import. */
export interface CrlFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A CRL that was imported and evaluated. It is not in use before {@link PreparedCrl.take}. */
export interface PreparedCrl {
  readonly request: CrlRequest;
  readonly crl: Crl;
  /** The address for which it is kept. */
  readonly url: string;
  /** Puts it in use and returns how to give the former one back. @throws crlNumberWentBack when a newer one has come */
  take(): () => void;
  /** Keeps it over a restart. */
  save(): Promise<void>;
}

/** What an administrator does with CRLs beyond waiting for them. */
export interface CrlAdmin {
  /** Fetches now, under the limits for the background. */
  refresh(requests: readonly CrlRequest[]): Promise<readonly CrlAnswer[]>;
  /** Reads and evaluates an imported CRL, for networks that cannot reach the address. `file` names it in a refusal. */
  prepareImport(request: CrlRequest, bytes: Uint8Array, file?: string): Promise<Ruling<PreparedCrl>>;
  /** The files of an archive (zip, tar, gzip); the file itself when it is not an archive. @throws archiveUnreadable */
  filesIn(bytes: Uint8Array, name: string): readonly CrlFile[];
  /** Where the CRLs stand; downloads nothing. */
  stateOf(requests: readonly CrlRequest[]): Promise<readonly CrlState[]>;
}

/** Downloaded CRLs as they came, kept over a restart. Shared by all tenants: a URL's bytes are public. */
export interface CrlBytes {
  /** What is known of a CRL, without its octets. */
  head(url: string): Promise<StoredCrlHead | undefined>;
  read(url: string): Promise<StoredCrl | undefined>;
  write(crl: StoredCrl): Promise<void>;
  /** The names of all lists that are kept. */
  keys(): Promise<readonly string[]>;
  /** The kept list, under the same number, is still the current one. False when none or another is kept. */
  confirm(facts: StoredCrlFacts): Promise<boolean>;
  /** Removes a CRL and its number: it turned out to be of another key. */
  forget(url: string): Promise<void>;
  /**
   * Another text after every change of the CRLs that any server made. Present where several processes keep their CRLs
   * together.
   */
  readonly mark: (() => Promise<string>) | undefined;
  /** Present where several processes keep their CRLs together, so that one downloads and the others wait for it. */
  readonly leases: CrlLeases | undefined;
}

/** Which process downloads a CRL. A lease ends by itself, because processes do. */
export interface CrlLeases {
  /** Takes or renews the lease until then; false when another server holds one that has not ended by `at`. */
  take(url: string, holder: string, at: Date, until: Date): Promise<boolean>;
  release(url: string, holder: string): Promise<void>;
}
