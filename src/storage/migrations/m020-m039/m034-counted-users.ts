import { type Kysely, type Migration, sql } from 'kysely';

/** Users with a password, with a method of a kind and with a bound certificate are counted by indexes in the order of users. */
export const countedUsers: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const index of [
      'users_with_password on users (tenant_id, id) where password_hash is not null',
      'methods_by_user_and_kind on methods (tenant_id, user_id, kind)',
      'seen_certificates_bound on seen_certificates (tenant_id, user_id) where bound_at is not null',
    ])
      await sql.raw(`create index ${index}`).execute(db);
  },
};
