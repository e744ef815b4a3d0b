import type { Adapter, AdapterPayload } from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { Applications, OidcRecords } from '#ports/applications.ts';
import type { Clock } from '#ports/clock.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { RefreshTokenReplay } from '../tokens/refresh-token-replay.ts';
import { clientMetadata } from './client.ts';
import { isBoundTokenWanted } from './client-certificate.ts';
import { currentRequest } from './internals/models.ts';
import { batchOf, endInteraction, interactionModel } from './record-batch.ts';

/** The store of one model of the provider: clients are our applications, everything else a record. */
export function adapterOf(
  model: string,
  records: OidcRecords,
  applications: Pick<Applications, 'find'>,
  clock: Clock,
): Adapter {
  const replay = model === 'RefreshToken' ? new RefreshTokenReplay(records, clock) : undefined;
  const batch = () => batchOf(currentRequest()?.req);
  const stored = async () => batch()?.flush(records);
  return {
    async upsert(id, payload, expiresIn) {
      const record = { model, id, payload: { ...payload }, expiresIn: expiresIn ?? 0 };
      if (!batch()?.put(record)) await records.upsert(model, id, record.payload, record.expiresIn);
    },
    async find(id) {
      const waiting = batch()?.find(model, id);
      if (waiting) return { ...waiting } as AdapterPayload;
      if (batch()?.hasEnded(model, id)) return undefined;
      if (replay) return (await replay.find(id)) as AdapterPayload | undefined;
      if (model === interactionModel) return interactionOf(await records.find(model, id), id);
      if (model !== 'Client') return (await records.find(model, id)) as AdapterPayload | undefined;
      const application = await applications.find(id);
      return application && (clientMetadata(application, isBoundTokenWanted()) as AdapterPayload);
    },
    async findByUid(uid) {
      await stored();
      return (await records.findByUid(model, uid)) as AdapterPayload | undefined;
    },
    findByUserCode: async (code) => (await records.findByUserCode(model, code)) as AdapterPayload | undefined,
    async destroy(id) {
      const together = batch();
      if (model === interactionModel) return together ? together.endInteraction(id) : endInteraction(records, id);
      together?.drop(model, id);
      await records.destroy(model, id);
    },
    async revokeByGrantId(grantId) {
      await stored();
      await records.revokeByGrantId(grantId);
    },
    async consume(id) {
      await stored();
      if (replay) return replay.consume(id);
      if (await records.consume(model, id)) return;
      throw new errors.InvalidGrant({ detail: 'already consumed' }); // of ten callers at once, nine end here
    },
  };
}

/** An interaction as it is stored; with its result, and without the session of another user, where this request ends it. */
function interactionOf(record: Record<string, unknown> | undefined, id: string): AdapterPayload | undefined {
  const req = currentRequest()?.req;
  const ending = req && notesOf(req).ending;
  if (!record || ending?.uid !== id) return record;
  return { ...record, result: ending.result, ...(ending.leavesSession ? { session: undefined } : {}) };
}
