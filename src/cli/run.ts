import { fault } from '#core/trace/fault.ts';
import { type Call, type Command, type Installation, nameOf, type Output, text } from './command.ts';
import { appAdd, appList, appRemove, appRestore } from './commands/application/app.ts';
import { appSecretAdd, appSecretList, appSecretRemove } from './commands/application/app-secret.ts';
import { appSet } from './commands/application/app-set.ts';
import { deviceBrowserHost } from './commands/device/browser-host.ts';
import { devicePam } from './commands/device/pam.ts';
import {
  deviceComply,
  deviceDelete,
  deviceDisable,
  deviceEnable,
  deviceList,
  deviceShow,
} from './commands/devices/device-admin.ts';
import { policyPrefer } from './commands/directory/prefer.ts';
import { roleAdd, roleList, roleRemove } from './commands/directory/role.ts';
import { syncConfigure, syncPlan, syncRemove, syncRun, syncStatus } from './commands/directory/sync.ts';
import { userAdd, userList, userSet } from './commands/directory/user.ts';
import { userBind } from './commands/directory/user-bind.ts';
import { userRemove, userRestore } from './commands/directory/user-remove.ts';
import { userSignOut } from './commands/directory/user-sign-out.ts';
import { userTap } from './commands/directory/user-tap.ts';
import { userUpgradeBindings } from './commands/directory/user-upgrade-bindings.ts';
import { groupCreate, groupDelete, groupList, groupRestore, groupShow } from './commands/group/group.ts';
import { groupMemberAdd, groupMemberRemove, groupOwnerAdd, groupOwnerRemove } from './commands/group/members.ts';
import { auditList } from './commands/logs/audit.ts';
import { signInList } from './commands/logs/sign-in-list.ts';
import { backupCommand } from './commands/operation/backup.ts';
import { keysReseal, keysStatus } from './commands/operation/keys.ts';
import { importFromEntra } from './commands/policy/import.ts';
import { importFromAdfs } from './commands/policy/import-adfs.ts';
import { policyApply, policyGet } from './commands/policy/policy.ts';
import { explain } from './commands/sign-in/explain.ts';
import { signIn } from './commands/sign-in/sign-in.ts';
import { tenantBrand } from './commands/tenant/brand.ts';
import { domainAdd, domainFederate, domainManage, domainRemove } from './commands/tenant/domain.ts';
import { tenantAdd, tenantList } from './commands/tenant/tenant.ts';
import { tenantRotateKey } from './commands/tenant/tenant-key.ts';
import { tenantRemove } from './commands/tenant/tenant-remove.ts';
import { blockAdd, blockList, blockRemove } from './commands/trust/block.ts';
import { caAdd, caList, caRemove, caRestore, caSet } from './commands/trust/ca.ts';
import { caUpload } from './commands/trust/ca-upload.ts';
import { crlImport, crlList, crlRefresh } from './commands/trust/crl.ts';
import { doctor } from './commands/trust/doctor.ts';
import { deviceCommands } from './device/device-commands.ts';
import { exitCodeWords } from './exit-codes.ts';
import { type ProgramTexts, readCommandLine } from './program.ts';
import { auditRefusedCommand } from './refusals.ts';
import { escaping, reportFaults } from './report.ts';
import { packageVersion } from './version.ts';

/** What the command line needs from `server`. */
export interface CliHost {
  /** The commands that make or run an installation. */
  readonly commands: readonly Command[];
  /** Opens the installation that `--data` and `--database` name. The caller closes it. */
  open(cliOptions: CliOptions, intent: OpenIntent): Promise<Installation & { close(): Promise<void> }>;
  /** Runs the command in the server that holds the data folder; undefined when no server does. */
  askServer(cliOptions: CliOptions, words: readonly string[], output: Output): Promise<number | undefined>;
}
/** Whether a command may create an installation where there is none. */
export interface OpenIntent {
  readonly creates: boolean;
}
/** Where the data is, from the options of the command line. */
export interface CliOptions {
  readonly dataFolder: string | undefined;
  readonly databaseUrl: string | undefined;
}

