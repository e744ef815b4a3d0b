import { addAuthority } from '#admin/trust/authorities.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '#core/binding/policy.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Issued } from '#pki/build/issued.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import type { SignInRequest } from '#signin/request.ts';
import { openTenant } from '../contract/one-tenant.ts';
import { certificateOf } from '../pki/chains.ts';

/** The tenant Woodgrove with everything that a sign-in needs: its database, CRLs, passwords and passkeys. `end` removes it. */
export async function openSignIns(domains?: Tenant['domains']) {
  const woodgrove = await openTenant(domains);
  const { clock, storage, tenant, ports: stores } = woodgrove;
  const crls = openCrlCache({ clock, bytes: storage.crlBytes });
  const ports: Ports & AdminPorts = {
    ...{ ...stores, tenant, clock, crls },
    ...{ ocsp: openOcspClient(), passwords: openPasswords(), passkeys },
  };
  return {
    ...woodgrove,
    ports,
    /** What a sign-in of this moment works with. */
    context: () => ({ ports, at: clock.now() }),
    /** Uploads a CA. @param certificateRevocationListUrl where its CRL is; without it, its certificates are not checked */
    async trust(authority: Issued, certificateRevocationListUrl?: string) {
      const input = { certificate: certificateOf(authority), certificateRevocationListUrl };
      orThrow(await addAuthority(input, { at: clock.now(), actor: 'test', ports }));
    },
    /** Enables certificates for all users, with the settings of a new tenant but for `change`. */
    async enableCertificates(change: Partial<X509CertificateConfiguration> = {}) {
      const includeTargets = [{ targetType: 'group', id: 'all_users' }] as const;
      await ports.policy.setX509(
        { ...defaultX509CertificateConfiguration, state: 'enabled', includeTargets, ...change },
        'test',
      );
    },
    async end() {
      await crls.close();
      await woodgrove.end();
    },
  };
}
export type SignIns = Awaited<ReturnType<typeof openSignIns>>;

/** A request of a browser, with a correlation id of its own. */
export const signInRequest = (change: Partial<SignInRequest> = {}): SignInRequest => ({
  correlationId: crypto.randomUUID(),
  application: { appId: 'a', displayName: 'App' },
  ...{ resourceId: 'r', ipAddress: '192.0.2.7', userAgent: 'test', username: '' },
  ...change,
});
