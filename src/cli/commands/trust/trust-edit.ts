import type { TimedContext } from '#admin/context.ts';
import type { DryRun } from '#admin/safety/dry-run.ts';
import { changeTenant, rehearseTenant } from '#admin/safety/guard.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import type { Outcome } from '#core/outcome.ts';
import { orThrow, type Ruling } from '#core/trace/ruling.ts';
import type { AuthorityRow } from '#model/authority.ts';
import type { PreparedCrl } from '#ports/revocation.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Option, text } from '../../command.ts';
import { type Terminal, table } from '../../output/table.ts';
import { warningLines } from '../../trust-store/view.ts';

/** Options of every command that changes what is trusted. */
export const safety: Record<string, Option> = {
  'dry-run': {
    type: 'boolean',
    help: 'Change nothing. Show which sign-ins of the last 30 days would have a different result.',
  },
  force: { type: 'boolean', help: 'Make the change even if no Global Administrator could sign in afterwards.' },
};

/** Everything of the tenant that the command line names, or that `otherwise` does where it names none. */
export async function tenantPorts(call: Call, otherwise?: string) {
  const { tenants, adminOf, portsOf, clock, bundles } = await call.open();
  const { id } = orThrow(await chosenTenant(text(call, 'tenant') ?? otherwise, tenants));
  return { ...(await portsOf(id)), ...(await adminOf(id)), clock, bundles };
}
export type TenantPorts = Awaited<ReturnType<typeof tenantPorts>>;

/** The result of a command: a document for programs, rows for people. */
export interface Presentation {
  readonly document: unknown;
  readonly rows: readonly (readonly string[])[];
  /** CAs that were added or changed; what an administrator should look at about them is shown on standard error. */
  readonly authorities?: readonly AuthorityRow[];
}

/** Makes an edit of the trust stores as {@link changeOf} does, in the context of the transaction. `--dry-run` shows what the edit would make as well. */
export async function editTrust<T>(
  call: Call,
  work: (context: TimedContext<TenantPorts>) => Promise<Ruling<T>>,
  description: (result: T) => Presentation,
): Promise<number> {
  const ports = await tenantPorts(call);
  const { algorithms } = await ports.trustStore.state();
  const show = (result: T) => {
    const { document, rows, authorities = [] } = description(result);
    answer(call, document, rows);
    for (const line of warningLines(authorities, ports.clock.now(), algorithms)) call.output.complain(`${line}\n`);
  };
  const change = (inside: TenantPorts) => work({ at: ports.clock.now(), actor, ports: inside });
  return describedChange(call, ports, change, { show, description });
}

/** Makes a change as {@link changeOf} does. `--dry-run` shows what the change would make as well. */
export function describedChange<T>(
  call: Call,
  ports: TenantPorts,
  work: (inside: TenantPorts) => Promise<Ruling<T>>,
  { show, description }: { readonly show: (result: T) => void; readonly description: (result: T) => Presentation },
): Promise<number> {
  return isDryRun(call) ? rehearse(call, ports, { work }, description) : changeOf(call, ports, work, show);
}

/**
 * Makes a change of the tenant as one guarded transaction and shows it. `--force` leaves the guard out; `--dry-run` rolls the
 * transaction back and returns the sign-ins that would have a different result. @throws lastAdministratorShutOut, and what `work` throws
 */
export async function changeOf<T>(
  call: Call,
  ports: TenantPorts,
  work: (inside: TenantPorts) => Promise<Ruling<T>>,
  show: (result: T) => void,
): Promise<number> {
  if (isDryRun(call)) return rehearse(call, ports, { work });
  show(orThrow(await guardedChange(call, ports, work)));
  return 0;
}

export const isDryRun = (call: Call): boolean => call.values['dry-run'] === true;

/** A change that is made and rolled back, with the CRLs that would come into use with it. */
interface Rehearsal<T> {
  readonly work: (inside: TenantPorts) => Promise<Ruling<T>>;
  readonly preparedCrls?: readonly PreparedCrl[];
}

/** Makes a change in a transaction that is rolled back. Shows what it makes and which sign-ins would have a different result. */
export async function rehearse<T>(
  call: Call,
  ports: TenantPorts,
  { work, preparedCrls = [] }: Rehearsal<T>,
  description: (result: T) => Presentation = (result) => ({ document: result, rows: [] }),
): Promise<number> {
  const at = ports.clock.now();
  const { result, dryRun } = orThrow(await rehearseTenant(ports, { at, preparedCrls }, work));
  const { document, rows } = description(result);
  if (call.values.json) answer(call, { applied: false, result: document, dryRun }, []);
  else
    call.output.say(`${rows.length > 0 ? `${table(rows, call.output)}\n` : ''}${describeDryRun(dryRun, call.output)}`);
  return 0;
}

/** Makes a change of the tenant as one guarded transaction, with `--force` without the guard. Refuses as `changeTenant`. */
export const guardedChange = <T>(
  call: Call,
  ports: TenantPorts,
  work: (inside: TenantPorts) => Promise<Ruling<T>>,
  preparedCrls: readonly PreparedCrl[] = [],
) => changeTenant(ports, { at: ports.clock.now(), isForced: call.values.force === true, preparedCrls }, work);

/** The result of a dry run as text. */
export function describeDryRun({ judged, isCut, changes }: DryRun, terminal: Terminal): string {
  const items = `the ${isCut ? `newest ${judged} ` : ''}certificates that users signed in with in the last 30 days${isCut ? '' : ` (${judged})`}`;
  if (changes.length === 0) return `Nothing was changed (--dry-run). For ${items} nothing would differ.\n`;
  const rows = changes.map(({ userPrincipalName, certificate, before, after }) => [
    userPrincipalName,
    certificate.sha1Thumbprint,
    view(before),
    view(after),
  ]);
  const heading = ['user', 'certificate', 'now', 'afterwards'];
  return `Nothing was changed (--dry-run). Of ${items}, ${changes.length} would have a different result:\n\n${table([heading, ...rows], terminal)}`;
}

const view = ({ kind, code, method }: Outcome): string =>
  [kind, ...(code ? [`(${code})`] : []), ...(method ? [`as ${method}`] : [])].join(' ');
