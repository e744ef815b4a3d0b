import { chosenTenant } from '#admin/tenant/tenants.ts';
import { type AuthorityHealth, trustHealth } from '#admin/trust/health/authority-health.ts';
import { crlsConfigured } from '#core/crl/needed.ts';
import { hexOf } from '#core/hex.ts';
import { messageOf, remedyOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { nameToString } from '#core/x509/name.ts';
import { answer, type Call, type Command, type Installation, ofTenant, text } from '../../command.ts';

/** Milliseconds for which a removal of entries is shown. */
const recentLimit = 7 * 24 * 60 * 60_000;

/** How long the CRLs of one CA took to download, in milliseconds. */
type Durations = ReadonlyMap<string, number>;

export const doctor: Command = {
  usage: 'doctor',
  summary:
    'Tests the trust stores of a tenant: chain and expiry of each CA, address, size, age and key of each CRL. Reports whether entries were removed from the sign-in log because of signInLogMegabytes. Exits with 1 if sign-ins fail or will soon fail.',
  takes: [0, 0],
  options: {
    ...ofTenant,
    offline: { type: 'boolean', help: 'Download nothing. Show the cached state.' },
  },
  async run(call) {
    const installation = await call.open();
    const { tenants, portsOf, adminOf, crls: crlAdmin, clock } = installation;
    const { id } = orThrow(await chosenTenant(text(call, 'tenant'), tenants));
    const ports = { ...(await portsOf(id)), ...(await adminOf(id)), crlAdmin };
    const durations = new Map<string, number>();
    const requests = call.values.offline ? [] : crlsConfigured((await ports.policies.current()).trustStore);
    for (const request of requests) {
      const start = clock.now().getTime();
      await crlAdmin.refresh([request]);
      durations.set(request.authorityId, clock.now().getTime() - start);
    }
    const health = await trustHealth({ ports, at: clock.now() });
    show(call, health, durations);
    await showLogLimit(call, installation);
    return health.some(({ state }) => state === 'critical') ? 1 : 0;
  },
};

/** The removal of entries that `signInLogDays` would have kept, for as long as it is of the last days. */
async function showLogLimit({ output }: Call, { lastLogLimit, clock }: Installation): Promise<void> {
  const limit = await lastLogLimit();
  if (!limit || clock.now().getTime() - limit.at.getTime() > recentLimit) return;
  const [at, removedBefore] = [limit.at.toISOString(), limit.removedBefore.toISOString()];
  const finding = because('signInLogLimited', { at, removedBefore });
  output.complain(`${messageOf(finding)} ${remedyOf(finding) ?? ''}\n`);
}

function show(call: Call, health: readonly AuthorityHealth[], durations: Durations): void {
  const document = health.map((item) => ({
    ...documentOf(item),
    crlMilliseconds: durations.get(item.authority.id) ?? null,
  }));
  const rows = health.map((item) => [
    item.state,
    nameToString(item.certificate.subject),
    item.authority.store,
    item.nextDueDateTime.toISOString().slice(0, 10),
    item.crls.map(({ size, entries }) => `${size} B, ${entries} entries`).join('; ') || '-',
    durations.has(item.authority.id) ? `${durations.get(item.authority.id)} ms` : '-',
    item.warnings.map((warning) => warning.text).join(' ') || '-',
  ]);
  answer(call, document, [['state', 'CA', 'store', 'next due', 'CRLs', 'download', 'warnings'], ...rows]);
}

const documentOf = ({ authority, certificate, ...rest }: AuthorityHealth) => ({
  authorityId: authority.id,
  store: authority.store,
  pkiId: authority.containerId ?? null,
  subject: nameToString(certificate.subject),
  subjectKeyIdentifier: certificate.subjectKeyIdentifier ? hexOf(certificate.subjectKeyIdentifier) : null,
  notAfter: certificate.notAfter,
  ...rest,
});
