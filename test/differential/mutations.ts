import type { AuthorityOptions } from '#pki/build/authority.ts';
import { basicConstraints, keyPurposes, keyUsage } from '#pki/build/fields/extensions.ts';
import { directoryName, dnsName, type GeneralNameDer, ipAddress, rfc822Name } from '#pki/build/fields/general-names.ts';
import type { CertificateOptions } from '#pki/build/issued.ts';
import type { Random } from './random.ts';

/** A chain on its way: what each certificate shall say, root first. Mutations write into it. */
export interface Draft {
  readonly authorities: Mutable<AuthorityOptions & { name: string }>[];
  readonly leaf: Mutable<CertificateOptions>;
  readonly at: Date;
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Some change to a chain, right or wrong; the name is what reports call it. */
export interface Mutation {
  readonly name: string;
  readonly apply: (draft: Draft, random: Random) => void;
}

const policies = ['1.2.3.1', '1.2.3.2', '1.2.3.3', '2.5.29.32.0'] as const;
const day = 24 * 60 * 60 * 1000;
const move = (at: Date, days: number): Date => new Date(at.getTime() + days * day);

/** An authority below the root, made for the purpose when there is none: what an anchor says of itself is another matter. */
function someCa(draft: Draft, random: Random): Draft['authorities'][number] {
  if (draft.authorities.length === 1) draft.authorities.push({ name: 'DC=test,DC=woodgrove,CN=A' });
  return random.pick(draft.authorities.slice(1));
}
const anyItem = (draft: Draft, random: Random): Mutable<CertificateOptions> =>
  random.chance(0.5) ? draft.leaf : someCa(draft, random);
const onCa =
  (change: (ca: Draft['authorities'][number], random: Random, at: Date) => void): Mutation['apply'] =>
  (draft, random) =>
    change(someCa(draft, random), random, draft.at);
const onAny =
  (change: (mutable: Mutable<CertificateOptions>, random: Random, at: Date) => void): Mutation['apply'] =>
  (draft, random) =>
    change(anyItem(draft, random), random, draft.at);

const names: readonly GeneralNameDer[] = [
  dnsName('woodgrove.test'),
  dnsName('a.woodgrove.test'),
  dnsName('.woodgrove.test'),
  dnsName('test'),
  dnsName('other.test'),
  rfc822Name('woodgrove.test'),
  rfc822Name('.woodgrove.test'),
  rfc822Name('ana@woodgrove.test'),
  rfc822Name('other.test'),
  directoryName('DC=test,DC=woodgrove'),
  directoryName('DC=test,DC=woodgrove,OU=People'),
  directoryName('DC=test,DC=other'),
  ipAddress('10.0.0.0/8'),
  ipAddress('192.168.0.0/16'),
];
const leafNames: readonly GeneralNameDer[] = [
  dnsName('woodgrove.test'),
  dnsName('a.woodgrove.test'),
  dnsName('b.a.woodgrove.test'),
  dnsName('notwoodgrove.test'),
  rfc822Name('ana@woodgrove.test'),
  rfc822Name('ana@mail.woodgrove.test'),
  rfc822Name('ana@other.test'),
  directoryName('DC=test,DC=woodgrove,OU=People,CN=Ana'),
  directoryName('DC=test,DC=other,CN=Ana'),
  ipAddress('10.1.2.3'),
  ipAddress('192.168.1.1'),
  ipAddress('172.16.0.1'),
];

export const mutations: readonly Mutation[] = [
  { name: 'nothing', apply: () => {} },
  // Validity, RFC 5280 §4.1.2.5
  {
    name: 'expired',
    apply: onAny((item, _, at) => {
      item.notAfter = move(at, -1);
    }),
  },
  {
    name: 'expires this second',
    apply: onAny((item, _, at) => {
      item.notAfter = at;
    }),
  },
  {
    name: 'not yet valid',
    apply: onAny((item, _, at) => {
      item.notBefore = move(at, 1);
    }),
  },
  {
    name: 'begins this second',
    apply: onAny((item, _, at) => {
      item.notBefore = at;
    }),
  },
  // Signature and names, §6.1.3 (a)
  {
    name: 'broken signature',
    apply: onAny((item) => {
      item.brokenSignature = true;
    }),
  },
  {
    name: 'another algorithm outside',
    apply: onAny((item) => {
      item.outerScheme = 'ecdsa-sha384';
    }),
  },
  {
    name: 'SHA-1 signature',
    apply: onAny((item) => {
      item.scheme = 'ecdsa-sha1';
    }),
  },
  {
    name: 'another issuer name',
    apply: onAny((item) => {
      item.issuer = 'Nobody';
    }),
  },
  {
    name: 'empty subject',
    apply: (draft) => {
      draft.leaf.subject = '';
    },
  },
  // Basic constraints and path length, §4.2.1.9
  {
    name: 'no basic constraints',
    apply: onCa((ca) => {
      ca.basicConstraints = null;
    }),
  },
  {
    name: 'not a CA',
    apply: onCa((ca) => {
      ca.basicConstraints = { cA: false };
    }),
  },
  {
    name: 'path length',
    apply: (draft, random) => {
      random.pick(draft.authorities).basicConstraints = { cA: true, pathLength: random.below(3) };
    },
  },
  {
    name: 'path length of the issuing CA',
    apply: (draft) => {
      draft.authorities.at(-1)!.basicConstraints = { cA: true, pathLength: 0 };
    },
  },
  {
    name: 'basic constraints not critical',
    apply: onCa((ca) => {
      ca.basicConstraints = null;
      ca.extensions = [{ ...basicConstraints({ cA: true }), critical: false }];
    }),
  },
  { name: 'self-issued CA', apply: (draft, random) => selfIssue(draft, random) },
  {
    name: 'a CA as the leaf',
    apply: (draft) => {
      draft.leaf.basicConstraints = { cA: true };
      draft.leaf.keyUsage = ['digitalSignature', 'keyCertSign'];
    },
  },
  // Key usage, §4.2.1.3
  {
    name: 'CA without key usage',
    apply: onCa((ca) => {
      ca.keyUsage = null;
    }),
  },
  {
    name: 'CA without keyCertSign',
    apply: onCa((ca) => {
      ca.keyUsage = ['digitalSignature', 'cRLSign'];
    }),
  },
  {
    name: 'leaf key usage',
    apply: (draft, random) => {
      draft.leaf.keyUsage = random.pick([
        null,
        ['keyEncipherment'],
        ['digitalSignature'],
        ['nonRepudiation'],
        ['keyAgreement'],
      ] as const);
    },
  },
  {
    name: 'key usage twice',
    apply: onAny((item) => {
      item.extensions = [keyUsage(['digitalSignature', 'keyCertSign'])];
    }),
  },
  // Extended key usage, §4.2.1.12
  {
    name: 'leaf purposes',
    apply: (draft, random) => {
      draft.leaf.extendedKeyUsage = random.pick([
        null,
        [keyPurposes.serverAuth],
        [keyPurposes.any],
        [keyPurposes.clientAuth],
        [keyPurposes.smartCardLogon],
      ]);
    },
  },
  {
    name: 'CA purposes',
    apply: onCa((ca, random) => {
      ca.extendedKeyUsage = random.pick([[keyPurposes.clientAuth], [keyPurposes.serverAuth], [keyPurposes.any]]);
    }),
  },
  // Unknown extensions, §4.2
  {
    name: 'unknown extension',
    apply: onAny((item) => {
      item.extensions = [{ oid: '1.2.3.4.5', value: Uint8Array.of(5, 0) }];
    }),
  },
  {
    name: 'unknown critical extension',
    apply: onAny((item) => {
      item.extensions = [{ oid: '1.2.3.4.5', critical: true, value: Uint8Array.of(5, 0) }];
    }),
  },
  // Key identifiers, §4.2.1.1 and §4.2.1.2
  {
    name: 'no subject key identifier',
    apply: onAny((item) => {
      item.subjectKeyIdentifier = null;
    }),
  },
  {
    name: 'no authority key identifier',
    apply: onAny((item) => {
      item.authorityKeyIdentifier = null;
    }),
  },
  {
    name: 'authority key identifier of another key',
    apply: onAny((item) => {
      item.authorityKeyIdentifier = { keyIdentifier: new Uint8Array(20) };
    }),
  },
  // Serial numbers and version, §4.1.2.1 and §4.1.2.2
  {
    name: 'serial zero',
    apply: onAny((item) => {
      item.serial = 0n;
    }),
  },
  {
    name: 'negative serial',
    apply: onAny((item) => {
      item.serial = Uint8Array.of(0x80);
    }),
  },
  {
    name: 'version 1',
    apply: onAny((item) => {
      item.version = 1;
    }),
  },
  // Policies, §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14
  { name: 'policies', apply: (draft, random) => drawPolicies(draft, random) },
  {
    name: 'explicit policy',
    apply: (draft, random) => {
      drawPolicies(draft, random);
      requirePolicy(draft, random);
    },
  },
  {
    name: 'mappings',
    apply: (draft, random) => {
      drawPolicies(draft, random);
      requirePolicy(draft, random);
      drawMappings(draft, random);
    },
  },
  {
    name: 'inhibited mapping',
    apply: (draft, random) => {
      drawPolicies(draft, random);
      requirePolicy(draft, random);
      drawMappings(draft, random);
      inhibitMapping(draft, random);
    },
  },
  {
    name: 'inhibited any policy',
    apply: (draft, random) => {
      drawPolicies(draft, random);
      requirePolicy(draft, random);
      someCa(draft, random).inhibitAnyPolicy = random.below(3);
    },
  },
  {
    name: 'mapping of any policy',
    apply: onCa((ca) => {
      ca.policies = [policies[0]];
      ca.policyMappings = [[policies[0], '2.5.29.32.0']];
    }),
  },
  // Name constraints, §4.2.1.10
  {
    name: 'permitted names',
    apply: (draft, random) => {
      drawNames(draft, random);
      someCa(draft, random).nameConstraints = { permitted: random.some(names, 3) };
    },
  },
  {
    name: 'excluded names',
    apply: (draft, random) => {
      drawNames(draft, random);
      someCa(draft, random).nameConstraints = { excluded: random.some(names, 3) };
    },
  },
  {
    name: 'permitted and excluded names',
    apply: (draft, random) => {
      drawNames(draft, random);
      someCa(draft, random).nameConstraints = { permitted: random.some(names, 4), excluded: [random.pick(names)] };
    },
  },
  {
    name: 'constraints of the root',
    apply: (draft, random) => {
      drawNames(draft, random);
      draft.authorities[0]!.nameConstraints = { permitted: random.some(names, 4) };
    },
  },
];

function drawPolicies(draft: Draft, random: Random): void {
  for (const authority of [...draft.authorities.slice(1), draft.leaf]) {
    if (random.chance(0.85)) authority.policies = random.some(policies, 3);
  }
}
function requirePolicy(draft: Draft, random: Random): void {
  someCa(draft, random).policyConstraints = { requireExplicitPolicy: random.below(3) };
}
function drawMappings(draft: Draft, random: Random): void {
  const from = random.pick(policies.slice(0, 3));
  const to = random.pick(policies.slice(0, 3));
  someCa(draft, random).policyMappings =
    from === to
      ? [[from, to]]
      : random.some([
          [from, to],
          [to, from],
        ] as const);
}
function inhibitMapping(draft: Draft, random: Random): void {
  const ca = someCa(draft, random);
  ca.policyConstraints = { ...ca.policyConstraints, inhibitPolicyMapping: random.below(3) };
}
function drawNames(draft: Draft, random: Random): void {
  draft.leaf.names = random.some(leafNames, 3);
}

/** A CA that has its own name certified once more under a new key (§6.1: such certificates do not count). */
function selfIssue(draft: Draft, random: Random): void {
  const at = random.below(draft.authorities.length);
  draft.authorities.splice(at + 1, 0, { name: draft.authorities[at]!.name });
}
