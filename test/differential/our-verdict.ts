import { readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { TrustedAuthority } from '#core/x509/trust-store.ts';
import type { RandomChain } from './random-chain.ts';

/** What we say of a chain: `passed`, or the code of the refusal. As in a sign-in, every authority comes from the trust store. */
export function ourVerdict(chain: RandomChain): string {
  const leaf = readCertificate(chain.leaf);
  if (leaf.outcome !== 'passed') return leaf.because.code;
  const authorities = [chain.root, ...chain.intermediates].flatMap((der, i) => authorityOf(der, i));
  const ruling = validatePath(leaf.value, { authorities }, chain.at);
  return ruling.outcome === 'passed' ? 'passed' : ruling.because.code;
}

/** What cannot be read cannot be uploaded, and so is not there. */
function authorityOf(der: Uint8Array, place: number): TrustedAuthority[] {
  const read = readCertificate(der);
  if (read.outcome !== 'passed') return [];
  const authority: TrustedAuthority = {
    id: `${place}`,
    certificate: read.value,
    authorityType: place === 0 ? 'root' : 'intermediate',
    certificateRevocationListUrl: undefined,
    deltaCertificateRevocationListUrl: undefined,
    isIssuerHintEnabled: false,
    store: 'pki',
  };
  return [authority];
}
