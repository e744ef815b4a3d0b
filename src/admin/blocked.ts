import type { BlockedCertificate } from '../core/crl/policy.ts';
import { CardeaError, fault } from '../core/trace/fault.ts';
import { readCertificate } from '../core/x509/certificate.ts';
import type { AdminPorts } from '../ports.ts';

type Ports = Pick<AdminPorts, 'policy'>;

/**
 * Puts a certificate (DER) on the tenant's block list; it is refused from the next sign-in on. Answers the list.
 * @throws certificateUnreadable
 */
export async function blockCertificate(
  der: Uint8Array,
  note: string | undefined,
  actor: string,
  { policy }: Ports,
): Promise<readonly BlockedCertificate[]> {
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  const { sha256Thumbprint, tbsSha256 } = ruling.value;
  const others = (await policy.blocked()).filter((one) => !isOf(one, sha256Thumbprint) && !isOf(one, tbsSha256));
  const blocked = [...others, { sha256Thumbprint, tbsSha256, ...(note === undefined ? {} : { note }) }];
  await policy.setBlocked(blocked, actor);
  return blocked;
}

/** Takes it off again, by either of its hashes. @throws nothingFound */
export async function unblockCertificate(
  wanted: string,
  actor: string,
  { policy }: Ports,
): Promise<readonly BlockedCertificate[]> {
  const blocked = await policy.blocked();
  const others = blocked.filter((one) => !isOf(one, wanted.replace(/[^0-9a-f]/gi, '').toUpperCase()));
  if (others.length === blocked.length) throw fault('nothingFound', { kind: 'blocked certificate', wanted });
  await policy.setBlocked(others, actor);
  return others;
}

const isOf = (one: BlockedCertificate, hash: string): boolean =>
  ('sha256Thumbprint' in one && one.sha256Thumbprint === hash) || ('tbsSha256' in one && one.tbsSha256 === hash);
