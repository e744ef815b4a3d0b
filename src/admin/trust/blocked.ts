import { createHash } from 'node:crypto';
import type { BlockedCertificate } from '#core/crl/policy.ts';
import { fault } from '#core/trace/fault.ts';
import type { AdminPorts } from '#ports/ports.ts';

type Ports = Pick<AdminPorts, 'policy'>;

/** Puts a certificate (DER) on the tenant's block list; it is refused from the next sign-in on. Answers the list. */
export async function blockCertificate(
  der: Uint8Array,
  note: string | undefined,
  actor: string,
  { policy }: Ports,
): Promise<readonly BlockedCertificate[]> {
  const sha256Thumbprint = createHash('sha256').update(der).digest('hex').toUpperCase();
  const others = (await policy.blocked()).filter((one) => !isOf(one, sha256Thumbprint));
  const blocked = [...others, { sha256Thumbprint, ...(note === undefined ? {} : { note }) }];
  await policy.setBlocked(blocked, actor);
  return blocked;
}

/** Takes it off again. @throws nothingFound */
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

const isOf = (one: BlockedCertificate, thumbprint: string): boolean =>
  'sha256Thumbprint' in one && one.sha256Thumbprint === thumbprint;
