import { chosenTenant } from '#admin/tenant/tenants.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { SignInQuery, SignInRecord } from '#model/sign-in.ts';
import { answer, type Call, type Command, choice, ofTenant, text } from '../../command.ts';
import {
  addressOf,
  codeOf,
  filteredRows,
  mostListed,
  numberOf,
  period,
  periodOf,
  reportUnknown,
  topOf,
} from './filters.ts';

/** Rows that the command lists unless `--top` says how many. */
const usual = 50;

const results: readonly SignInRecord['status'][] = ['success', 'failure', 'interrupted'];

export const signInList: Command = {
  usage: 'sign-in list',
  summary: `Lists the newest ${usual} entries of the sign-in log of a tenant.`,
  takes: [0, 0],
  readsOnly: true,
  options: {
    ...ofTenant,
    user: { type: 'string', value: 'UPN', help: 'List the entries of this user only, by user principal name or id.' },
    app: { type: 'string', value: 'CLIENT_ID', help: 'List sign-ins to this application only.' },
    ip: { type: 'string', value: 'ADDRESS', help: 'List sign-ins from this address only.' },
    result: {
      type: 'string',
      value: 'RESULT',
      choices: results,
      help: 'List entries with this result only.',
    },
    reason: {
      type: 'string',
      value: 'CODE',
      help: 'List entries that ended with this code (certificateRevoked) or AADSTS number (500171) only.',
    },
    ...period,
    top: { type: 'string', value: 'N', help: `Maximum number of entries (default: ${usual}, at most ${mostListed}).` },
  },
  async run(call) {
    const [top, passes] = [topOf(call, usual), testOf(call)];
    const { tenants, portsOf, adminOf } = await call.open();
    const { id } = orThrow(await chosenTenant(text(call, 'tenant'), tenants));
    const { directory, signInLog } = await portsOf(id);
    const query = { ...queryOf(call), ...(await userOf(call, directory)) };
    const records = await filteredRows<SignInRecord>(
      top,
      (size, after) => signInLog.list({ ...query, top: size, ...(after ? { after } : {}) }),
      passes,
    );
    const { users, applications } = await adminOf(id);
    await reportUnknown(call, records, [
      { option: 'user', kind: 'user', find: (value) => users.find(value) },
      { option: 'app', kind: 'application', find: (value) => applications.find(value.toLowerCase()) },
    ]);
    showSignIns(call, records);
    return 0;
  },
};

/** A user by id where there is such a user; else the name as it was typed, which names users who do not exist, too. */
async function userOf(
  call: Call,
  { user }: { user(id: string): Promise<unknown> },
): Promise<Pick<SignInQuery, 'userId' | 'userPrincipalName'>> {
  const name = text(call, 'user');
  if (name === undefined) return {};
  return (await user(name.toLowerCase())) ? { userId: name.toLowerCase() } : { userPrincipalName: name };
}

/** What the indexes of the log know. */
function queryOf(call: Call): Omit<SignInQuery, 'top'> {
  const [appId, ipAddress] = [text(call, 'app')?.toLowerCase(), addressOf(call)];
  const errorNumber = numberOf(call) ?? (text(call, 'result') === 'success' ? 0 : undefined);
  return {
    ...(appId === undefined ? {} : { appId }),
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(errorNumber === undefined ? {} : { errorNumber }),
    ...periodOf(call),
  };
}

/** What is compared entry by entry. @throws commandMisused */
function testOf(call: Call): (record: SignInRecord) => boolean {
  const result = choice(call, 'result', results);
  const code = numberOf(call) === undefined ? codeOf(call) : undefined;
  return ({ status, because }) =>
    (result === undefined || status === result) && (code === undefined || because.code === code);
}

/** The log, a line an entry. */
export function showSignIns(call: Call, records: readonly SignInRecord[]): void {
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
}
