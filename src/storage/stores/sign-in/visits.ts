import { certificateKeyOf, type Proof } from '#core/access/proof.ts';
import type { Flow, Handoff } from '#model/sign-in.ts';
import type { Clock } from '#ports/clock.ts';
import type { Flows, Handoffs } from '#ports/flows.ts';
import type { Sessions } from '#ports/sessions.ts';
import type { Database } from '../../database/schema.ts';

/** What lives minutes or hours: sessions, visits to the sign-in pages, handoffs. */
export function openVisits(
  database: Database,
  tenantId: string,
  clock: Clock,
): { sessions: Sessions; flows: Flows; handoffs: Handoffs } {
  return {
    sessions: sessionsOf(database, tenantId, clock),
    flows: flowsOf(database, tenantId),
    handoffs: handoffsOf(database, tenantId),
  };
}

function sessionsOf(database: Database, tenantId: string, clock: Clock): Sessions {
  return {
    async proofs(sessionUid) {
      const rows = await database
        .selectFrom('session_proofs')
        .select('document')
        .where('tenant_id', '=', tenantId)
        .where('session_uid', '=', sessionUid)
        .where('expires_at', '>', clock.now().getTime())
        .orderBy('position')
        .execute();
      return rows.map(({ document }) => JSON.parse(document) as Proof);
    },
    async ofUser(userId) {
      const rows = await database
        .selectFrom('session_proofs')
        .select(['session_uid', 'document'])
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .where('session_uid', 'not like', 'grant %')
        .where('session_uid', 'not like', 'prt %')
        .where('expires_at', '>', clock.now().getTime())
        .orderBy('session_uid')
        .orderBy('position')
        .execute();
      const bySession = Map.groupBy(rows, (row) => row.session_uid);
      return [...bySession].map(([sessionUid, kept]) => ({
        sessionUid,
        proofs: kept.map(({ document }) => JSON.parse(document) as Proof),
      }));
    },
    async add(sessionUid, proofs, expires) {
      if (proofs.length === 0) return;
      const rows = proofs.map((proof, index) => ({
        tenant_id: tenantId,
        session_uid: sessionUid,
        // In the order they were shown. The method too: two proofs of one moment are two, the same one told twice is one.
        position: `${proof.at} ${String(index).padStart(3, '0')} ${proof.method}`,
        expires_at: expires.getTime(),
        document: JSON.stringify(proof),
        user_id: proof.userId,
        certificate: certificateKeyOf(proof) ?? null,
      }));
      await database
        .insertInto('session_proofs')
        .values(rows)
        .onConflict((on) =>
          on.columns(['tenant_id', 'session_uid', 'position']).doUpdateSet((row) => ({
            expires_at: row.ref('excluded.expires_at'),
            document: row.ref('excluded.document'),
            user_id: row.ref('excluded.user_id'),
            certificate: row.ref('excluded.certificate'),
          })),
        )
        .execute();
    },
    async end(sessionUid) {
      await database
        .deleteFrom('session_proofs')
        .where('tenant_id', '=', tenantId)
        .where('session_uid', '=', sessionUid)
        .execute();
    },
  };
}

function flowsOf(database: Database, tenantId: string): Flows {
  const match = async (column: 'id' | 'interaction_uid', value: string, at: Date) => {
    const row = await database
      .selectFrom('flows')
      .select('document')
      .where('tenant_id', '=', tenantId)
      .where(column, '=', value)
      .where('expires_at', '>', at.getTime())
      .executeTakeFirst();
    return row && withDate<Flow>(row.document);
  };
  return {
    async put(flow) {
      const row = {
        tenant_id: tenantId,
        id: flow.id,
        interaction_uid: flow.interactionUid,
        expires_at: flow.expires.getTime(),
        document: JSON.stringify(flow),
      };
      await database
        .insertInto('flows')
        .values(row)
        .onConflict((on) =>
          on
            .columns(['tenant_id', 'interaction_uid'])
            .doUpdateSet({ id: row.id, document: row.document, expires_at: row.expires_at }),
        )
        .execute();
    },
    find: (id, at) => match('id', id, at),
    findByInteraction: (uid, at) => match('interaction_uid', uid, at),
  };
}

function handoffsOf(database: Database, tenantId: string): Handoffs {
  return {
    async put(handoff) {
      const row = {
        tenant_id: tenantId,
        id: handoff.id,
        expires_at: handoff.expires.getTime(),
        taken_at: null,
        document: JSON.stringify(handoff),
      };
      await database.insertInto('handoffs').values(row).execute();
    },
    async take(id, at) {
      const row = await database
        .updateTable('handoffs')
        .set({ taken_at: at.getTime() })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('taken_at', 'is', null)
        .where('expires_at', '>', at.getTime())
        .returning('document')
        .executeTakeFirst();
      return row && withDate<Handoff>(row.document);
    },
  };
}

function withDate<T extends { readonly expires: Date }>(document: string): T {
  const value = JSON.parse(document) as T;
  return { ...value, expires: new Date(value.expires) };
}
