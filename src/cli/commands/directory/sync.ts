import { changeTenant } from '#admin/safety/guard.ts';
import {
  configureSynchronisation,
  removeSynchronisation,
  synchronisationSettings,
} from '#admin/synchronisation/settings.ts';
import { statusOf } from '#admin/synchronisation/status.ts';
import { fault, messageOf, remedyOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import type { DirectoryPlan } from '#model/synchronisation.ts';
import type { DomainResult } from '#sync/synchronise.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';
import { parseDocument } from '../../input/parse-document.ts';
import { escapeWithinLine } from '../../output/terminal.ts';
import { tenantPorts } from '../trust/trust-edit.ts';

const runOptions = {
  ...ofTenant,
  domain: { type: 'string', value: 'NAME', help: 'Domain of the configuration to synchronize (default: all domains).' },
  full: { type: 'boolean', help: 'Read every object, not only those that changed since the last run.' },
} as const;

export const syncConfigure: Command = {
  usage: 'sync ad configure FILE',
  summary:
    'Applies a configuration file for the synchronization from Active Directory: domains, containers and rules (YAML or JSON). The file names other files or variables that contain the passwords.',
  takes: [1, 1],
  options: ofTenant,
  async run(call) {
    const bytes = await call.files.read(call.positionals[0]!);
    const document = await parseDocument(bytes, 'yaml').catch((problem: Error) => {
      throw fault('syncSettingsInvalid', { where: 'the file', problem: problem.message.split('\n')[0] ?? '' });
    });
    const ports = await tenantPorts(call);
    const at = ports.clock.now();
    const settings = orThrow(
      await changeTenant(ports, { at, isForced: false }, (inside) =>
        configureSynchronisation(document, { actor, ports: inside }),
      ),
    );
    const rows = settings.domains.map(({ domain, server, account }) => [domain, server, account]);
    answer(call, settings, [['domain', 'server', 'account'], ...rows]);
    return 0;
  },
};

export const syncRemove: Command = {
  usage: 'sync ad remove',
  summary: 'Ends the synchronization of a tenant. The synchronized objects remain.',
  takes: [0, 0],
  options: ofTenant,
  async run(call) {
    const ports = await tenantPorts(call);
    const at = ports.clock.now();
    const isRemoved = orThrow(
      await changeTenant(ports, { at, isForced: false }, async (inside) =>
        success(await removeSynchronisation({ actor, ports: inside })),
      ),
    );
    if (!isRemoved) throw fault('syncNotConfigured', {});
    return 0;
  },
};

export const syncPlan: Command = {
  usage: 'sync ad plan',
  summary: 'Reads Active Directory and prints what a synchronization would do. Nothing is changed.',
  takes: [0, 0],
  readsOnly: true,
  options: runOptions,
  async run(call) {
    const { ports, options } = await optionsOf(call);
    const { directoryPlans } = await import('#sync/directory-plan.ts');
    const plans = await directoryPlans(ports, options);
    if (call.values.json) call.output.say(`${JSON.stringify(plans, null, 2)}\n`);
    else for (const plan of plans) call.output.say(planText(plan));
    return exitOf(call, plans);
  },
};

export const syncRun: Command = {
  usage: 'sync ad run',
  summary:
    'Synchronizes Active Directory now: objects that changed since the last run, or all objects in the first run.',
  takes: [0, 0],
  options: {
    ...runOptions,
    'allow-deletions': { type: 'boolean', help: 'Delete objects even if their number exceeds the threshold.' },
  },
  async run(call) {
    const { ports, options } = await optionsOf(call);
    const allowsDeletions = call.values['allow-deletions'] === true;
    const { synchronise } = await import('#sync/synchronise.ts');
    const results = await synchronise(ports, { ...options, allowsDeletions });
    const rows = results.map(({ domain, run: { kind, counts } }) => [
      domain,
      kind,
      ...[counts.read, counts.added, counts.updated, counts.deleted, counts.memberships, counts.problems].map(String),
    ]);
    const heading = ['domain', 'kind', 'read', 'added', 'updated', 'deleted', 'memberships', 'problems'];
    answer(call, results.map(runDocument), [heading, ...rows]);
    return exitOf(
      call,
      results.map(({ run }) => run),
    );
  },
};

export const syncStatus: Command = {
  usage: 'sync status',
  summary: 'Shows the state of the synchronization of a tenant: last run, last error, and the objects with problems.',
  takes: [0, 0],
  readsOnly: true,
  options: ofTenant,
  async run(call) {
    const status = await statusOf(await tenantPorts(call));
    const rows = status.domains.map(({ domain, lastSuccessDateTime, lastRun }) => [
      domain,
      lastSuccessDateTime ?? 'never',
      lastRun ? `${lastRun.kind}, ${lastRun.endedDateTime}` : '-',
      lastRun?.because ? messageOf(lastRun.because) : '-',
    ]);
    answer(call, status, [['domain', 'last success', 'last run', 'last error'], ...rows]);
    if (call.values.json) return 0;
    for (const { name, problems } of status.problems)
      for (const { propertyCausingError, value } of problems)
        call.output.say(`${escapeWithinLine(`${name}: ${propertyCausingError}: ${value}`)}\n`);
    return 0;
  },
};

async function optionsOf(call: Call) {
  const { directoryRules: rules } = await call.open();
  const ports = await tenantPorts(call);
  if (!(await synchronisationSettings(ports))) throw fault('syncNotConfigured', {});
  const domain = text(call, 'domain')?.toLowerCase();
  return { ports, options: { domain, isFull: call.values.full === true, rules } };
}

/** 1 where a domain failed; why goes to standard error. */
function exitOf({ output }: Call, results: readonly { readonly because?: Because | null }[]): number {
  const reasons = results.flatMap(({ because }) => because ?? []);
  for (const reason of reasons) output.complain(`${escapeWithinLine(messageOf(reason))}\n${remedyOf(reason) ?? ''}\n`);
  return reasons.length > 0 ? 1 : 0;
}

const runDocument = ({ domain, run }: DomainResult) => ({ domain, ...run });
const verbs: Readonly<Record<string, string>> = {
  add: '+',
  update: '~',
  takeOver: '>',
  restore: '^',
  delete: '-',
  refuse: '!',
};

function planText({ domain, kind: runKind, read, unchanged, because, changes }: DirectoryPlan): string {
  if (because && read + changes.length === 0) return '';
  const lines = changes.map(({ action, kind, name, problems, match }) => {
    const taken = match ? ` (takes over a cloud user, ${match} match)` : '';
    const notes = problems.map(({ propertyCausingError, value }) => `\n    ${propertyCausingError}: ${value}`).join('');
    return escapeWithinLine(`${verbs[action]} ${action} ${kind} ${name}${taken}`) + notes;
  });
  const head = `${domain}: ${runKind} run, ${read} objects read, ${unchanged} unchanged, ${lines.length} changes`;
  return `${[head, ...lines].join('\n')}\n`;
}
