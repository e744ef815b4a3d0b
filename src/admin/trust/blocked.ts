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
  const rest = (await policy.blocked()).filter((item) => !isOf(item, sha256Thumbprint));
  const block = [...rest, { sha256Thumbprint, ...(note === undefined ? {} : { note }) }];
  await policy.setBlocked(block, actor);
  return block;
}

/** Takes it off again. @throws nothingFound */
export async function unblockCertificate(
  target: string,
  actor: string,
  { policy }: Ports,
): Promise<readonly BlockedCertificate[]> {
  const block = await policy.blocked();
  const rest = block.filter((item) => !isOf(item, target.replace(/[^0-9a-f]/gi, '').toUpperCase()));
  if (rest.length === block.length) throw fault('nothingFound', { kind: 'blocked certificate', wanted: target });
  await policy.setBlocked(rest, actor);
  return rest;
}

const isOf = (blockedCertificate: BlockedCertificate, thumbprint: string): boolean =>
  'sha256Thumbprint' in blockedCertificate && blockedCertificate.sha256Thumbprint === thumbprint;
