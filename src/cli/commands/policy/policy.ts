import { lineOf } from '#admin/document/differences.ts';
import { documentOf } from '#admin/document/tenant-document.ts';
import { applyDocument, warningsOf } from '#admin/policies/policies.ts';
import { changeTenant, rehearseTenant } from '#admin/safety/guard.ts';
import type { ConfigurationIssue } from '#core/binding/check-configuration.ts';
import { fault, messageOf } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { actor } from '../../actor.ts';
import { type Call, type Command, ofTenant } from '../../command.ts';
import { parseDocument } from '../../input/parse-document.ts';
import { escapeWithinLine } from '../../output/terminal.ts';
import { describeDryRun, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

export const policyGet: Command = {
  usage: 'policy get',
  summary:
    'Prints the tenant document: all policies for certificate sign-in, with the property names of Graph. Edit it and apply it with `policy apply`.',
  takes: [0, 0],
  readsOnly: true,
  options: { ...ofTenant, yaml: { type: 'boolean', help: 'Print YAML instead of JSON.' } },
  async run(call) {
    const ports = await tenantPorts(call);
    const document = await documentOf(ports);
    const isYaml = call.values.yaml === true;
    call.output.say(isYaml ? await yamlOf(document) : `${JSON.stringify(document, null, 2)}\n`);
    warn(call, warningsOf(await ports.policies.current()));
    return 0;
  },
};

/** On stderr, so that the document on stdout stays whole. */
const warn = ({ output }: Call, warnings: readonly ConfigurationIssue[]) => {
  for (const line of warnings.map(wordsOfWarning)) output.complain(`warning: ${escapeWithinLine(line)}\n`);
};
const wordsOfWarning = ({ target, because }: ConfigurationIssue) => `x509Certificate${target}: ${messageOf(because)}`;

export const policyApply: Command = {
  usage: 'policy apply FILE',
  summary:
    'Applies a tenant document (YAML or JSON), entirely or not at all. Parts that the file omits are not changed.',
  takes: [1, 1],
  options: { ...ofTenant, ...safety },
  async run(call) {
    const file = call.positionals[0]!;
    const document = await parseDocument(await call.files.read(file), 'yaml').catch((problem: Error) => {
      throw fault('policyDocumentUnreadable', { problem: problem.message });
    });
    const dryRun = call.values['dry-run'] === true;
    const ports = await tenantPorts(call);
    const at = ports.clock.now();
    const work = (inside: TenantPorts) => applyDocument(document, { actor, at, ports: inside }, { dryRun: false });
    const rehearsed = dryRun ? orThrow(await rehearseTenant(ports, { at }, work)) : undefined;
    const isForced = call.values.force === true;
    const { differences, warnings } = rehearsed?.result ?? orThrow(await changeTenant(ports, { at, isForced }, work));
    const findings = rehearsed?.dryRun;
    const lines =
      differences.map((difference) => `${escapeWithinLine(lineOf(difference))}\n`).join('') ||
      'There are no differences.\n';
    if (call.values.json)
      call.output.say(
        `${JSON.stringify({ differences, warnings: warnings.map(wordsOfWarning), applied: !dryRun, dryRun: findings }, null, 2)}\n`,
      );
    else {
      call.output.say(lines + (findings ? describeDryRun(findings, call.output) : ''));
      warn(call, warnings);
    }
    return 0;
  },
};

async function yamlOf(document: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(document, { aliasDuplicateObjects: false });
}
