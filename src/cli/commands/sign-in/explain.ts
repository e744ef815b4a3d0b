import { chosenTenant } from '#admin/tenant/tenants.ts';
import { fault } from '#core/trace/fault.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { signInWithCertificate } from '#signin/with-certificate.ts';
import { tellAccount } from '../../account.ts';
import { certificateOf } from '../../client/card.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';
import { escapeWithinLine } from '../../terminal.ts';

export const explain: Command = {
  usage: 'explain [ID]',
  summary:
    'Tells how a sign-in was decided: by log entry id or correlation id; or, with --card and --user, how one that never\nhappened would be. A sign-in that never happened leaves no entry.',
  takes: [0, 1],
  readsOnly: true,
  options: {
    ...ofTenant,
    card: { type: 'string', value: 'FILE', help: 'a card file (.p12, .pem) or certificate instead of an id' },
    user: { type: 'string', value: 'UPN', help: 'who would type their name' },
    list: { type: 'string', value: 'N', help: 'the newest N entries of a tenant instead of one' },
    password: { type: 'string', value: 'TEXT', help: 'the password of the card file (default: cardea)' },
  },
  run: (call) => (call.values.card ? whatIf(call) : call.values.list ? whatWere(call) : whatWas(call)),
};

async function whatWas(call: Call): Promise<number> {
  const target = call.positionals[0];
  if (!target)
    throw fault('commandMisused', { problem: 'give a log entry id, a correlation id, or --card FILE --user UPN' });
  const match = await (await call.open()).signIns(target);
  if (match.length === 0) throw fault('nothingFound', { kind: 'sign-in', wanted: target });
  if (call.values.json) call.output.say(`${JSON.stringify(match, null, 2)}\n`);
  else for (const record of match) call.output.say(tellRecord(record));
  return 0;
}

/** The log, newest first, a line an entry. */
async function whatWere(call: Call): Promise<number> {
  const installation = await call.open();
  const tenant = await chosenTenant(text(call, 'tenant'), installation.tenants);
  const top = Number(text(call, 'list'));
  if (!Number.isInteger(top) || top < 1) throw fault('commandMisused', { problem: '--list needs a number of entries' });
  const records = await (await installation.portsOf(tenant.id)).signInLog.list({ top });
  const cells = records.map((record) => [
    record.createdDateTime.toISOString(),
    record.userPrincipalName,
    record.appDisplayName,
    record.status,
    record.because.code,
    String(record.repeats?.count ?? 1),
    record.id,
  ]);
  answer(call, records, [['time', 'user', 'application', 'status', 'because', 'count', 'entry'], ...cells]);
  return 0;
}

function tellRecord(record: SignInRecord): string {
  const person = record.userPrincipalName || '(nobody named)';
  const head = `${record.createdDateTime.toISOString()}  ${escapeWithinLine(`${person} → ${record.appDisplayName}`)}  ${record.status}`;
  const count = record.repeats
    ? `\n  ${record.repeats.count} ${record.isOfManyNames ? 'attempts with unknown user names' : 'identical attempts'}, the last one at ${record.repeats.lastDateTime.toISOString()}`
    : '';
  return `${head}${count}\n  entry ${record.id}, correlation ${record.correlationId}, from ${escapeWithinLine(record.ipAddress)}\n${tellAccount(record.trace)}\n`;
}

async function whatIf(call: Call): Promise<number> {
  const installation = await call.open();
  const tenant = await chosenTenant(text(call, 'tenant') ?? text(call, 'user')?.split('@')[1], installation.tenants);
  const ports = await installation.portsOf(tenant.id);
  const leaf = certificateOf(text(call, 'card')!, text(call, 'password'), call.output.cwd);
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
  const verdict = await signInWithCertificate(request, ports, ports.clock.now());
  if (call.values.json) call.output.say(`${JSON.stringify({ kind: verdict.kind, trace: verdict.trace }, null, 2)}\n`);
  else call.output.say(tellAccount(verdict.trace));
  return verdict.kind === 'granted' ? 0 : 3;
}
