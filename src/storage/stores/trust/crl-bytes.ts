import type { ExpressionBuilder } from 'kysely';
import type { StoredCrl, StoredCrlFacts } from '#model/crl.ts';
import type { Clock } from '#ports/clock.ts';
import type { CrlBytes } from '#ports/revocation.ts';
import type { Database, Schema } from '../../database/schema.ts';

/** A row of three quarters of a mebibyte of CRL: small enough for either database, large enough for gigabytes. */
const chunkBytes = 768 * 1024;

/** Milliseconds after which chunks that never became current are left over from a process that ended. */
export const longestWrite = 60 * 60_000;

/**
 * Downloaded CRLs, kept over a restart. A new one is written beside the old and becomes current in one statement, which
 * does nothing when another process has kept a CRL with a higher number meanwhile: a number only goes up (CRL-15).
 */
export function openCrlBytes(
  database: Database,
  clock: Clock,
  { leases, mark }: Pick<CrlBytes, 'leases' | 'mark'>,
): CrlBytes {
  const headOf = (url: string) => database.selectFrom('crls').selectAll().where('url', '=', url).executeTakeFirst();
  const drop = async (url: string, generation: string) => {
    await database.deleteFrom('crl_chunks').where('url', '=', url).where('generation', '=', generation).execute();
  };
  return {
    leases,
    mark,
    async head(url) {
      const head = await headOf(url);
      return head && { ...factsOf(head), size: head.size };
    },
    keys: async () => (await database.selectFrom('crls').select('url').execute()).map(({ url }) => url),
    confirm: (facts) => confirm(database, facts),
    async read(url) {
      for (let head = await headOf(url), last: string | undefined; head; head = await headOf(url)) {
        const der = await chunksOf(database, head);
        if (der) return { ...factsOf(head), der };
        if (head.generation === last) return undefined; // it is damaged and counts as absent
        last = head.generation; // else replaced while it was being read: read the new one
      }
      return undefined;
    },
    async forget(url) {
      const head = await headOf(url);
      if (!head) return;
      await database.deleteFrom('crls').where('url', '=', url).where('generation', '=', head.generation).execute();
      await drop(url, head.generation);
    },
    async write(crl) {
      const before = await headOf(crl.url);
      const generation = `${String(clock.now().getTime()).padStart(15, '0')} ${crypto.randomUUID()}`;
      await writeChunks(database, crl, generation);
      const isCurrent = await makeCurrent(database, crl, generation);
      if (!isCurrent) await drop(crl.url, generation);
      else if (before) await drop(crl.url, before.generation);
    },
  };
}

type Head = Schema['crls'];

async function chunksOf(database: Database, head: Head): Promise<Uint8Array | undefined> {
  const der = new Uint8Array(new SharedArrayBuffer(head.size)); // for threads, which a copy of a large CRL would hurt
  let fill = 0;
  for (let position = 0; fill < head.size; position++) {
    const chunk = await database
      .selectFrom('crl_chunks')
      .select('bytes')
      .where('url', '=', head.url)
      .where('generation', '=', head.generation)
      .where('position', '=', position)
      .executeTakeFirst();
    if (!chunk) return undefined;
    const bytes = Buffer.from(chunk.bytes, 'base64');
    der.set(bytes, fill);
    fill += bytes.length;
  }
  return der;
}

const factsOf = (head: Head): StoredCrlFacts => ({
  url: head.url,
  fetchedAt: new Date(head.fetched_at),
  etag: head.etag ?? undefined,
  lastModified: head.last_modified ?? undefined,
  highestNumber: head.highest_number ?? undefined,
});

async function confirm(database: Database, { url, highestNumber, ...facts }: StoredCrlFacts): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('crls')
    .set({
      fetched_at: facts.fetchedAt.getTime(),
      etag: facts.etag ?? null,
      last_modified: facts.lastModified ?? null,
    })
    .where('url', '=', url)
    .where('highest_number', '=', highestNumber ?? null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function writeChunks(database: Database, { url, der }: StoredCrl, generation: string): Promise<void> {
  for (let position = 0; position * chunkBytes < der.length; position++) {
    const bytes = Buffer.from(der.subarray(position * chunkBytes, (position + 1) * chunkBytes)).toString('base64');
    await database.insertInto('crl_chunks').values({ url, generation, position, bytes }).execute();
  }
}

/** False when a CRL with a higher number is kept. Decimal numbers of one length compare as their texts do. */
async function makeCurrent(database: Database, crl: StoredCrl, generation: string): Promise<boolean> {
  const head = {
    fetched_at: crl.fetchedAt.getTime(),
    etag: crl.etag ?? null,
    last_modified: crl.lastModified ?? null,
    highest_number: crl.highestNumber ?? null,
    size: crl.der.length,
    generation,
  };
  const number = crl.highestNumber ?? '';
  const length = (is: ExpressionBuilder<Schema, 'crls'>) => is.fn<number>('length', ['crls.highest_number']);
  const row = await database
    .insertInto('crls')
    .values({ url: crl.url, ...head })
    .onConflict((on) =>
      on
        .column('url')
        .doUpdateSet(head)
        .where((is) =>
          is.or([
            is('crls.highest_number', 'is', null),
            is(length(is), '<', number.length),
            is.and([is(length(is), '=', number.length), is('crls.highest_number', '<=', number)]),
          ]),
        ),
    )
    .returning('url')
    .executeTakeFirst();
  return row !== undefined;
}
