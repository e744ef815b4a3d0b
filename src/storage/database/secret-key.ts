import type { Kysely } from 'kysely';
import type { Sealing } from '../stores/trust/key-store.ts';
import { openFacts, readFacts } from './facts.ts';
import type { Database } from './schema.ts';
import { sealLabels } from './sealed/labels.ts';

/** The name of a text that says which secret sealed the database. */
export const secretRecord = 'secret key';
const text = 'cardea';
/** Tables that are worthless without the secret key. */
const worthlessTables = [
  'signing_keys',
  'methods',
  'tickets',
  'device_authorities',
  'device_registrations',
  'device_user_keys',
  'primary_refresh_tokens',
] as const;

/**
 * Compares the secret key with the one that sealed this database. A database from before the record is checked with a
 * signing key it holds. @param isRecorded whether such a database gets the record @throws secretKeyWrong
 */
export async function checkSecretKey(database: Database, sealing: Sealing, isRecorded = true): Promise<void> {
  const record = (await readFacts(database as Kysely<never>)).get(secretRecord);
  if (record !== undefined) return void sealing.open(record, secretRecord);
  const key = await database.selectFrom('signing_keys').selectAll().limit(1).executeTakeFirst();
  if (key) sealing.open(key.sealed, sealLabels.signing_keys(key.tenant_id, key.kid));
  if (!isRecorded) return;
  const facts = await openFacts(database as Kysely<never>);
  await facts.add(secretRecord, sealing.seal(text, secretRecord));
}

/**
 * Removes what no key can open any more: signing keys, registered authentication methods, pending one-use records, device
 * authorities, and with them what devices proved by their certificates.
 */
export async function resetSecretKey(database: Database, sealing: Sealing): Promise<void> {
  const facts = await openFacts(database as Kysely<never>);
  await database.transaction().execute(async (step) => {
    for (const table of worthlessTables) await step.deleteFrom(table).execute();
  });
  await facts.set(secretRecord, sealing.seal(text, secretRecord));
}
