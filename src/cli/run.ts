import { fault } from '#core/trace/fault.ts';
import { type Answer, type Call, type Command, type Installation, nameOf, type Output, text } from './command.ts';
import { type Files, localFiles } from './input/files.ts';
import { exitCodeWords } from './output/exit-codes.ts';
import { escaping, reportFaults } from './output/report.ts';
import { type ProgramTexts, readCommandLine } from './program.ts';
import { auditRefusedCommand } from './refusals.ts';
import { packageVersion } from './version.ts';

/** What the command line needs from `server`. */
export interface CliHost {
  /** The commands that make or run an installation. */
  readonly commands: readonly Command[];
  /** The data folder that `--data`, the environment or the user's default names. */
  dataFolderOf(cliOptions: CliOptions): string;
  /** Opens the installation that `--data` and `--database` name. The caller closes it. */
  open(cliOptions: CliOptions, intent: OpenIntent): Promise<Installation & { close(): Promise<void> }>;
  /** Runs the command in the server that holds the data folder; undefined when no server does. */
  askServer(cliOptions: CliOptions, words: readonly string[], output: Output): Promise<number | undefined>;
}
/** What a command may do to the database as it opens it. */
export interface OpenIntent {
  /** Creates an installation where there is none. */
  readonly creates: boolean;
  /** Reads the database of an earlier version, and changes nothing. Others refuse it. */
  readonly readsOlder: boolean;
}
/** Where the data is, from the options of the command line. */
export interface CliOptions {
  readonly dataFolder: string | undefined;
  readonly databaseUrl: string | undefined;
}

/** Every command that works on an installation. Loading them takes a tenth of the processor time of a start, and `serve` needs none. */
const loadHousekeeping = async (): Promise<readonly Command[]> =>
  (await import('./shell/housekeeping.ts')).housekeeping;

/** Exit codes: see exit-codes.ts. */
export async function runCommand(words: readonly string[], terminal: Output, host: CliHost): Promise<number> {
  const output = escaping(terminal);
  return reportFaults(output, words.includes('--json'), async () => {
    const isOfHost = host.commands.some(({ usage }) => usage === words[0]);
    const commands = isOfHost ? host.commands : [...host.commands, ...(await loadHousekeeping())];
    const line = readCommandLine(words, commands, texts(), output);
    if ('exit' in line) return line.exit;
    const { command, values, positionals } = line;
    const cliOptions = { dataFolder: text({ values }, 'data'), databaseUrl: text({ values }, 'database') };
    const dataFolder = () => host.dataFolderOf(cliOptions);
    const elsewhere = (more: readonly string[]) =>
      capture(output, (recorder) => runCommand([...more, ...dataWords(cliOptions)], recorder, host));
    const exit = command.local ? undefined : await host.askServer(cliOptions, words, output);
    return (
      exit ??
      runHere(command, { values, positionals, output, files: localFiles(output.cwd), dataFolder, elsewhere }, () =>
        host.open(cliOptions, { creates: command.creates === true, readsOlder: command.readsOlder === true }),
      )
    );
  });
}

const texts = (): ProgramTexts => ({
  version: `cardea ${packageVersion()}`,
  footer: `Run \`cardea COMMAND --help\` for the options of a command.\nExit codes: ${exitCodeWords}.`,
});

/**
 * Runs a command on an installation that is open already: the server does this for a command line that asks it.
 * @param client its output, and its files: a command reads and writes no others
 */
export async function runCommandOn(
  installation: Installation,
  words: readonly string[],
  { output: terminal, files }: { readonly output: Output; readonly files: Files },
): Promise<number> {
  const output = escaping(terminal);
  return reportFaults(output, words.includes('--json'), async () => {
    const line = readCommandLine(words, await loadHousekeeping(), texts(), output);
    if ('exit' in line) return line.exit;
    const { command, values, positionals } = line;
    if (command.local) {
      const problem = `"${nameOf(command).join(' ')}" does not run inside a server. Stop the server first.`;
      throw fault('commandMisused', { problem });
    }
    const elsewhere = (more: readonly string[]) =>
      capture(output, (recorder) => runCommandOn(installation, more, { output: recorder, files }));
    const dataFolder = () => undefined;
    return runOn(command, {
      values,
      positionals,
      output,
      files,
      dataFolder,
      elsewhere,
      open: async () => installation,
    });
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

async function capture(output: Output, run: (output: Output) => Promise<number>): Promise<Answer> {
  const parts: string[] = [];
  const recorder: Output = { cwd: output.cwd, say: (text) => parts.push(text), complain: () => undefined };
  const exit = await run(recorder);
  return { exit, out: parts.join('') };
}
