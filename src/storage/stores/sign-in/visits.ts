import { sql } from 'kysely';
import { certificateKeyOf, type Proof } from '#core/access/proof.ts';
import type { Flow, Handoff } from '#model/sign-in.ts';
import type { Clock } from '#ports/clock.ts';
import type { Flows, Handoffs } from '#ports/flows.ts';
import type { Sessions } from '#ports/sessions.ts';
import type { Database, Schema, TenantDatabase, TenantStore } from '../../database/schema.ts';
import { hotStatement } from '../../database/statements/hot-statement.ts';
import { softly } from '../../database/statements/softly.ts';
import type { VisitRows } from './visit-rows.ts';

/** What lives minutes or hours: sessions, visits to the sign-in pages, handoffs. */
export function openVisits(
  store: TenantStore,
  rows: VisitRows,
): { sessions: Sessions; flows: Flows; handoffs: Handoffs } {
  return {
    sessions: sessionsOf(store),
    flows: flowsOf(rows, store.tenantId),
    handoffs: handoffsOf(rows, store.tenantId),
  };
}

interface SessionRows extends TenantDatabase {
  readonly clock: Clock;
}

const sessionsOf = (rows: SessionRows): Sessions => ({
  proofs: (sessionUid) => proofsOf(rows, sessionUid),
  ofUser: (userId) => sessionsOfUser(rows, userId),
  add: (sessionUid, proofs, expires) => addProofs(rows, sessionUid, proofs, expires),
  copy: (from, to, expires) => copyProofs(rows, { from, to }, expires),
  async end(sessionUid) {
    await rows.database
      .deleteFrom('session_proofs')
      .where('tenant_id', '=', rows.tenantId)
      .where('session_uid', '=', sessionUid)
      .execute();
  },
});

async function proofsOf({ database, tenantId, clock }: SessionRows, sessionUid: string): Promise<readonly Proof[]> {
  const { rows } = await liveProofs(database, { tenantId, sessionUid, at: clock.now().getTime() });
  return rows.map(({ document }) => JSON.parse(document) as Proof);
}

interface ProofSearch {
  readonly tenantId: string;
  readonly sessionUid: string;
  readonly at: number;
}
const liveProofs = hotStatement((database, { tenantId, sessionUid, at }: ProofSearch) =>
  database
    .selectFrom('session_proofs')
    .select('document')
    .where('tenant_id', '=', tenantId)
    .where('expires_at', '>', at)
    .where('session_uid', '=', sessionUid)
    .orderBy('position'),
);

/** The sessions of a user. Proofs of grants and of primary refresh tokens are in the same table. */
async function sessionsOfUser(
  { database, tenantId, clock }: SessionRows,
  userId: string,
): ReturnType<Sessions['ofUser']> {
  const proofRows = await database
    .selectFrom('session_proofs')
    .select(['session_uid', 'document'])
    .where('tenant_id', '=', tenantId)
    .where('expires_at', '>', clock.now().getTime())
    .where('user_id', '=', userId)
    .where('session_uid', 'not like', 'grant %')
    .where('session_uid', 'not like', 'prt %')
    .orderBy('session_uid')
    .orderBy('position')
    .execute();
  const bySession = Map.groupBy(proofRows, (row) => row.session_uid);
  return [...bySession].map(([sessionUid, sessionRows]) => ({
    sessionUid,
    proofs: sessionRows.map(({ document }) => JSON.parse(document) as Proof),
  }));
}

async function addProofs(
  { database, tenantId }: SessionRows,
  sessionUid: string,
  proofs: readonly Proof[],
  expires: Date,
): Promise<void> {
  if (proofs.length === 0) return;
  const rows = proofs.map((proof, index) => ({
    tenant_id: tenantId,
    session_uid: sessionUid,
    // In the order they were given. The method too: two proofs of one moment are two, the same one given twice is one.
    position: `${proof.at} ${String(index).padStart(3, '0')} ${proof.method}`,
    expires_at: expires.getTime(),
    document: JSON.stringify(proof),
    user_id: proof.userId,
    certificate: certificateKeyOf(proof) ?? null,
  }));
  if (rows.length === 1) await addProof(database, rows[0]!);
  else await softly(insertionOf(database, rows), database).execute();
}

