import type { Command } from '#cli/command.ts';
import { fault } from '#core/trace/fault.ts';
import { readConfig } from '../config.ts';
import { openInstallation } from '../installation.ts';
import { logOf } from '../log.ts';

export const keysReset: Command = {
  usage: 'keys reset',
  summary:
    'Makes an installation usable whose secret.key is lost. Signing keys and registered authentication methods are removed.',
  takes: [0, 0],
  local: true,
  options: { confirm: { type: 'boolean', help: 'say that what the lost key sealed may be removed' } },
  async run(call) {
    if (call.values.confirm !== true) {
      const problem =
        'this removes all signing keys (every token ends), and all passwords, authenticator apps, passkeys and Temporary Access Passes; certificates, users and policies stay. Give --confirm';
      throw fault('commandMisused', { problem });
    }
    const config = readConfig(
      { dataFolder: call.values.data, databaseUrl: call.values.database },
      process.env,
      call.output.cwd,
    );
    const installation = await openInstallation(config, logOf('warn'), { resetKeys: true });
    await installation.close();
    call.output.say('The keys were reset. New signing keys are made when they are first needed.\n');
    return 0;
  },
};
