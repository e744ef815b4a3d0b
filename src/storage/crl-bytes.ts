import type { CrlBytes } from '../ports.ts';
import type { Database } from './open.ts';

/** A row of three quarters of a mebibyte of CRL: small enough for either database, large enough for gigabytes. */
const chunkBytes = 768 * 1024;

/** Downloaded CRLs, kept over a restart. A new one is written beside the old and becomes current in one statement. */
export function openCrlBytes(database: Database): CrlBytes {
  return {
    async read(url) {
      const head = await database.selectFrom('crls').selectAll().where('url', '=', url).executeTakeFirst();
      if (!head) return undefined;
      const der = new Uint8Array(head.size);
      let filled = 0;
      for (let position = 0; filled < head.size; position++) {
        const chunk = await database
          .selectFrom('crl_chunks')
          .select('bytes')
          .where('url', '=', url)
          .where('generation', '=', head.generation)
          .where('position', '=', position)
          .executeTakeFirst();
        if (!chunk) return undefined; // replaced while it was being read: as good as absent
        const bytes = Buffer.from(chunk.bytes, 'base64');
        der.set(bytes, filled);
        filled += bytes.length;
      }
      return {
        url,
        der,
        fetchedAt: new Date(head.fetched_at),
        etag: head.etag ?? undefined,
        lastModified: head.last_modified ?? undefined,
        highestNumber: head.highest_number ?? undefined,
      };
    },
    async write({ url, der, fetchedAt, etag, lastModified, highestNumber }) {
      const generation = crypto.randomUUID();
      for (let position = 0; position * chunkBytes < der.length; position++) {
        const bytes = Buffer.from(der.subarray(position * chunkBytes, (position + 1) * chunkBytes)).toString('base64');
        await database.insertInto('crl_chunks').values({ url, generation, position, bytes }).execute();
      }
      const head = {
        fetched_at: fetchedAt.getTime(),
        etag: etag ?? null,
        last_modified: lastModified ?? null,
        highest_number: highestNumber ?? null,
        size: der.length,
        generation,
      };
      await database
        .insertInto('crls')
        .values({ url, ...head })
        .onConflict((on) => on.column('url').doUpdateSet(head))
        .execute();
      await database.deleteFrom('crl_chunks').where('url', '=', url).where('generation', '!=', generation).execute();
    },
  };
}
