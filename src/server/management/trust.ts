import { trustHealth } from '#admin/trust/health/authority-health.ts';
import { nameToString } from '#core/x509/name.ts';
import type { OpenInstallation } from '../installation.ts';
import { clock } from '../process/clock.ts';
import { labelOf, type TrustedAuthority } from './trusted-authority.ts';

/**
 * Reads how every CA of every tenant stands. Nothing is downloaded, and nothing is kept: a change by an administrator shows in
 * the next answer. Those who ask while it is read, such as the metrics of one scrape, share the reading.
 */
export function trustReader(installation: OpenInstallation): () => Promise<readonly TrustedAuthority[]> {
  let reading: Promise<readonly TrustedAuthority[]> | undefined;
  return () => {
    reading ??= readTrust(installation).finally(() => {
      reading = undefined;
    });
    return reading;
  };
}

async function readTrust(installation: OpenInstallation): Promise<readonly TrustedAuthority[]> {
  const authorities: TrustedAuthority[] = [];
  for (const { id: tenantId } of await installation.tenants.list()) {
    const ports = { ...(await installation.portsOf(tenantId)), ...(await installation.adminOf(tenantId)) };
    const all = await trustHealth({ ports: { ...ports, crlAdmin: installation.crls }, at: clock.now() });
    authorities.push(...all.map((health) => ({ tenantId, health })));
  }
  return authorities;
}

/** `/health/trust`: fails where sign-ins fail, or will within seven days, because of a CA or CRL. */
export function trustDocument(authorities: readonly TrustedAuthority[]) {
  const states = authorities.map(({ health }) => health.state);
  const status = states.includes('critical') ? 'fail' : states.includes('warning') ? 'warn' : 'pass';
  return { status, authorities: authorities.map(authorityDocument) } as const;
}

const authorityDocument = ({ tenantId, health }: TrustedAuthority) => ({
  tenantId,
  authority: labelOf(health),
  subject: nameToString(health.certificate.subject),
  state: health.state,
  notAfter: health.certificate.notAfter.toISOString(),
  warnings: health.warnings.map(({ code, text }) => ({ code, text })),
  crls: health.crls.map(({ url, thisUpdate, nextUpdate, entries, size }) => ({
    url,
    thisUpdate,
    nextUpdate,
    entries,
    size,
  })),
});
