import { trustHealth } from '#admin/trust/health/authority-health.ts';
import { nameToString } from '#core/x509/name.ts';
import type { OpenInstallation } from '../installation.ts';
import { clock } from '../process/clock.ts';
import { labelOf, type TrustedAuthority } from './trusted-authority.ts';

/** Milliseconds for which the state of the CAs is not read again. */
const freshness = 10_000;

/** Reads how every CA of every tenant stands, at most once in ten seconds. Nothing is downloaded. */
export function trustReader(installation: OpenInstallation): () => Promise<readonly TrustedAuthority[]> {
  let last: { readonly at: number; readonly authorities: Promise<readonly TrustedAuthority[]> } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (last === undefined || now - last.at > freshness) {
      const authorities = readTrust(installation);
      authorities.catch(() => {
        last = undefined;
      });
      last = { at: now, authorities };
    }
    return last.authorities;
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
