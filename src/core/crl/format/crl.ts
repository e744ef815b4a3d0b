import type { Tolerance } from '../../trace/tolerances.ts';
import type { Name } from '../../x509/name.ts';
import type { DistributionPointName } from '../distribution-points/distribution-point.ts';
import type { ReasonMask } from '../distribution-points/reason-mask.ts';
import type { EntryIndex } from './entries/entry-index.ts';
import type { EntrySource } from './entries/entry-source.ts';

/** What a CRL says beside its entries (RFC 5280 §5.1, §5.2). */
export interface CrlFacts {
  /** The bytes that were signed. */
  readonly tbs: Uint8Array;
  /** DER of the AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly number: bigint | undefined;
  /** Set on a delta CRL: the number of the base it completes (RFC 5280 §5.2.4). */
  readonly baseNumber: bigint | undefined;
  /** The moment from which a newer CRL may be there (Microsoft's Next CRL Publish, 1.3.6.1.4.1.311.21.4). */
  readonly nextPublish: Date | undefined;
  /** Undefined without the extension; empty for one that names no key. */
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  readonly scope: IssuingDistributionPoint | undefined;
  /** The slips of encoding beside the entries that were read in spite of the rules; absent where there are none. */
  readonly tolerances?: readonly Tolerance[] | undefined;
}

/** A parsed certificate revocation list (RFC 5280 §5), wherever its entries are. */
export interface Crl extends CrlFacts {
  /** Where it came from, for the words of a refusal: a URL or a file name. */
  readonly source: string;
  /** Octets of the CRL. */
  readonly size: number;
  readonly entryCount: number;
  readonly entries: EntrySource;
}

/** A CRL that is in memory as a whole, with its index by serial number. Views point into `der`. */
export interface WholeCrl extends Crl {
  readonly der: Uint8Array;
  readonly index: EntryIndex;
}

/** RFC 5280 §5.2.5. */
export interface IssuingDistributionPoint {
  /** The extension as encoded: a base and its delta have the same (§5.2.4). */
  readonly der: Uint8Array;
  readonly distributionPoint: DistributionPointName | undefined;
  readonly onlyContainsUserCerts: boolean;
  readonly onlyContainsCACerts: boolean;
  /** Undefined for every reason. */
  readonly onlySomeReasons: ReasonMask | undefined;
  readonly indirectCRL: boolean;
  readonly onlyContainsAttributeCerts: boolean;
}
