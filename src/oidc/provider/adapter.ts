import type { Adapter, AdapterPayload } from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { Applications, OidcRecords } from '#ports/applications.ts';
import type { Clock } from '#ports/clock.ts';
import { RefreshTokenReplay } from '../tokens/refresh-token-replay.ts';
import { clientMetadata } from './client.ts';
import { isBoundTokenWanted } from './client-certificate.ts';

/** The store of one model of the provider: clients are our applications, everything else a record. */
export function adapterOf(
  model: string,
  records: OidcRecords,
  applications: Pick<Applications, 'find'>,
  clock: Clock,
): Adapter {
  const replay = model === 'RefreshToken' ? new RefreshTokenReplay(records, clock) : undefined;
  return {
    upsert: (id, payload, expiresIn) => records.upsert(model, id, { ...payload }, expiresIn ?? 0),
    async find(id) {
      if (replay) return (await replay.find(id)) as AdapterPayload | undefined;
      if (model !== 'Client') return (await records.find(model, id)) as AdapterPayload | undefined;
      const application = await applications.find(id);
      return application && (clientMetadata(application, isBoundTokenWanted()) as AdapterPayload);
    },
    findByUid: async (uid) => (await records.findByUid(model, uid)) as AdapterPayload | undefined,
    findByUserCode: async (code) => (await records.findByUserCode(model, code)) as AdapterPayload | undefined,
    destroy: (id) => records.destroy(model, id),
    revokeByGrantId: (grantId) => records.revokeByGrantId(grantId),
    async consume(id) {
      if (replay) return replay.consume(id);
      if (await records.consume(model, id)) return;
      throw new errors.InvalidGrant({ detail: 'already consumed' }); // of ten callers at once, nine end here
    },
  };
}
