import type { Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** What an administrator changed; `undefined` for what was not there before or is not there after. */
export interface Change {
  readonly activity: string;
  readonly targetId: string;
  readonly actor: string;
  readonly old: unknown;
  readonly new: unknown;
}

/** Writes the audit row in the transaction of the change: neither is without the other (AUD-1, AUD-2). */
export async function audit(step: Transaction<Schema>, tenantId: string, at: Date, change: Change): Promise<void> {
  const text = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  await step
    .insertInto('audits')
    .values({
      tenant_id: tenantId,
      id: crypto.randomUUID(),
      at: at.getTime(),
      actor: change.actor,
      activity: change.activity,
      target_id: change.targetId,
      old_value: text(change.old),
      new_value: text(change.new),
    })
    .execute();
}
