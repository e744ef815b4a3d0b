import { randomBytes } from 'node:crypto';
import { makeRequestNonce } from '#core/device/request-nonce.ts';
import type { PrtSettings, PrtTenant } from '#device/prt/context.ts';
import { openSealing } from '#keys/sealing.ts';
import type { Device } from '#model/device.ts';
import type { Tenant } from '#model/tenant.ts';
import { openSignIns } from '../signin/open-sign-ins.ts';
import { enrolDevice } from './enrolled.ts';

const usualSettings: PrtSettings = { recheckCertificates: true, keyDerivation1: 'others', sessionKeyDays: 0 };

/** A tenant in whose stores devices are registered, and what their requests are evaluated with. `end` removes it. */
export async function openPrtTenant(domains?: Tenant['domains']) {
  const signIns = await openSignIns(domains);
  const { clock, ports: stores, storage, tenant } = signIns;
  const ports = { ...stores, oidcRecords: storage.forTenant(tenant.id).oidcRecords };
  const sealing = openSealing('unused', randomBytes(32).toString('base64url'));
  const nonceKey = randomBytes(32);
  return {
    ...signIns,
    ports,
    /** The tenant at this moment. @param change of the settings of the operator */
    at: (change: Partial<PrtSettings> = {}): PrtTenant => ({
      ...{ publicOrigin: 'https://login.test', clock, sealing, nonceKey, tenantId: tenant.id, ports, at: clock.now() },
      settings: { ...usualSettings, ...change },
      portsOf: async () => ports,
    }),
    nonce: () => makeRequestNonce(nonceKey, clock.now()),
    enrol: (change: Partial<Device> & { readonly userId?: string } = {}) =>
      enrolDevice(tenant.id, ports, clock.now(), change),
  };
}
export type PrtTenantOfTest = Awaited<ReturnType<typeof openPrtTenant>>;
