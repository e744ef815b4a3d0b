import { type DryRun, dryRun } from '#admin/safety/dry-run.ts';
import { changeTenant, rehearseTenant } from '#admin/safety/guard.ts';
import { lastAdministratorSafeguard } from '#admin/safety/safeguard.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { changeTo, rehearse, type TrustPorts } from '#admin/trust/edit-trust-store.ts';
import type { Outcome } from '#core/outcome.ts';
import { answer, type Call, type Option, table, text } from '../../command.ts';

/** Options of every command that changes what is trusted. */
export const safety: Record<string, Option> = {
  'dry-run': {
    type: 'boolean',
    help: 'change nothing; tell which sign-ins of the last thirty days would end otherwise',
  },
  force: { type: 'boolean', help: 'do it although no Global Administrator could sign in afterwards' },
};

/** Everything of the tenant that the command line names, or that `otherwise` does where it names none. */
export async function tenantPorts(call: Call, otherwise?: string) {
  const { tenants, adminOf, portsOf, clock, bundles } = await call.open();
  const { id } = await chosenTenant(text(call, 'tenant') ?? otherwise, tenants);
  return { ...(await portsOf(id)), ...(await adminOf(id)), clock, bundles };
}
export type TenantPorts = Awaited<ReturnType<typeof tenantPorts>>;

/**
 * Makes an edit of the trust stores and shows what it made; with `--dry-run` it is only worked out, and what it would do is
 * shown as well.
 */
export async function editTrust<T>(
  call: Call,
  work: (ports: TrustPorts, at: Date) => Promise<T>,
  description: (result: T) => { readonly document: unknown; readonly rows: readonly (readonly string[])[] },
): Promise<number> {
  const ports = await tenantPorts(call);
  const at = ports.clock.now();
  if (call.values['dry-run'] !== true) {
    const { document, rows } = description(await work(guarded(call, at, ports), at));
    answer(call, document, rows);
    return 0;
  }
  const rehearsal = await rehearse(ports.trustStore);
  const { document, rows } = description(await work({ trustStore: rehearsal.trustStore }, at));
  const match = await dryRun(changeTo(rehearsal.next()), at, ports);
  if (call.values.json) answer(call, { applied: false, result: document, dryRun: match }, []);
  else call.output.say(`${table(rows)}\n${wordsOfDryRun(match)}`);
  return 0;
}

/**
 * Makes a change of the tenant as one guarded transaction and shows it. `--force` leaves the guard out; `--dry-run` rolls the
 * transaction back and tells which sign-ins would end otherwise. @throws lastAdministratorShutOut, and what `work` throws
 */
export async function changeOf<T>(
  call: Call,
  ports: TenantPorts,
  work: (inside: TenantPorts) => Promise<T>,
  show: (result: T) => void,
): Promise<number> {
  const at = ports.clock.now();
  if (call.values['dry-run'] !== true) {
    show(await changeTenant(ports, { at, isForced: call.values.force === true }, work));
    return 0;
  }
  const { result, found } = await rehearseTenant(ports, at, work);
  if (call.values.json) answer(call, { applied: false, result, dryRun: found }, []);
  else call.output.say(wordsOfDryRun(found));
  return 0;
}

/** What holds edits back, unless it is told not to. */
export const guarded = (call: Call, at: Date, ports: TenantPorts) =>
  call.values.force === true ? ports : { ...ports, safeguard: lastAdministratorSafeguard(at, ports) };

/** What a dry run found, for people. */
export function wordsOfDryRun({ judged, isCut, changes }: DryRun): string {
  const items = `the last ${isCut ? `${judged} ` : ''}certificates that people signed in with in thirty days${isCut ? '' : ` (${judged})`}`;
  if (changes.length === 0) return `Nothing was changed (--dry-run). For ${items} nothing would differ.\n`;
  const rows = changes.map(({ userPrincipalName, certificate, before, after }) => [
    userPrincipalName,
    certificate.sha1Thumbprint,
    view(before),
    view(after),
  ]);
  const heading = ['user', 'certificate', 'now', 'afterwards'];
  return `Nothing was changed (--dry-run). Of ${items}, ${changes.length} would end otherwise:\n\n${table([heading, ...rows])}`;
}

const view = ({ kind, code, method }: Outcome): string =>
  [kind, ...(code ? [`(${code})`] : []), ...(method ? [`as ${method}`] : [])].join(' ');