/** Every command that works on an installation; `serve`, `demo` and `keys reset` are in server/commands. */
export const housekeeping: readonly Command[] = [
  explain,
  signIn,
  signInList,
  ...[caAdd, caList, caSet, caRemove, caUpload, caRestore],
  ...[blockAdd, blockList, blockRemove],
  ...[crlList, crlRefresh, crlImport],
  doctor,
  ...[userAdd, userList, userSet, userBind, userUpgradeBindings, userTap, userSignOut, userRemove, userRestore],
  ...[groupList, groupShow, groupCreate, groupDelete, groupRestore],
  ...[groupMemberAdd, groupMemberRemove, groupOwnerAdd, groupOwnerRemove],
  ...[roleAdd, roleList, roleRemove],
  ...[syncConfigure, syncPlan, syncRun, syncStatus, syncRemove],
  ...[deviceList, deviceShow, deviceEnable, deviceDisable, deviceDelete, deviceComply],
  ...[tenantAdd, tenantList, tenantBrand, tenantRotateKey, tenantRemove],
  auditList,
  ...[domainAdd, domainRemove, domainFederate, domainManage],
  ...[policyGet, policyApply, policyPrefer],
  ...[importFromEntra, importFromAdfs],
  backupCommand,
  keysReseal,
  keysStatus,
  ...[appAdd, appList, appSet, appRemove, appRestore],
  ...[appSecretAdd, appSecretList, appSecretRemove],
  ...[...deviceCommands, deviceBrowserHost, devicePam],
];

/** Exit codes: see exit-codes.ts. */
export async function runCommand(words: readonly string[], terminal: Output, host: CliHost): Promise<number> {
  const output = escaping(terminal);
  return reportFaults(output, words.includes('--json'), async () => {
    const line = readCommandLine(words, [...host.commands, ...housekeeping], texts(), output);
    if ('exit' in line) return line.exit;
    const { command, values, positionals } = line;
    const cliOptions = { dataFolder: text({ values }, 'data'), databaseUrl: text({ values }, 'database') };
    const elsewhere = (more: readonly string[]) =>
      capture(output, (recorder) => runCommand([...more, ...dataWords(cliOptions)], recorder, host));
    const exit = command.local ? undefined : await host.askServer(cliOptions, words, output);
    return (
      exit ??
      runHere(command, { values, positionals, output, elsewhere }, () =>
        host.open(cliOptions, { creates: command.creates === true }),
      )
    );
  });
}

const texts = (): ProgramTexts => ({
  version: `cardea ${packageVersion()}`,
  footer: `Run \`cardea COMMAND --help\` for the options of a command.\nExit codes: ${exitCodeWords}.`,
});

/** Runs a command on an installation that is open already: the server does this for a command line that asks it. */
export async function runCommandOn(
  installation: Installation,
  words: readonly string[],
  terminal: Output,
): Promise<number> {
  const output = escaping(terminal);
  return reportFaults(output, words.includes('--json'), async () => {
    const line = readCommandLine(words, housekeeping, texts(), output);
    if ('exit' in line) return line.exit;
    const { command, values, positionals } = line;
    if (command.local) {
      const problem = `"${nameOf(command).join(' ')}" does not run inside a server. Stop the server first.`;
      throw fault('commandMisused', { problem });
    }
    const elsewhere = (more: readonly string[]) =>
      capture(output, (recorder) => runCommandOn(installation, more, recorder));
    return runOn(command, { values, positionals, output, elsewhere, open: async () => installation });
  });
}

/** Runs a command. Its refusal is audited before it is reported. */
async function runOn(command: Command, call: Call): Promise<number> {
  try {
    return await command.run(call);
  } catch (problem) {
    await auditRefusedCommand(problem, command, call);
    throw problem;
  }
}

type Opened = Installation & { close(): Promise<void> };

async function runHere(command: Command, call: Omit<Call, 'open'>, opener: () => Promise<Opened>): Promise<number> {
  let opened: Promise<Opened> | undefined;
  const open = () => {
    opened ??= opener();
    return opened;
  };
  try {
    return await runOn(command, { ...call, open });
  } finally {
    await (await opened?.catch(() => undefined))?.close();
  }
}

const dataWords = ({ dataFolder, databaseUrl }: CliOptions): string[] => [
  ...(dataFolder ? ['--data', dataFolder] : []),
  ...(databaseUrl ? ['--database', databaseUrl] : []),
];

/** What a command prints; undefined when it failed. */
async function capture(output: Output, run: (output: Output) => Promise<number>): Promise<string | undefined> {
  const parts: string[] = [];
  const recorder: Output = { cwd: output.cwd, say: (text) => parts.push(text), complain: () => undefined };
  return (await run(recorder)) === 0 ? parts.join('') : undefined;
}
