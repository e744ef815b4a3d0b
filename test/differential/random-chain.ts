import type { KeyObject } from 'node:crypto';
import { Authority } from '#pki/build/authority.ts';
import { generateKey } from '#pki/build/fields/keys.ts';
import type { Issued } from '#pki/build/issued.ts';
import { type Draft, mutations } from './mutations.ts';
import { Random } from './random.ts';

/** A chain to evaluate: the leaf, what stands above it (root last), when to evaluate, and what was done to it. */
export interface RandomChain {
  readonly seed: number;
  readonly leaf: Uint8Array;
  readonly intermediates: readonly Uint8Array[];
  readonly root: Uint8Array;
  readonly at: Date;
  readonly mutations: readonly string[];
}

const at = new Date('2026-06-15T12:00:00Z');
const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };
/** Keys are the slow part and no verdict depends on which one it is, so long as neighbours differ. */
const keys: readonly KeyObject[] = Array.from({ length: 12 }, () => generateKey('P-256'));

/** One root, up to four authorities below it, a leaf; one to three mutations. Names and shapes depend on the seed alone. */
export function randomChain(seed: number): RandomChain {
  const random = new Random(seed);
  const draft = newDraft(random);
  const application = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () => random.pick(mutations));
  for (const { apply } of application) apply(draft, random);
  const leaf = issueAll(draft);
  const [root, ...below] = [...leaf.chain].reverse();
  return {
    seed,
    leaf: leaf.der,
    intermediates: below.map(({ der }) => der),
    root: root!.der,
    at,
    mutations: application.map(({ name }) => name),
  };
}

function newDraft(random: Random): Draft {
  const names = ['Root', 'A', 'B', 'C', 'D'].slice(0, 1 + random.pick([1, 1, 1, 2, 2, 3, 4, 0]));
  return {
    authorities: names.map((name) => ({ name: `DC=test,DC=woodgrove,CN=${name}` })),
    leaf: { subject: 'DC=test,DC=woodgrove,OU=People,CN=Ana Ruiz', upn: 'ana@woodgrove.test' },
    at,
  };
}

function issueAll({ authorities, leaf }: Draft): Issued {
  const [first, ...furtherAuthorities] = authorities.map((options, i) => ({
    serial: BigInt(i + 1),
    ...options,
    key: keys[i]!,
  }));
  const root = Authority.root(first!.name, validity, first);
  const issuing = furtherAuthorities.reduce((issuer, options) => issuer.issueCa(options.name, options), root);
  return issuing.issueUserCertificate({ serial: 99n, ...leaf, key: keys[11]! });
}
