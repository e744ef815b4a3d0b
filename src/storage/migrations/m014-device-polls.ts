import type { Kysely, Migration } from 'kysely';

/**
 * When a device last polled with its code, and how many milliseconds it has to wait between two polls (RFC 8628 §3.5);
 * when a signing key signs, where that is earlier than usual.
 */
export const devicePolls: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const column of ['polled_at', 'poll_interval'])
      await db.schema.alterTable('oidc_records').addColumn(column, 'bigint').execute();
    await db.schema.alterTable('signing_keys').addColumn('signs_from', 'bigint').execute();
  },
};
