import type { Command, Output } from '#cli/command.ts';
import { askServer } from '#cli/remote/remote.ts';
import { type CliHost, type CliOptions, runCommand } from '#cli/run.ts';
import { asOneOperation } from '#storage/database/audits/correlation.ts';
import { serve } from './commands/serve.ts';
import { readConfig } from './config.ts';
import { logOf } from './log.ts';

/** Runs one command line in this process. Resolves with its exit code. */
export const runLocally = async (words: readonly string[], output: Output): Promise<number> => {
  const host = hostOf(await commandsFor(words), output);
  return asOneOperation(() => runCommand(words, output, host));
};

/** A server starts its first worker before it loads anything that it does not need until then. */
const commandsFor = async (words: readonly string[]): Promise<readonly Command[]> =>
  words[0] === serve.usage ? [serve] : (await import('./commands/all.ts')).commands;

/** What the command line cannot do by itself: it needs settings, storage and listeners. */
function hostOf(commands: readonly Command[], output: Output): CliHost {
  const configOf = ({ dataFolder, databaseUrl }: CliOptions) =>
    readConfig({ dataFolder, databaseUrl }, process.env, output.cwd);
  return {
    commands,
    dataFolderOf: (options) => configOf(options).dataFolder,
    async open(options, { creates, readsOlder }) {
      const { openInstallation } = await import('./installation.ts');
      const schema = readsOlder ? 'read' : creates ? 'create' : 'require';
      return openInstallation(configOf(options), logOf('warn'), { schema });
    },
    askServer: (options, words, commandInput) => askServer(configOf(options).dataFolder, words, commandInput),
  };
}
