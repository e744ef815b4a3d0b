import type { PresentedCertificate } from '#model/sign-in.ts';
import { boundedCache } from '#net/bounded-cache.ts';
import type { TenantDatabase } from '#storage/database/schema.ts';

/** Milliseconds for which a certificate that was kept is not written again. What removes old ones leaves them as long. */
export const rewriteAfter = 3_600_000;

/** Certificates whose last writing is remembered. */
const mostRemembered = 20_000;

/** Keeps a certificate from the moment it was last seen as long as the log keeps its entries. */
export function openPresented({
  database,
  tenantId,
}: TenantDatabase): (certificate: PresentedCertificate, at: number) => Promise<void> {
  const storedAt = boundedCache<number>(mostRemembered);
  return async ({ tbsSha256: sha256, der }, at) => {
    const last = storedAt.get(sha256);
    if (last !== undefined && at >= last && at - last < rewriteAfter) return;
    await database
      .insertInto('presented_certificates')
      .values({ tenant_id: tenantId, sha256, certificate: Buffer.from(der).toString('base64'), seen_at: at })
      .onConflict((on) => on.columns(['tenant_id', 'sha256']).doUpdateSet({ seen_at: at }))
      .execute();
    storedAt.set(sha256, at);
  };
}
