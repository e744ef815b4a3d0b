import type { RevocationPolicy } from '#core/crl/policy.ts';
import { checkRevocation, crlsNeeded, type UnrevokedPath } from '#core/crl/revocation.ts';
import { hexOf } from '#core/hex.ts';
import { ocspNeeded } from '#core/ocsp/needed.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import { type VerifiedPath, validatePath } from '#core/x509/path.ts';
import type { TrustStore } from '#core/x509/trust-store.ts';
import type { Ports } from '#ports/ports.ts';

/** Paths of one certificate whose revocation is checked. Each costs a search and perhaps a download. */
const mostPaths = 8;

interface Rules {
  readonly trustStore: TrustStore;
  readonly revocation: RevocationPolicy;
  readonly at: Date;
}

/**
 * PATH-14: a cross-certified CA has several paths. Where a CA on one is revoked, the next one is checked, at most
 * {@link mostPaths}. Every other refusal is the answer at once: another path must not evade the CRL of the leaf, nor a CRL
 * that failed its checks. When no path is left, the refusal is that of the first.
 */
export async function unrevokedPath(
  path: VerifiedPath,
  rules: Rules,
  ports: Pick<Ports, 'crls' | 'ocsp'>,
): Promise<Ruling<UnrevokedPath>> {
  const first = await checkPath(path, rules, ports);
  const avoid = new Set<string>();
  let [current, last] = [path, first];
  while (last.because.code === 'authorityRevoked' && avoid.size < mostPaths) {
    const revoked = revokedAuthority(current, last.because);
    if (!revoked) return first;
    avoid.add(revoked.sha256Thumbprint);
    const second = validatePath(path.certificates[0]!, rules.trustStore, rules.at, { avoid });
    if (second.outcome !== 'passed') return first;
    current = second.value;
    last = await checkPath(current, rules, ports);
  }
  return last.outcome === 'passed' || last.because.code !== 'authorityRevoked' ? last : first;
}

/** The CA of the path that the refusal is about. */
function revokedAuthority(path: VerifiedPath, because: Because): Certificate | undefined {
  if (because.code !== 'authorityRevoked') return undefined;
  const { issuer, serialNumber } = because.evidence;
  return path.certificates.find(
    (certificate) => nameToString(certificate.issuer) === issuer && hexOf(certificate.serialNumber) === serialNumber,
  );
}

async function checkPath(
  path: VerifiedPath,
  { trustStore, revocation, at }: Rules,
  ports: Pick<Ports, 'crls' | 'ocsp'>,
) {
  const [crls, statuses] = await Promise.all([
    ports.crls.fetch(crlsNeeded(path, trustStore, revocation), at),
    ports.ocsp.ask(ocspNeeded(path, trustStore, revocation), at),
  ]);
  return checkRevocation(path, { answers: crls, statuses }, { policy: revocation, at, store: trustStore });
}
