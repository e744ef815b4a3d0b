import type { CrlLeases } from '#ports/revocation.ts';
import type { Database } from '../../database/schema.ts';

/** Leases of downloads (CRL-8) as rows: one conditional statement decides who has one. */
export function openCrlLeases(database: Database): CrlLeases {
  return {
    async take(url, holder, at, until) {
      const lease = { holder, expires_at: until.getTime() };
      const row = await database
        .insertInto('crl_claims')
        .values({ url, ...lease })
        .onConflict((on) =>
          on
            .column('url')
            .doUpdateSet(lease)
            .where((is) =>
              is.or([is('crl_claims.expires_at', '<=', at.getTime()), is('crl_claims.holder', '=', holder)]),
            ),
        )
        .returning('url')
        .executeTakeFirst();
      return row !== undefined;
    },
    async release(url, holder) {
      await database.deleteFrom('crl_claims').where('url', '=', url).where('holder', '=', holder).execute();
    },
  };
}
