import { chosenTenant } from '#admin/tenant/tenants.ts';
import {
  auditImport,
  type CrlEvaluation,
  evaluateCrls,
  type ImportedCrl,
  type ImportPorts,
  importCrls,
} from '#admin/trust/import-crl.ts';
import type { CrlRequest } from '#core/crl/answer.ts';
import { crlsConfigured } from '#core/crl/needed.ts';
import { fault, messageOf } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { CrlState } from '#model/crl.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';
import { describeImport } from '../../trust-store/crl-import.ts';
import { guardedChange, isDryRun, rehearse, safety, type TenantPorts, tenantPorts } from './trust-edit.ts';

export const crlList: Command = {
  usage: 'crl list',
  summary: 'Shows the state of each CRL of a tenant: number, age, size and last error. Downloads nothing.',
  takes: [0, 0],
  readsOnly: true,
  options: ofTenant,
  async run(call) {
    const { crls, requests } = await open(call);
    show(call, await crls.stateOf(requests));
    return 0;
  },
};

export const crlRefresh: Command = {
  usage: 'crl refresh [CA]',
  summary: 'Downloads the CRLs of all CAs of a tenant now, or of one CA by id or CRL address.',
  takes: [0, 1],
  options: ofTenant,
  async run(call) {
    const { crls, requests } = await open(call);
    const choice = requestsOf(requests, call.positionals[0]);
    await crls.refresh(choice);
    const states = await crls.stateOf(choice);
    show(call, states);
    return states.some(({ lastError }) => lastError) ? 1 : 0;
  },
};

export const crlImport: Command = {
  usage: 'crl import FILE',
  summary:
    'Imports a CRL (DER or PEM), or a zip or tar of CRLs, for networks where the addresses cannot be reached. Issuer and key determine the CA.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    ca: { type: 'string', value: 'ID', help: 'CA, by id, when more than one CA could have signed the CRL.' },
    ...safety,
  },
  async run(call) {
    const ports = await tenantPorts(call);
    const { crls } = await call.open();
    const requests = crlsConfigured((await ports.policies.current()).trustStore);
    const name = call.positionals[0]!;
    const file = { name, bytes: await call.files.read(name, Number.POSITIVE_INFINITY) };
    const choice = requestsOf(requests, text(call, 'ca'));
    if (isDryRun(call)) return rehearseImport(call, ports, orThrow(await evaluateCrls(choice, file, crls)));
    const change: ImportPorts['change'] = (preparedCrls, work) => guardedChange(call, ports, work, preparedCrls);
    const results = orThrow(await importCrls(choice, file, { actor, ports: { crls, change } }));
    const importedRequests = results.flatMap((result) => (result.kind === 'imported' ? [result.request] : []));
    show(call, await crls.stateOf([...new Set(importedRequests)]));
    return complain(call, results);
  },
};

/** Shows whose the CRLs are, where they would be kept, and which sign-ins would have a different result. */
async function rehearseImport(
  call: Call,
  ports: TenantPorts,
  { results, preparedCrls }: CrlEvaluation,
): Promise<number> {
  const { crls } = await call.open();
  const states = await crls.stateOf(preparedCrls.map(({ request }) => request));
  const work = (inside: TenantPorts) => auditImport(preparedCrls, { actor, ports: inside });
  await rehearse(call, ports, { work, preparedCrls }, () => describeImport(preparedCrls, states));
  return complain(call, results);
}

/** Writes each refusal to standard error. A file beside the CRLs, such as a text, is no failure. */
function complain(call: Call, results: readonly ImportedCrl[]): number {
  const refusals = results.filter((result) => result.kind === 'refused');
  for (const refusal of refusals) call.output.complain(`${messageOf(refusal.because)}\n`);
  return refusals.some(({ because: { code } }) => code !== 'crlNotACrl') ? 1 : 0;
}

/** All of them, or those of the CA with this id or CRL address. @throws nothingFound */
export function requestsOf(requests: readonly CrlRequest[], target: string | undefined): readonly CrlRequest[] {
  if (target === undefined) return requests;
  const choice = requests.filter((request) =>
    [request.authorityId, request.baseUrl, request.deltaUrl].includes(target),
  );
  if (choice.length === 0) throw fault('nothingFound', { kind: 'CA with a CRL address', wanted: target });
  return choice;
}

async function open(call: Call) {
  const { tenants, portsOf, crls } = await call.open();
  const tenant = orThrow(await chosenTenant(text(call, 'tenant'), tenants));
  const { policies } = await portsOf(tenant.id);
  return { crls, requests: crlsConfigured((await policies.current()).trustStore) };
}

function show(call: Call, states: readonly CrlState[]): void {
  const cells = states.map((state) => [
    state.url,
    state.number ?? '-',
    state.thisUpdate?.toISOString() ?? '-',
    state.nextUpdate?.toISOString() ?? '-',
    `${state.entries}`,
    `${state.size}`,
    state.source,
    state.lastError ? messageOf(state.lastError) : '-',
  ]);
  answer(call, states, [['address', 'number', 'from', 'until', 'entries', 'bytes', 'source', 'last error'], ...cells]);
}
