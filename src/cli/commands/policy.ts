import { dryRun as whatIf } from '../../admin/dry-run.ts';
import { applyPolicy, type PolicyDocument, policyOf, withDocument } from '../../admin/policies.ts';
import { chosenTenant } from '../../admin/tenants.ts';
import { fault } from '../../core/trace/fault.ts';
import { actor } from '../actor.ts';
import { type Call, type Command, ofTenant, text } from '../command.ts';
import { bytesOf } from '../files.ts';
import { guarded, safety, tenantPorts, wordsOfDryRun } from './trust-edit.ts';

export const policyGet: Command = {
  usage: 'policy get',
  summary: 'Prints a tenant’s authentication policy as JSON, in Graph’s spelling: edit it and apply it again.',
  takes: [0, 0],
  options: ofTenant,
  async run(call) {
    call.voice.say(`${JSON.stringify(await policyOf(await admin(call)), null, 2)}\n`);
    return 0;
  },
};

export const policyApply: Command = {
  usage: 'policy apply FILE',
  summary: 'Makes a tenant’s authentication policy what FILE (JSON) says. Applying it twice changes nothing more.',
  takes: [1, 1],
  options: { ...ofTenant, ...safety },
  async run(call) {
    const file = call.positionals[0]!;
    const document = parsed(Buffer.from(bytesOf(file, call.voice.cwd)).toString('utf8'));
    const dryRun = call.values['dry-run'] === true;
    const ports = await tenantPorts(call);
    const at = ports.clock.now();
    const { before, after } = await applyPolicy(document, actor, guarded(call, at, ports), { dryRun });
    const found = dryRun ? await whatIf((now) => withDocument(now, after), at, ports) : undefined;
    if (call.values.json)
      call.voice.say(`${JSON.stringify({ before, after, applied: !dryRun, dryRun: found }, null, 2)}\n`);
    else call.voice.say(differences(flat(before), flat(after)) + (found ? wordsOfDryRun(found) : ''));
    return 0;
  },
};

async function admin(call: Call) {
  const { tenants, adminOf } = await call.open();
  return adminOf((await chosenTenant(text(call, 'tenant'), tenants)).id);
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (problem) {
    throw fault('policyDocumentUnreadable', { problem: (problem as Error).message });
  }
}

/** The certificate method's settings one by one, the other documents each as a whole. */
const flat = ({ x509Certificate, ...documents }: PolicyDocument) => ({ ...x509Certificate, ...documents });

function differences(before: object, after: object): string {
  const old = new Map(Object.entries(before));
  const rows = Object.entries(after)
    .filter(([name, value]) => JSON.stringify(old.get(name)) !== JSON.stringify(value))
    .map(([name, value]) => `- ${name}: ${JSON.stringify(old.get(name))}\n+ ${name}: ${JSON.stringify(value)}\n`);
  return rows.length === 0 ? 'Nothing differs.\n' : rows.join('');
}
