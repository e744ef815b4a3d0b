import type { Authority } from '#pki/build/authority.ts';
import { directoryName } from '#pki/build/fields/general-names.ts';
import type { CertificateOptions, Issued } from '#pki/build/issued.ts';
import { Random } from '#test/differential/random.ts';
import { at } from './chains.ts';
import { testCa } from './test-ca.ts';

/** CAs that certify each other, some of them badly, and a card of one of them. */
export interface Mesh {
  readonly roots: readonly Authority[];
  readonly cas: readonly Authority[];
  readonly card: Issued;
}

/** What a CA certificate of the mesh may have that makes some paths, or all, invalid. */
const peculiarities: readonly CertificateOptions[] = [
  { notAfter: new Date(at.getTime() - 1000) },
  { notBefore: new Date(at.getTime() + 1000) },
  { keyUsage: ['cRLSign'] },
  { extendedKeyUsage: ['1.3.6.1.5.5.7.3.4'] },
  { basicConstraints: { cA: true, pathLength: 0 } },
  { basicConstraints: { cA: true, pathLength: 1 } },
  { nameConstraints: { excluded: [directoryName('O=Woodgrove')] } },
  { nameConstraints: { permitted: [directoryName('O=Woodgrove')] } },
  { policies: ['1.2.3.4'], policyConstraints: { requireExplicitPolicy: 0 } },
  { brokenSignature: true },
];

/** A mesh of `size` CAs; about two of three certificates have no peculiarity. */
export function randomMesh(seed: number, size: number, links: number): Mesh {
  const random = new Random(seed);
  const silent = random.below(4) === 0 ? { subjectKeyIdentifier: null, authorityKeyIdentifier: null } : {};
  const entities = Array.from({ length: size }, (_, n) => testCa(`Mesh ${n}`, silent));
  const cas = Array.from({ length: links }, () => {
    const issuer = entities[random.below(size)]!;
    const subject = random.below(size);
    const peculiarity = random.below(3) === 0 ? peculiarities[random.below(peculiarities.length)]! : {};
    return issuer.issueCa(`Mesh ${subject}`, { key: entities[subject]!.privateKey, ...silent, ...peculiarity });
  });
  const roots = entities.slice(size - 1 - random.below(2));
  return { roots, cas, card: entities[0]!.issueUserCertificate({ subject: 'O=Woodgrove, CN=Ana' }) };
}
