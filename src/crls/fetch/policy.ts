import type { PrivateAddresses } from '#net/address-policy.ts';
import type { AddressRules } from '#net/http-client.ts';

/** How much one download may cost. */
export interface DownloadLimits {
  /** Octets, counted after any content encoding is taken off. */
  readonly bytes: number;
  /** From the first look-up of the name to the last octet; a server that drips does not get longer. */
  readonly seconds: number;
}

/** Where downloads may go and what they may bring. */
export interface DownloadPolicy extends AddressRules {
  /** While a person waits: Entra's 20 MB and 10 s (specification §4.1). */
  readonly interactive: DownloadLimits;
  /** In the background: Entra's 65 MB (§4.1, D-4); the time is ours. Gigabytes are fine. */
  readonly background: DownloadLimits;
  /** A redirect leads to an address that is not configured. `sameHost` follows up to three that stay on the host. */
  readonly redirects: 'none' | 'sameHost';
  /** CRLs of an organization's own CA are usually at private addresses. */
  readonly privateAddresses: PrivateAddresses;
  /** Media types, lower case; by default the content decides, because few servers know `application/pkix-crl`. */
  readonly contentTypes: 'any' | readonly string[];
  /** A server may compress although we ask it not to; the limit holds for what comes out. */
  readonly contentEncoding: 'gunzip' | 'refuse';
  /** `any` also reads PEM, and DER with line ends after it. An import reads both whatever is set. */
  readonly forms: 'der' | 'any';
}

const MiB = 1024 * 1024;

export const defaultDownloadPolicy: DownloadPolicy = {
  interactive: { bytes: 20 * MiB, seconds: 10 },
  background: { bytes: 65 * MiB, seconds: 600 },
  redirects: 'none',
  privateAddresses: 'allow',
  contentTypes: 'any',
  contentEncoding: 'gunzip',
  forms: 'der',
};
