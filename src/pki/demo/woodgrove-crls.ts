import type { Authority } from '../build/authority.ts';
import type { CrlReason } from '../build/fields/extensions.ts';

const day = 24 * 60 * 60 * 1000;
/** How long the demo's CRLs live, and when the next ones are due. Days. */
const lifetimes = { base: { expires: 30, publish: 7 }, delta: { expires: 14, publish: 3 } } as const;

export const authorityNames = ['root', 'issuing-1', 'issuing-2'] as const;
export type AuthorityName = (typeof authorityNames)[number];

export interface Revocation {
  readonly authority: AuthorityName;
  readonly serial: bigint;
  readonly revokedAt: Date;
  readonly reason: CrlReason;
  /** The demo keeps some on the delta for good, so that there is something to see there. */
  readonly on: 'base' | 'delta';
}

/** One round of CRLs: a complete one of `number` and a delta of `number + 1` on it, for each authority. */
export interface Publication {
  readonly number: bigint;
  readonly at: Date;
  readonly crls: readonly PublishedCrls[];
}
export interface PublishedCrls {
  readonly authority: AuthorityName;
  readonly base: Uint8Array;
  readonly delta: Uint8Array;
}

/** What publishing needs of the demo's PKI. */
export interface Publishable {
  readonly authorities: Readonly<Record<AuthorityName, Authority>>;
  readonly revocations: readonly Revocation[];
  readonly publication: Publication | undefined;
}

/** Where a CRL lies below the demo's CRL address. */
export const crlPath = (authority: AuthorityName, kind: 'base' | 'delta'): string =>
  `/crl/${authority}${kind === 'delta' ? '-delta' : ''}.crl`;

/** The next round, with numbers above all earlier ones (RFC 5280 §5.2.3). */
export function publish(pki: Publishable, at: Date): Publication {
  const number = (pki.publication?.number ?? -1n) + 2n;
  const crls = authorityNames.map((authority) => ({
    authority,
    base: crlOf(pki, authority, 'base', { number, at }),
    delta: crlOf(pki, authority, 'delta', { number, at }),
  }));
  return { number, at, crls };
}

function crlOf(
  pki: Publishable,
  name: AuthorityName,
  kind: 'base' | 'delta',
  { number, at }: { readonly number: bigint; readonly at: Date },
): Uint8Array {
  const authority = pki.authorities[name];
  const { deltaCrlUrl } = authority;
  const life = lifetimes[kind];
  const common = {
    thisUpdate: at,
    nextUpdate: new Date(at.getTime() + life.expires * day),
    nextPublish: new Date(at.getTime() + life.publish * day),
    entries: entriesOf(pki, name, kind),
  };
  if (kind === 'delta') return authority.crl({ ...common, number: number + 1n, baseNumber: number });
  return authority.crl({ ...common, number, ...(deltaCrlUrl === undefined ? {} : { freshestCrl: [deltaCrlUrl] }) });
}

function entriesOf(pki: Publishable, name: AuthorityName, kind: 'base' | 'delta') {
  return pki.revocations
    .filter(({ authority, on }) => authority === name && on === kind)
    .map(({ serial, revokedAt, reason }) => ({ serial, revocationDate: revokedAt, reason }));
}

/** Whether a new round is due: after the delta's Next CRL Publish, or when the clock stands before the last round. */
export function publicationDue({ publication }: Publishable, at: Date): boolean {
  if (!publication) return true;
  const age = at.getTime() - publication.at.getTime();
  return age < 0 || age >= lifetimes.delta.publish * day;
}
