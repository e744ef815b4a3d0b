import { auditRefusal, refusalIn } from '#admin/refusals.ts';
import { refusedCommand } from '#core/audit/activities.ts';
import type { Code } from '#core/trace/reasons.ts';
import type { AuditLog } from '#ports/logs.ts';
import { actor } from './actor.ts';
import { type Call, type Command, type Installation, nameOf, text } from './command.ts';

/** Graph: `targetResources.type` of what a command changes, by its first word. */
const kinds: Readonly<Record<string, string>> = {
  user: 'User',
  group: 'Group',
  role: 'Role',
  app: 'Application',
  policy: 'Policy',
  tenant: 'Directory',
  domain: 'Directory',
};

/** Mistakes of the command line itself: nothing was asked of the installation. */
const mistakes: readonly Code[] = ['commandMisused', 'fileUnreadable'];

/**
 * The one place where a refused command is audited: every command that changes something, whatever the reason. A command that
 * only reads, a dry run, a mistake of the command line itself and a fault leave no row. The transaction of the change has
 * been rolled back before this is called.
 */
export async function auditRefusedCommand(thrown: unknown, command: Command, call: Call): Promise<void> {
  const because = refusalIn(thrown);
  if (because === undefined || mistakes.includes(because.code)) return;
  if (command.readsOnly === true || call.values['dry-run'] === true) return;
  const installation = await call.open().catch(() => undefined); // then there is no log to write to
  if (installation === undefined) return;
  const name = nameOf(command);
  const refusal = {
    activity: refusedCommand,
    operation: name.join(' '),
    targetKind: kinds[name[0]!] ?? 'Other',
    targetId: call.positionals[0] ?? '',
    actor,
    because,
  };
  await auditRefusal(refusal, await logOf(command, call, installation));
}

/** The log of the tenant that the command names, else of the only one; without either, the log of the installation. */
async function logOf(command: Command, call: Call, { tenants, adminOf, audits }: Installation): Promise<AuditLog> {
  const target = text(call, 'tenant') ?? command.tenantOf?.(call.positionals);
  const named = target === undefined ? undefined : await tenants.find(target);
  const [only, ...furtherTenants] = await tenants.list();
  const tenant = named ?? (furtherTenants.length === 0 ? only : undefined);
  return tenant === undefined ? audits : (await adminOf(tenant.id)).audits;
}
