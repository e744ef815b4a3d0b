import { z } from 'zod';
import { auditImport, type CrlImport, evaluateCrls, type ImportPorts, importCrl } from '#admin/trust/import-crl.ts';
import type { CrlRequest } from '#core/crl/answer.ts';
import { crlsConfigured } from '#core/crl/needed.ts';
import { fault, messageOf } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { CrlState } from '#model/crl.ts';
import { contextOf } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { changeGuarded } from '../../protocol/guard/guarded.ts';
import type { Rehearsal } from '../../protocol/route.ts';

/**
 * What Graph of Entra has no operation for: a CRL that is imported because the server cannot reach its address, a CRL fetched now,
 * and where lists stand. `named` keeps the CAs that the path is about.
 */
export interface CrlActions {
  readonly importCrl: (call: Call) => Promise<Answer>;
  readonly rehearseImport: (call: Call) => Promise<Rehearsal>;
  readonly refreshCrl: (call: Call) => Promise<Answer>;
  readonly crlState: (call: Call) => Promise<Answer>;
}
type Named = (call: Call) => Promise<readonly string[]>;

const shape = z.strictObject({ crl: z.string().min(1), isDelta: z.boolean().optional() });

/** @param named ids of the CAs whose CRLs are meant; throws when the path names nothing */
export function crlActions(namedRequests: Named): CrlActions {
  return {
    importCrl: async (call) => {
      const requests = await requestsOf(call, namedRequests);
      const file = await crlIn(call);
      const change: ImportPorts['change'] = (preparedCrls, work) =>
        changeGuarded(call, (inside) => work(inside.ports), preparedCrls);
      const ports = { crls: call.ports.crlAdmin, change };
      return states(call, [orThrow(await importCrl(requests, file, { actor: call.actor, ports }))]);
    },
    rehearseImport: async (call) => {
      const requests = await requestsOf(call, namedRequests);
      const file = { name: 'the file', ...(await crlIn(call)) };
      const { preparedCrls } = orThrow(await evaluateCrls(requests, file, call.ports.crlAdmin));
      return { preparedCrls, work: ({ ports }) => auditImport(preparedCrls, { actor: call.actor, ports }) };
    },
    refreshCrl: async (call) => {
      const requests = await requestsOf(call, namedRequests);
      await call.ports.crlAdmin.refresh(requests);
      return states(call, requests);
    },
    crlState: async (call) => states(call, await configured(call, await namedRequests(call))),
  };
}

/** @throws graphPropertyInvalid */
async function crlIn(call: Call): Promise<Omit<CrlImport, 'name'>> {
  const { crl, isDelta } = await readBody(call, shape);
  return { bytes: new Uint8Array(Buffer.from(crl, 'base64')), isDelta };
}

/** The CRL requests of these CAs. A CA without an address has none. */
async function configured(call: Call, ids: readonly string[]): Promise<readonly CrlRequest[]> {
  const { trustStore } = await call.ports.policies.current();
  return crlsConfigured(trustStore).filter(({ authorityId }) => ids.includes(authorityId));
}

/** @throws nothingFound when none of the CAs has an address of a CRL */
async function requestsOf(call: Call, namedRequests: Named): Promise<readonly CrlRequest[]> {
  const ids = await namedRequests(call);
  const requests = await configured(call, ids);
  if (requests.length === 0) throw fault('nothingFound', { kind: 'CA with a CRL address', wanted: ids.join(', ') });
  return requests;
}

async function states(call: Call, requests: readonly CrlRequest[]): Promise<Answer> {
  const value = (await call.ports.crlAdmin.stateOf(requests)).map(stateItem);
  return { status: 200, body: { ...contextOf(call, 'Collection(cardea.crlState)'), value } };
}

export const stateItem = (state: CrlState) => ({
  url: state.url,
  source: state.source,
  isDownloading: state.isDownloading,
  number: state.number ?? null,
  thisUpdateDateTime: state.thisUpdate?.toISOString() ?? null,
  nextUpdateDateTime: state.nextUpdate?.toISOString() ?? null,
  nextPublishDateTime: state.nextPublish?.toISOString() ?? null,
  fetchedDateTime: state.fetchedAt?.toISOString() ?? null,
  sizeInBytes: state.size,
  entries: state.entries,
  lastError: state.lastError ? { code: state.lastError.code, message: messageOf(state.lastError) } : null,
});
