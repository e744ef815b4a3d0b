import type { KeyStatus } from '#cli/command.ts';
import type { Sealing } from '#keys/sealing.ts';
import type { Storage } from '#storage/storage.ts';

/** The keys of an installation, without anything that is secret. */
export async function keyStatusOf(storage: Storage, sealing: Sealing, source: string): Promise<KeyStatus> {
  const secrets = sealing
    .deriveAll('fingerprint of the secret key')
    .map((bytes) => Buffer.from(bytes).toString('hex').slice(0, 16));
  const tenants = await storage.tenants.list();
  const keys = await Promise.all(
    tenants.map(async ({ id, domains }) => {
      const { keyStore } = storage.forTenant(id);
      return (await keyStore.list()).map(({ kid, createdDateTime, signsFromDateTime }) => ({
        tenant: domains[0]?.id ?? id,
        kid,
        createdDateTime,
        signsFromDateTime,
      }));
    }),
  );
  return { source, secrets, signingKeys: keys.flat() };
}
