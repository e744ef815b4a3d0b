import { certificateKeyOf, type Proof } from '#core/access/proof.ts';
import type { EvidenceOf } from '#core/trace/reasons.ts';
import type { Trace } from '#core/trace/trace.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';

/** A certificate that a user signed in with. */
export interface SeenCertificate {
  readonly certificate: Certificate;
  /** The binding that connected it to the user the last time; undefined where the log no longer tells. */
  readonly binding: Pick<EvidenceOf<'userBound'>, 'field' | 'property' | 'rank'> | undefined;
  readonly strength: 'singleFactor' | 'multiFactor' | undefined;
  readonly firstUsed: Date;
  readonly lastUsed: Date;
  /** Sign-ins with it in the time that is read. */
  readonly count: number;
}

/** How far back the sign-in log is read, and how much of it. */
const period = { milliseconds: 30 * 86_400_000, entries: 500, certificates: 50 } as const;

/**
 * The certificates that a user signed in with in the last thirty days, the one used last first.
 * A certificate that was only tried, and belongs to another user, is not among them.
 */
export async function certificatesOf(
  userId: string,
  { ports: { signInLog }, at }: SignInContext<Pick<Ports, 'signInLog'>>,
): Promise<readonly SeenCertificate[]> {
  const since = new Date(at.getTime() - period.milliseconds);
  const [entries, attempts] = await Promise.all([
    signInLog.list({ userId, isInteractive: true, from: since, top: period.entries }),
    signInLog.tried({ since, top: period.certificates, userIds: [userId] }),
  ]);
  const certificates = attempts.flatMap(({ record, der }) => {
    const certificate = readCertificate(der);
    if (certificate.outcome !== 'passed') return [];
    const uses = entries.filter((entry) => isUse(entry, certificate.value));
    const accepts = uses.length > 0 ? uses : [record].filter(({ trace }) => bindingIn(trace));
    return accepts.length > 0 ? [seenFrom(certificate.value, accepts)] : [];
  });
  return certificates.toSorted((first, second) => second.lastUsed.getTime() - first.lastUsed.getTime());
}

/** Whether the certificate was presented and accepted in this entry, not in an earlier one of the same session. */
const isUse = ({ proofs, createdDateTime, trace }: SignInRecord, certificate: Certificate): boolean =>
  bindingIn(trace) !== undefined &&
  proofs.some((proof) => isOf(proof, certificate) && proof.at === createdDateTime.toISOString());

/** Was it this certificate, however its ECDSA signature is written? Proofs of earlier versions have the hash of all of it. */
const isOf = (proof: Proof, { tbsSha256, sha256Thumbprint }: Certificate): boolean =>
  [tbsSha256, sha256Thumbprint].includes(certificateKeyOf(proof) ?? '');

/** `uses` is not empty; the newest comes first. */
function seenFrom(certificate: Certificate, uses: readonly SignInRecord[]): SeenCertificate {
  const [newest, oldest] = [uses[0]!, uses.at(-1)!];
  const proof = newest.proofs.find((item) => isOf(item, certificate));
  const strengths = { x509CertificateSingleFactor: 'singleFactor', x509CertificateMultiFactor: 'multiFactor' } as const;
  return {
    certificate,
    binding: bindingIn(newest.trace),
    strength: strengths[proof?.method as keyof typeof strengths],
    firstUsed: oldest.createdDateTime,
    lastUsed: newest.createdDateTime,
    count: uses.length,
  };
}

function bindingIn({ findings }: Trace): SeenCertificate['binding'] {
  const finding = findings.find(({ because }) => because.code === 'userBound');
  if (finding?.because.code !== 'userBound') return undefined;
  const { field, property, rank } = finding.because.evidence;
  return { field, property, rank };
}
