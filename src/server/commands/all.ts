import { configCheck, configForget, configRemember, configSchema, configShow } from './config.ts';
import { demo } from './demo.ts';
import { keysReset } from './keys-reset.ts';
import { keysRetire, keysRotate } from './keys-rotate.ts';
import { migrate } from './migrate.ts';
import { restore } from './restore.ts';
import { serve } from './serve.ts';
import { shellCommands } from './shell.ts';

/** The commands that make or run an installation, and those that know every command. */
export const commands = shellCommands([
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
]);
