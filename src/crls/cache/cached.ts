import { createHash } from 'node:crypto';
import type { CrlSigner } from '#core/crl/answer.ts';
import type { Crl } from '#core/crl/format/crl.ts';
import type { SeenCrl } from '#core/crl/format/crl-number.ts';
import { candidatesFor } from '#core/crl/issuers/signature.ts';
import type { Because } from '#core/trace/reasons.ts';
import { isName } from '#core/x509/name.ts';
import type { CrlState } from '#model/crl.ts';
import type { Validators } from '../fetch/download.ts';

/** A download under way. */
export interface Flight {
  readonly inBackground: boolean;
  /** Why it failed, or undefined. Never rejects. */
  readonly landed: Promise<Because | undefined>;
}

/**
 * What is kept of one address for one authority. Two authorities that share an address are kept apart: what one may not
 * sign must not push out what the other signed.
 */
export class CachedCrl {
  readonly key: string;
  readonly url: string;
  /** Everyone who was asked for as a signer; new ones join. */
  readonly signers = new Map<string, CrlSigner>();
  crl: Crl | undefined;
  source: CrlState['source'] = 'none';
  fetchedAt: Date | undefined;
  validators: Validators | undefined;
  /** The newest CRL ever accepted from here (CRL-15). */
  seen: SeenCrl | undefined;
  lastError: Because | undefined;
  /** How long the last download took, whether it brought a CRL or not. */
  fetchMilliseconds: number | undefined;
  /** When an attempt last ended without anything new, as `performance.now()` counts. */
  triedAt: number | undefined;
  /** By the clock, in milliseconds; the last use. */
  lastUsedAt = 0;
  flight: Flight | undefined;
  /** Reads what is stored: over a restart, and again when another process has changed what is stored. */
  loading: Promise<unknown> | undefined;
  /** The mark of what is stored, as `loading` began. */
  mark: string | undefined;

  constructor(key: string, url: string) {
    this.key = key;
    this.url = url;
  }

  know(signers: readonly CrlSigner[]): void {
    for (const signer of signers) this.signers.set(identityOf(signer), signer);
  }

  /**
   * Whether a CRL that was stored here may stand for the authority: not one in its name that names another key, as
   * earlier versions stored them (CRL-14). A CRL in another name is an indirect one; the evaluation decides about it.
   */
  mayHold(crl: Crl): boolean {
    const [authority] = this.signers.values();
    if (!authority || !isName(authority.subject, crl.issuer)) return true;
    return candidatesFor(crl, [...this.signers.values()]).length > 0;
  }

  /** Whether another CRL is kept for the same key of the same authority, from whatever address. */
  isOfSameKey(cachedCrl: CachedCrl): boolean {
    return keyPartOf(this.key) === keyPartOf(cachedCrl.key);
  }

  /** CRL-15: the highest number counts; the signature belongs to that number, once it is known. */
  see(seenCrl: SeenCrl): void {
    if (!this.seen || seenCrl.number > this.seen.number) this.seen = seenCrl;
    else if (seenCrl.number === this.seen.number)
      this.seen = { ...seenCrl, signature: this.seen.signature ?? seenCrl.signature };
  }

  /** §4.4: FRESH before nextUpdate. A CRL that begins in the future is checked elsewhere. */
  isFresh(at: Date): boolean {
    return this.crl?.nextUpdate !== undefined && at < this.crl.nextUpdate;
  }

  /**
   * Whether to look for the next CRL. CRL-6: from Microsoft's Next CRL Publish on, although this one still holds. Where
   * the CRL does not name an earlier time than its end: shortly before the end, so that a failure is known while there
   * is still time to mend it. CRL-7: always once it has expired.
   */
  isPrefetchDue(at: Date): boolean {
    const { thisUpdate, nextUpdate, nextPublish } = this.crl ?? {};
    if (nextPublish && at >= nextPublish) return true;
    if (!thisUpdate || !nextUpdate) return false;
    const isAnnounced = nextPublish !== undefined && nextPublish < nextUpdate;
    return at.getTime() >= nextUpdate.getTime() - (isAnnounced ? 0 : noticeOf(thisUpdate, nextUpdate));
  }

  state(): CrlState {
    const { url, source, crl, lastError, fetchedAt, fetchMilliseconds } = this;
    return {
      url,
      source,
      isDownloading: this.flight !== undefined,
      number: crl?.number?.toString(),
      thisUpdate: crl?.thisUpdate,
      nextUpdate: crl?.nextUpdate,
      nextPublish: crl?.nextPublish,
      size: crl?.size ?? 0,
      entries: crl?.entryCount ?? 0,
      lastError,
      fetchedAt,
      lastFetchMilliseconds: fetchMilliseconds,
    };
  }
}

/**
 * How long before its end the next CRL is looked for, in milliseconds: a tenth of the lifetime, at most two hours, which
 * is when the alert CardeaCrlExpiresSoon begins to look at failures.
 */
const noticeOf = (thisUpdate: Date, nextUpdate: Date): number =>
  Math.min(2 * 3_600_000, Math.max(0, nextUpdate.getTime() - thisUpdate.getTime()) / 10);

/** Two certificates of one key may name it differently, so the key alone is not enough. */
const identityOf = ({ subject, subjectKeyIdentifier, subjectPublicKeyInfo }: CrlSigner): string =>
  [subject, subjectKeyIdentifier ?? new Uint8Array(), subjectPublicKeyInfo]
    .map((octets) => Buffer.from(octets).toString('base64'))
    .join(' ');

const keyPartOf = (key: string): string => key.slice(key.lastIndexOf('#'));

/** The name under which a CRL is kept: the address, and who is expected to sign. */
export function keyOf(url: string, [authority]: readonly CrlSigner[]): string {
  const hash = createHash('sha256')
    .update(authority?.subject ?? new Uint8Array())
    .update(authority?.subjectPublicKeyInfo ?? new Uint8Array());
  return `${url}#${hash.digest('hex').slice(0, 32)}`;
}
