import type { Command } from '#cli/command.ts';
import { fault } from '#core/trace/fault.ts';
import { readConfig } from '../config.ts';
import { logOf } from '../log.ts';

export const keysReset: Command = {
  usage: 'keys reset',
  summary:
    'Resets an installation whose secret.key is lost. Removes the signing keys and the registered authentication methods.',
  takes: [0, 0],
  local: true,
  options: { confirm: { type: 'boolean', help: 'Confirm that data encrypted with the lost key may be removed.' } },
  async run(call) {
    if (call.values.confirm !== true) {
      const problem =
        '--confirm is required. This command removes all signing keys (tokens become invalid), passwords, authenticator apps, passkeys and Temporary Access Passes. Certificates, users and policies are not changed.';
      throw fault('commandMisused', { problem });
    }
    const config = readConfig(
      { dataFolder: call.values.data, databaseUrl: call.values.database },
      process.env,
      call.output.cwd,
    );
    const { openInstallation } = await import('../installation.ts');
    const installation = await openInstallation(config, logOf('warn'), { resetKeys: true, schema: 'require' });
    await installation.close();
    call.output.say('The keys were reset. New signing keys are created when they are first needed.\n');
    return 0;
  },
};
