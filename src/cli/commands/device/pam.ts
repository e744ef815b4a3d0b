import { spawnSync } from 'node:child_process';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { Code } from '#core/trace/reasons.ts';
import { type Call, type Command, text } from '../../command.ts';
import type { SessionOwner } from '../../device/workstation/session.ts';
import { exitCodeOf } from '../../output/exit-codes.ts';
import { escapeWithinLine } from '../../output/terminal.ts';

export const devicePam: Command = {
  usage: 'device pam',
  summary:
    'Authenticates users for PAM on a Linux workstation. pam_exec runs this command through cardea-pam, with the PIN of the card on standard input.',
  takes: [0, 0],
  options: {
    config: { type: 'string', value: 'FILE', help: 'Settings of the workstation (default: /etc/cardea/pam.yaml).' },
  },
  local: true,
  readsOnly: true,
  async run(call) {
    const { PAM_TYPE: type = '', PAM_USER: name = '', PAM_SERVICE: service = '' } = process.env;
    try {
      const words = await answer(call, type, name);
      log(`${service} ${type} ${name}: ${words}`);
      return 0;
    } catch (problem) {
      const { message } = problem as Error;
      log(`${service} ${type} ${name}: refused: ${message}`);
      const code = problem instanceof CardeaError ? problem.because.code : undefined;
      call.output.say(`${sentenceFor(code, message)}\n`);
      return code === undefined ? 1 : exitCodeOf(code);
    }
  },
};

/** What PAM asks, by `PAM_TYPE` (pam_exec(8)). @throws whatever refuses: there is no answer but yes and a fault */
async function answer(call: Call, type: string, name: string): Promise<string> {
  // What reads the settings (YAML) is loaded for this command alone.
  const { accountNamed, openWorkstation } = await import('../../device/workstation/workstation.ts');
  const config = text(call, 'config') ?? '/etc/cardea/pam.yaml';
  if (type === 'auth') {
    const { signInToAccount } = await import('../../device/workstation/sign-in.ts');
    const workstation = openWorkstation(config, (sentence) => call.output.say(`${sentence}\n`));
    const account = accountNamed(name, workstation.settings.allowRoot);
    const user = await signInToAccount(workstation, account, await pinOnInput());
    return `granted to ${user.userPrincipalName} (${user.objectId})`;
  }
  if (type === 'account') {
    const { readSettings } = await import('../../device/workstation/settings.ts');
    accountNamed(name, readSettings(config).allowRoot);
    return 'granted';
  }
  const owner: SessionOwner = { account: accountNamed(name, true), processId: applicationId() };
  const { closeSession, openSession } = await import('../../device/workstation/session.ts');
  if (type === 'open_session') openSession(owner, new Date());
  else if (type === 'close_session') closeSession(owner);
  else throw fault('commandMisused', { problem: `PAM_TYPE is ${type || 'not set'}: pam_exec runs this command.` });
  return 'done';
}

/** The process of the program that uses PAM: `cardea-pam` says which, since Node.js may run in a child of its own. */
const applicationId = (): number => Number(process.env.CARDEA_PAM_APPLICATION) || process.ppid;

/** Octets of standard input that are read: a PIN is shorter. */
const inputLimit = 1024;

/** The PIN, which pam_exec ends with a NUL. */
async function pinOnInput(): Promise<string> {
  let input = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    input = Buffer.concat([input, chunk as Buffer]);
    if (input.includes(0) || input.length > inputLimit) break;
  }
  const end = input.indexOf(0);
  return input.subarray(0, end === -1 ? input.length : end).toString('utf8');
}

/** What the person at the prompt may learn; the log of the system has the whole. */
const sentences: Readonly<Partial<Record<Code, string>>> = {
  pinMissing: 'Type the PIN of the card.',
  tokenRemoved: 'There is no card in the reader.',
  signInCertificateMissing: 'The card contains no certificate for sign-in.',
  serverUnreachable: 'The server cannot be reached.',
  workstationNeedsMultiFactor: 'The sign-in needs multifactor authentication.',
  commandMisused: 'The sign-in is not set up.',
  workstationSettingsUnusable: 'The sign-in is not set up.',
  deviceNotRegistered: 'This computer has not joined the organization.',
};
const verbatimCodes: readonly (Code | undefined)[] = ['tokenPinWrong', 'tokenPinLocked', 'offlineSignInRefused'];

const sentenceFor = (code: Code | undefined, message: string): string =>
  verbatimCodes.includes(code)
    ? message
    : ((code && sentences[code]) ?? 'The sign-in was refused. See the system log for the reason.');

/** Writes to the system log (auth.log, the journal). A computer without one signs in anyway. */
function log(line: string): void {
  spawnSync('logger', ['-t', 'cardea-pam', '-p', 'authpriv.notice', '--', escapeWithinLine(line)], { timeout: 2000 });
}
