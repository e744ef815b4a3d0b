import { join } from 'node:path';
import { introduceFirstParty } from '#admin/applications/first-party.ts';
import { lineOf } from '#admin/document/differences.ts';
import type { EntraExport, ExportedFile } from '#admin/document/entra-export.ts';
import { type Imported, importEntra } from '#admin/document/import-apply.ts';
import { readEntraExport } from '#admin/document/import-entra.ts';
import { changeTenant, rehearseTenant } from '#admin/safety/guard.ts';
import { chosenTenant, takeOverTenant } from '#admin/tenant/tenants.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { actor } from '../../actor.ts';
import { type Call, type Command, type Installation, ofTenant, text } from '../../command.ts';
import type { Files } from '../../input/files.ts';
import { parseDocument } from '../../input/parse-document.ts';
import { escapeWithinLine } from '../../output/terminal.ts';
import { describeDryRun, safety } from '../trust/trust-edit.ts';

export const importFromEntra: Command = {
  usage: 'import entra FOLDER|FILE',
  summary:
    'Imports an Entra tenant from JSON responses of Graph: methods policy, CAs, Conditional Access, groups and users.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    ...safety,
  },
  async run(call) {
    const entraExport = orThrow(readEntraExport(await filesAt(call.positionals[0]!, call.files)));
    const installation = await call.open();
    const { tenant, isNew } = await tenantFor(call, entraExport, installation);
    const dryRun = call.values['dry-run'] === true;
    const at = installation.clock.now();
    const apply = (ports: AdminPorts, options: { readonly dryRun: boolean }) =>
      importEntra(entraExport, tenant, { actor, at, ports }, options);
    const ports = await installation.adminOf(tenant.id);
    if (isNew) orThrow(await apply(ports, { dryRun: true })); // what cannot be taken over makes no tenant either
    if (isNew && !dryRun) {
      orThrow(await takeOverTenant(tenant, { actor, ports: { tenants: installation.tenants } }));
      await introduceFirstParty(installation.firstParty, ports);
    }
    const isForced = call.values.force === true;
    const work = (inside: AdminPorts) => apply(inside, { dryRun: false });
    const whole = async () => ({ ...(await installation.portsOf(tenant.id)), ...ports });
    // A new tenant has no sign-ins that could end in another way.
    const rehearsed = dryRun && !isNew ? orThrow(await rehearseTenant(await whole(), { at }, work)) : undefined;
    const imports =
      rehearsed?.result ??
      orThrow(dryRun ? await apply(ports, { dryRun }) : await changeTenant(await whole(), { at, isForced }, work));
    const findings = rehearsed?.dryRun;
    if (call.values.json) {
      const document = { tenant, read: entraExport.read, ...imports, applied: !dryRun, dryRun: findings };
      call.output.say(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      const outcomes = findings ? `\n${describeDryRun(findings, call.output)}` : '';
      call.output.say(`${report(entraExport, tenant, imports, dryRun)}${outcomes}`);
    }
    return 0;
  },
};

/** Every `.json` of a folder, or the one file. */
async function filesAt(path: string, files: Files): Promise<readonly ExportedFile[]> {
  const names = (await files.list(path, '.json')) ?? [''];
  const exportedFiles: ExportedFile[] = [];
  for (const name of names) {
    const file = name === '' ? path : join(path, name);
    exportedFiles.push({ name: name || path, content: await contentOf(file, files) });
  }
  return exportedFiles;
}

/** Octets of one file of an export. Node holds no longer text. */
const largestExport = 512 * 1024 * 1024;

/** PowerShell writes a byte order mark. */
async function contentOf(file: string, files: Files): Promise<unknown> {
  const bytes = await files.read(file, largestExport);
  return parseDocument(bytes, 'json').catch((problem: Error) => {
    throw fault('fileUnreadable', { file, problem: problem.message });
  });
}

/** The one that was said; the export's own, which is new when it is not there; the only one there is. */
async function tenantFor(
  call: Call,
  { organization }: EntraExport,
  { tenants }: Installation,
): Promise<{ readonly tenant: Tenant; readonly isNew: boolean }> {
  const body = text(call, 'tenant');
  if (body !== undefined || !organization) return { tenant: orThrow(await chosenTenant(body, tenants)), isNew: false };
  for (const name of [organization.id, ...organization.domains.map(({ id }) => id)]) {
    const tenant = await tenants.find(name);
    if (tenant) return { tenant, isNew: false };
  }
  return { tenant: organization, isNew: true };
}

function report(
  entraExport: EntraExport,
  tenant: Tenant,
  { added, differences, ignored }: Imported,
  dryRun: boolean,
): string {
  const read = Object.entries(entraExport.read).map(([name, count]) => `  ${`${count}`.padStart(6)}  ${name}\n`);
  const skipped = ignored.map(
    ({ file, what: label, why }) => `  ${escapeWithinLine(`${label}${file ? ` (${file})` : ''}: ${why}`)}\n`,
  );
  const change = [...added.map((name) => `+ ${name}`), ...differences.map(lineOf)].map(
    (line) => `  ${escapeWithinLine(line)}\n`,
  );
  return [
    `Read for ${escapeWithinLine(tenant.displayName)}:\n${read.join('') || '  nothing\n'}`,
    skipped.length > 0 ? `Ignored:\n${skipped.join('')}` : '',
    `${dryRun ? 'Would change' : 'Changed'}:\n${change.join('') || '  nothing\n'}`,
  ]
    .filter(Boolean)
    .join('\n');
}
