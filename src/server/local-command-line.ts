import type { Output } from '#cli/command.ts';
import { askServer } from '#cli/remote.ts';
import { type CliHost, type CliOptions, runCommand } from '#cli/run.ts';
import { asOneOperation } from '#storage/database/audits/correlation.ts';
import { configCheck, configForget, configRemember, configSchema, configShow } from './commands/config.ts';
import { demo } from './commands/demo.ts';
import { keysReset } from './commands/keys-reset.ts';
import { keysRetire, keysRotate } from './commands/keys-rotate.ts';
import { migrate } from './commands/migrate.ts';
import { restore } from './commands/restore.ts';
import { serve } from './commands/serve.ts';
import { shellCommands } from './commands/shell.ts';
import { readConfig } from './config.ts';
import { openInstallation } from './installation.ts';
import { logOf } from './log.ts';

/** Runs one command line in this process. Resolves with its exit code. */
export const runLocally = (words: readonly string[], output: Output): Promise<number> =>
  asOneOperation(() => runCommand(words, output, hostOf(output)));

/** What the command line cannot do by itself: it needs settings, storage and listeners. */
function hostOf(output: Output): CliHost {
  const configOf = ({ dataFolder, databaseUrl }: CliOptions) =>
    readConfig({ dataFolder, databaseUrl }, process.env, output.cwd);
  return {
    commands: shellCommands([
      serve,
      demo,
      configShow,
      configCheck,
      configSchema,
      configRemember,
      configForget,
      keysReset,
      keysRetire,
      keysRotate,
      migrate,
      restore,
    ]),
    open: (options, { creates }) => openInstallation(configOf(options), logOf('warn'), { mustExist: !creates }),
    askServer: (options, words, own) => askServer(configOf(options).dataFolder, words, own),
  };
}
