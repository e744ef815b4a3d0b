import type { KeyStatus } from '#cli/command.ts';
import { fingerprintsOf, type Sealing } from '#keys/sealing.ts';
import { tokenOf } from '#keys/token/token-keys.ts';
import type { Storage } from '#storage/storage.ts';

/** The keys of an installation, without anything that is secret. */
export async function keyStatusOf(storage: Storage, sealing: Sealing, source: string): Promise<KeyStatus> {
  const tenants = await storage.tenants.list();
  const keys = await Promise.all(
    tenants.map(async ({ id, domains }) => {
      const { keyStore } = storage.forTenant(id);
      return (await keyStore.list()).map((key) => ({
        tenant: domains[0]?.id ?? id,
        kid: key.kid,
        token: tokenOf(key),
        createdDateTime: key.createdDateTime,
        signsFromDateTime: key.signsFromDateTime,
      }));
    }),
  );
  const { rows, unreadable } = await storage.countSealed();
  return { source, secrets: fingerprintsOf(sealing), rows, unreadable, signingKeys: keys.flat() };
}
