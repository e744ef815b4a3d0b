import type { SigningKey } from '#model/signing-key.ts';
import type { KeyStore } from '#ports/keys.ts';
import type { TenantDatabase } from '../../database/schema.ts';
import { sealLabels } from '../../database/sealed/labels.ts';

/** Seals and opens what must not lie in the database as it is. */
export interface Sealing {
  seal(text: string, label: string): string;
  /** @throws secretKeyWrong */
  open(envelope: string, label: string): string;
  /** How many secrets there are; the first one seals. */
  readonly count: number;
  /** Which secret sealed it, counted from 0; undefined where none of them did. */
  sealedBy(envelope: string, label: string): number | undefined;
}

/** Signing keys of one tenant. Private keys are sealed before they reach a row. */
export function openKeyStore({ database, tenantId }: TenantDatabase, sealing: Sealing): KeyStore {
  const label = (kid: string) => sealLabels.signing_keys(tenantId, kid);
  return {
    async list() {
      const rows = await database
        .selectFrom('signing_keys')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .orderBy('created_at', 'desc')
        .orderBy('kid')
        .execute();
      return rows.map((row) => ({
        kid: row.kid,
        alg: row.alg as SigningKey['alg'],
        privateJwk: JSON.parse(sealing.open(row.sealed, label(row.kid))) as SigningKey['privateJwk'],
        createdDateTime: new Date(row.created_at),
        signsFromDateTime: row.signs_from === null ? undefined : new Date(row.signs_from),
      }));
    },
    async add({ kid, alg, privateJwk }, createdDateTime, signsFromDateTime) {
      const envelope = sealing.seal(JSON.stringify(privateJwk), label(kid));
      await database
        .insertInto('signing_keys')
        .values({
          tenant_id: tenantId,
          kid,
          alg,
          created_at: createdDateTime.getTime(),
          sealed: envelope,
          signs_from: signsFromDateTime?.getTime() ?? null,
        })
        .execute();
    },
  };
}
