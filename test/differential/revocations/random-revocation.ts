import { Authority, type CrlOptions } from '#pki/build/authority.ts';
import type { CrlEntryInput } from '#pki/build/crl-builder.ts';
import { type CrlReason, keyPurposes } from '#pki/build/fields/extensions.ts';
import { uri } from '#pki/build/fields/general-names.ts';
import { generateKey } from '#pki/build/fields/keys.ts';
import type { Issued } from '#pki/build/issued.ts';
import { Random } from '../random.ts';

/** A good path of root, issuing CA and leaf, and the CRLs of both authorities. */
export interface RandomRevocation {
  readonly seed: number;
  readonly leaf: Uint8Array;
  readonly intermediates: readonly Uint8Array[];
  readonly root: Uint8Array;
  /** By the name of the authority; an absent one could not be had. */
  readonly crls: Readonly<Record<'root' | 'issuing', { readonly base?: Uint8Array; readonly delta?: Uint8Array }>>;
  readonly at: Date;
  readonly mutations: readonly string[];
}

interface Draft {
  readonly base: Record<'root' | 'issuing', Mutable<CrlOptions> | undefined>;
  readonly delta: Record<'root' | 'issuing', Mutable<CrlOptions> | undefined>;
  readonly leafSerial: bigint;
  readonly issuingSerial: bigint;
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Mutation {
  readonly name: string;
  readonly apply: (draft: Draft, random: Random) => void;
}

const at = new Date('2026-06-15T12:00:00Z');
const move = (days: number): Date => new Date(at.getTime() + days * 24 * 60 * 60 * 1000);
const validity = { notBefore: move(-100), notAfter: move(100) };
const rootKey = generateKey('P-256');
const issuingKey = generateKey('P-256');
const leafKey = generateKey('P-256');
const strangerKey = generateKey('P-256');
const issuingUrl = 'http://crl.woodgrove.test/issuing.crl';

const entry = (serial: bigint, reason?: CrlReason, more: Partial<CrlEntryInput> = {}): CrlEntryInput => ({
  serial,
  revocationDate: move(-2),
  reason,
  ...more,
});

/** Adds entries to a CRL that is there. */
function revoke(crl: Mutable<CrlOptions> | undefined, ...entries: readonly CrlEntryInput[]): void {
  if (crl) crl.entries = [...((crl.entries as readonly CrlEntryInput[] | undefined) ?? []), ...entries];
}

/** A change to the issuing CA's complete or delta CRL, or to the root's complete one. */
const onSome =
  (change: (crl: Mutable<CrlOptions>, random: Random) => void): Mutation['apply'] =>
  ({ base, delta }, random) => {
    const crl = random.pick([base.issuing, base.issuing, base.root, delta.issuing]);
    if (crl) change(crl, random);
  };
const onBase =
  (change: (crl: Mutable<CrlOptions>, random: Random) => void): Mutation['apply'] =>
  ({ base }, random) => {
    if (base.issuing) change(base.issuing, random);
  };

const reasons = [undefined, 'keyCompromise', 'superseded', 'certificateHold', 'privilegeWithdrawn'] as const;
const unknown = { oid: '1.2.3.4.5', value: Uint8Array.of(5, 0) };

export const revocationMutations: readonly Mutation[] = [
  { name: 'nothing', apply: () => {} },
  {
    name: 'leaf revoked',
    apply: ({ base, leafSerial }, r) => revoke(base.issuing, entry(leafSerial, r.pick(reasons))),
  },
  {
    name: 'leaf revoked on the delta',
    apply: ({ delta, leafSerial }, r) => revoke(delta.issuing, entry(leafSerial, r.pick(reasons))),
  },
  {
    name: 'issuing CA revoked',
    apply: ({ base, issuingSerial }) => revoke(base.root, entry(issuingSerial, 'cACompromise')),
  },
  {
    name: 'others revoked',
    apply: ({ base }, r) =>
      revoke(base.issuing, ...Array.from({ length: 1 + r.below(300) }, (_, i) => entry(BigInt(1000 + i)))),
  },
  {
    name: "the issuer's own serial number revoked by it",
    apply: ({ base, issuingSerial }) => revoke(base.issuing, entry(issuingSerial)),
  },
  {
    name: 'hold released by the delta',
    apply: ({ base, delta, leafSerial }) => {
      revoke(base.issuing, entry(leafSerial, 'certificateHold'));
      revoke(delta.issuing, entry(leafSerial, 'removeFromCRL'));
    },
  },
  {
    name: 'released but never held',
    apply: ({ delta, leafSerial }) => revoke(delta.issuing, entry(leafSerial, 'removeFromCRL')),
  },
  {
    name: 'revoked in the future',
    apply: ({ base, leafSerial }) => revoke(base.issuing, entry(leafSerial, undefined, { revocationDate: move(1) })),
  },
  {
    name: 'expired CRL',
    apply: onSome((crl) => {
      crl.nextUpdate = move(-1);
    }),
  },
  {
    name: 'CRL expires this second',
    apply: onSome((crl) => {
      crl.nextUpdate = at;
    }),
  },
  {
    name: 'CRL of tomorrow',
    apply: onSome((crl) => {
      crl.thisUpdate = move(1);
    }),
  },
  {
    name: 'CRL without an end',
    apply: onSome((crl) => {
      crl.nextUpdate = undefined;
    }),
  },
  {
    name: 'broken signature',
    apply: onSome((crl) => {
      crl.brokenSignature = true;
    }),
  },
  {
    name: "a stranger's signature",
    apply: onSome((crl) => {
      crl.signWith = strangerKey;
    }),
  },
  {
    name: 'another issuer name',
    apply: onSome((crl) => {
      crl.issuer = 'Nobody';
    }),
  },
  {
    name: 'no CRL number',
    apply: onBase((crl) => {
      crl.number = undefined;
    }),
  },
  {
    name: 'no authority key identifier',
    apply: onSome((crl) => {
      crl.authorityKeyIdentifier = undefined;
    }),
  },
  {
    name: 'authority key identifier of another key',
    apply: onSome((crl) => {
      crl.authorityKeyIdentifier = { keyIdentifier: new Uint8Array(20) };
    }),
  },
  {
    name: 'unknown extension',
    apply: onSome((crl) => {
      crl.extensions = [unknown];
    }),
  },
  {
    name: 'unknown critical extension',
    apply: onSome((crl) => {
      crl.extensions = [{ ...unknown, critical: true }];
    }),
  },
  {
    name: 'unknown critical entry extension',
    apply: onBase((crl) => revoke(crl, entry(5000n, undefined, { extensions: [{ ...unknown, critical: true }] }))),
  },
  {
    name: 'only user certificates',
    apply: onSome((crl) => {
      crl.issuingDistributionPoint = { onlyContainsUserCerts: true };
    }),
  },
  {
    name: 'only CA certificates',
    apply: onSome((crl) => {
      crl.issuingDistributionPoint = { onlyContainsCACerts: true };
    }),
  },
  {
    name: 'only attribute certificates',
    apply: onSome((crl) => {
      crl.issuingDistributionPoint = { onlyContainsAttributeCerts: true };
    }),
  },
  {
    name: 'only some reasons',
    apply: onSome((crl) => {
      crl.issuingDistributionPoint = { onlySomeReasons: ['keyCompromise'] };
    }),
  },
  {
    name: 'indirect',
    apply: onSome((crl) => {
      crl.issuingDistributionPoint = { indirectCRL: true };
    }),
  },
  {
    name: 'its own distribution point',
    apply: onBase((crl) => {
      crl.issuingDistributionPoint = { distributionPoint: { fullName: [uri(issuingUrl)] } };
    }),
  },
  {
    name: 'another distribution point',
    apply: onBase((crl) => {
      crl.issuingDistributionPoint = { distributionPoint: { fullName: [uri('http://other.test/')] } };
    }),
  },
  {
    name: 'delta on a later base',
    apply: ({ delta }) => {
      if (delta.issuing) delta.issuing.baseNumber = 12n;
    },
  },
  {
    name: 'delta older than the base',
    apply: ({ delta }) => {
      if (delta.issuing) delta.issuing.number = 9n;
    },
  },
  {
    name: 'no complete CRL',
    apply: ({ base }) => {
      base.issuing = undefined;
    },
  },
  {
    name: 'no CRL of the root',
    apply: ({ base }) => {
      base.root = undefined;
    },
  },
  {
    name: 'no delta',
    apply: ({ delta }) => {
      delta.issuing = undefined;
    },
  },
  {
    name: 'version 1',
    apply: onBase((crl) => {
      crl.version = 1;
    }),
  },
];

/** One or two changes to CRLs that are otherwise good. Depends on the seed alone. */
export function randomRevocation(seed: number): RandomRevocation {
  const random = new Random(seed);
  const mutations = Array.from({ length: random.pick([1, 1, 2, 2]) }, () => random.pick(revocationMutations));
  const root = Authority.root('CN=Root', validity, { key: rootKey, serial: 1n });
  const issuing = root.issueCa('CN=Issuing', {
    key: issuingKey,
    serial: 2n,
    crlUrl: issuingUrl,
    deltaCrlUrl: 'http://crl.woodgrove.test/d.crl',
  });
  const leaf = issuing.issueUserCertificate({ key: leafKey, serial: 99n, extendedKeyUsage: [keyPurposes.clientAuth] });
  const draft = newDraft(leaf, issuing);
  for (const { apply } of mutations) apply(draft, random);
  return {
    seed,
    leaf: leaf.der,
    intermediates: [issuing.der],
    root: root.der,
    crls: { root: signBoth(root, draft, 'root'), issuing: signBoth(issuing, draft, 'issuing') },
    at,
    mutations: mutations.map(({ name }) => name),
  };
}

function newDraft(leaf: Issued, issuing: Issued): Draft {
  const current = { thisUpdate: move(-1), nextUpdate: move(1) };
  const freshestCrl = ['http://crl.woodgrove.test/d.crl'];
  return {
    base: { root: { ...current, number: 10n }, issuing: { ...current, number: 10n, freshestCrl } },
    delta: { root: undefined, issuing: { ...current, number: 11n, baseNumber: 10n } },
    leafSerial: leaf.serial,
    issuingSerial: issuing.serial,
  };
}

/** Version 1 has no extensions; a request for one gets none (RFC 5280 §5.1.2.1). */
function signBoth(authority: Authority, { base, delta }: Draft, name: 'root' | 'issuing') {
  const sign = (options: CrlOptions | undefined) => options && authority.crl(asVersion(options));
  const [complete, changes] = [sign(base[name]), sign(delta[name])];
  return { ...(complete ? { base: complete } : {}), ...(changes ? { delta: changes } : {}) };
}
function asVersion(options: CrlOptions): CrlOptions {
  if (options.version !== 1) return options;
  const { freshestCrl: _, extensions: __, issuingDistributionPoint: ___, ...plain } = options;
  return { ...plain, number: undefined, authorityKeyIdentifier: undefined };
}
