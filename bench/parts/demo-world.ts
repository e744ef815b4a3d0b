import '#server/reasons/join.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDemoTenant } from '#cli/demo.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { serveCrls } from '#http/demo-crl.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import { openSealing } from '#keys/sealing.ts';
import { crlFiles, makeWoodgrove } from '#pki/demo/woodgrove.ts';
import type { Clock } from '#ports/clock.ts';
import { openStorage } from '#storage/storage.ts';
import { freePort } from '../../test/free-port.ts';
import { decideSignIn } from './sign-in.ts';

/**
 * The demo tenant in this process, on a SQLite database of its own, with its CRLs on a port of this computer.
 *
 * @param fill adds to the data folder once the tenant is there
 */
export async function openDemoWorld(clock: Clock, fill: (folder: string) => Promise<unknown>) {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-bench-'));
  const port = await freePort();
  const pki = makeWoodgrove({ at: clock.now(), crlBaseUrl: `http://localhost:${port}` });
  const crlServer = await serveCrls(port, (path) => crlFiles(pki).get(path));
  const sealing = openSealing(folder, undefined);
  const first = await openStorage({ kind: 'sqlite', folder }, clock, sealing);
  const adminOf = async (tenantId: string) => first.forTenant(tenantId);
  await makeDemoTenant(pki, { tenants: first.tenants, clock, firstParty: [], adminOf });
  await first.close();
  await fill(folder);
  const storage = await openStorage({ kind: 'sqlite', folder }, clock, sealing);
  const tenant = (await storage.tenants.find('woodgrove.test'))!;
  const stores = storage.forTenant(tenant.id);
  const crls = openCrlCache({ clock, bytes: storage.crlBytes });
  const ports = { ...stores, tenant, clock, crls, ocsp: openOcspClient(), passwords: openPasswords(), passkeys };
  const leaf = pki.cards.find(({ person }) => person.name === 'ana')!.issued.der;
  return {
    tenant,
    stores,
    ports,
    /** Decides a sign-in of Ana with her card. @throws Error where it is not granted */
    signIn: () => decideSignIn({ username: 'ana@woodgrove.test', leaf }, { ports, at: clock.now() }),
    async close(): Promise<void> {
      await crls.close();
      await storage.close();
      crlServer.close();
      rmSync(folder, { recursive: true });
    },
  };
}
