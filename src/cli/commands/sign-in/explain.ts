import { chosenTenant } from '#admin/tenant/tenants.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { describeRepeats } from '#signin/log/repeats.ts';
import { signInWithCertificate } from '#signin/with-certificate.ts';
import { certificateOf } from '../../client/card.ts';
import { type Call, type Command, ofTenant, text } from '../../command.ts';
import { escapeWithinLine } from '../../output/terminal.ts';
import { describeTrace } from '../../output/trace.ts';
import { mostListed, topOf } from '../logs/filters.ts';
import { showSignIns } from '../logs/sign-in-list.ts';

export const explain: Command = {
  usage: 'explain [ID]',
  summary:
    'Explains the decision of a sign-in, by log entry id or correlation id. With --card and --user, evaluates a sign-in\nwithout signing in and without an entry in the sign-in log.',
  takes: [0, 1],
  readsOnly: true,
  options: {
    ...ofTenant,
    card: {
      type: 'string',
      value: 'FILE',
      help: 'Card file (.p12, .pem) or certificate to evaluate instead of a log entry.',
    },
    user: { type: 'string', value: 'UPN', help: 'User who would sign in.' },
    list: {
      type: 'string',
      value: 'N',
      help: `List the newest N entries of a tenant instead (at most ${mostListed}).`,
    },
    password: { type: 'string', value: 'TEXT', help: 'Password of the card file (default: cardea).' },
  },
  run: (call) => (call.values.card ? whatIf(call) : call.values.list !== undefined ? whatWere(call) : whatWas(call)),
};

async function whatWas(call: Call): Promise<number> {
  const target = call.positionals[0];
  if (!target)
    throw fault('commandMisused', { problem: 'Specify a log entry id, a correlation id, or --card and --user.' });
  const records = await (await call.open()).signIns(target);
  if (records.length === 0) throw fault('nothingFound', { kind: 'sign-in', wanted: target });
  if (call.values.json) call.output.say(`${JSON.stringify(records, null, 2)}\n`);
  else for (const record of records) call.output.say(describeRecord(record));
  return 0;
}

/** The log, newest first, a line an entry. */
async function whatWere(call: Call): Promise<number> {
  const top = topOf(call, 1, 'list');
  const installation = await call.open();
  const tenant = orThrow(await chosenTenant(text(call, 'tenant'), installation.tenants));
  const records = await (await installation.portsOf(tenant.id)).signInLog.list({ top });
  showSignIns(call, records);
  return 0;
}

function describeRecord(record: SignInRecord): string {
  const person = record.userPrincipalName || '(no user named)';
  const head = `${record.createdDateTime.toISOString()}  ${escapeWithinLine(`${person} → ${record.appDisplayName}`)}  ${record.status}`;
  const attempts = describeRepeats(record);
  const count = attempts ? `\n  ${attempts}, the last one at ${record.repeats?.lastDateTime.toISOString()}` : '';
  return `${head}${count}\n  entry ${record.id}, correlation ${record.correlationId}, from ${escapeWithinLine(record.ipAddress)}\n${describeTrace(record.trace)}\n`;
}

async function whatIf(call: Call): Promise<number> {
  const installation = await call.open();
  const tenant = orThrow(
    await chosenTenant(text(call, 'tenant') ?? text(call, 'user')?.split('@')[1], installation.tenants),
  );
  const ports = await installation.portsOf(tenant.id);
  const leaf = await certificateOf(text(call, 'card')!, text(call, 'password'), call.files);
  const request = {
    correlationId: crypto.randomUUID(),
    application: { appId: '', displayName: 'cardea explain' },
    resourceId: '',
    ipAddress: '',
    userAgent: 'cardea explain',
    username: text(call, 'user') ?? '',
    presented: { leaf },
    host: 'cardea explain',
    proofs: [],
  };
  const verdict = await signInWithCertificate(request, { ports, at: ports.clock.now() });
  if (call.values.json) call.output.say(`${JSON.stringify({ kind: verdict.kind, trace: verdict.trace }, null, 2)}\n`);
  else call.output.say(describeTrace(verdict.trace));
  return verdict.kind === 'granted' ? 0 : 3;
}