type ProofRow = Schema['session_proofs'];
const proofColumns = [
  'tenant_id',
  'session_uid',
  'position',
  'expires_at',
  'document',
  'user_id',
  'certificate',
] as const satisfies (keyof ProofRow)[];

const insertionOf = (database: Database, rows: readonly ProofRow[]) =>
  database
    .insertInto('session_proofs')
    .values(rows)
    .onConflict((on) =>
      on.columns(['tenant_id', 'session_uid', 'position']).doUpdateSet((row) => ({
        expires_at: row.ref('excluded.expires_at'),
        document: row.ref('excluded.document'),
        user_id: row.ref('excluded.user_id'),
        certificate: row.ref('excluded.certificate'),
      })),
    );

/** The commit of the session or of the tokens brings it to disk. */
const addProof = hotStatement((database, values: ProofRow) => {
  const row = Object.fromEntries(proofColumns.map((column) => [column, values[column]])) as unknown as ProofRow;
  return softly(insertionOf(database, [row]), database);
});

interface Copying {
  readonly tenantId: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly expires: number;
}

const copy = hotStatement((database, { tenantId, from, to, at, expires }: Copying) => {
  const insertion = database
    .insertInto('session_proofs')
    .columns(proofColumns)
    .expression((db) =>
      db
        .selectFrom('session_proofs')
        .where('tenant_id', '=', tenantId)
        .where('session_uid', '=', from)
        .where('expires_at', '>', at)
        .select([
          'tenant_id',
          sql<string>`${to}`.as('session_uid'),
          'position',
          sql<number>`cast(${expires} as bigint)`.as('expires_at'),
          'document',
          'user_id',
          'certificate',
        ]),
    )
    .onConflict((on) =>
      on
        .columns(['tenant_id', 'session_uid', 'position'])
        .doUpdateSet((row) => ({ expires_at: row.ref('excluded.expires_at') })),
    )
    .returning(['position', 'document']);
  return softly(insertion, database);
});

/** Copies the proofs of one session to another, and returns them in their order. */
async function copyProofs(
  { database, tenantId, clock }: SessionRows,
  { from, to }: { readonly from: string; readonly to: string },
  expires: Date,
): Promise<readonly Proof[]> {
  const at = clock.now().getTime();
  const { rows } = await copy(database, { tenantId, from, to, at, expires: expires.getTime() });
  const inOrder = rows.toSorted((first, second) => (first.position < second.position ? -1 : 1));
  return inOrder.map(({ document }) => JSON.parse(document) as Proof);
}

function flowsOf(rows: VisitRows, tenantId: string): Flows {
  const liveFlow = async (column: 'id' | 'flow_id', value: string, at: Date) => {
    const row = await rows.find(column, value);
    const isLive = row?.tenant_id === tenantId && row.flow !== null && Number(row.flow_expires_at) > at.getTime();
    return isLive ? withDate<Flow>(row.flow!) : undefined;
  };
  return {
    async put(flow) {
      const expires = flow.expires.getTime();
      const change = { flow_id: flow.id, flow: JSON.stringify(flow), flow_expires_at: expires, expires_at: expires };
      await rows.write(tenantId, flow.interactionUid, change);
    },
    find: (id, at) => liveFlow('flow_id', id, at),
    findByInteraction: (uid, at) => liveFlow('id', uid, at),
  };
}

function handoffsOf(rows: VisitRows, tenantId: string): Handoffs {
  return {
    async put(handoff) {
      const expires = handoff.expires.getTime();
      await rows.write(tenantId, handoff.interactionUid, {
        handoff_id: handoff.id,
        handoff: JSON.stringify(handoff),
        handoff_expires_at: expires,
        handoff_taken_at: null,
        expires_at: expires,
      });
    },
    async take(id, at) {
      const document = await rows.takeHandoff(tenantId, id, at);
      return document === undefined ? undefined : withDate<Handoff>(document);
    },
  };
}

function withDate<T extends { readonly expires: Date }>(document: string): T {
  const value = JSON.parse(document) as T;
  return { ...value, expires: new Date(value.expires) };
}
