import type { Command } from '#cli/command.ts';
import { fault } from '#core/trace/fault.ts';
import { rotateSecret } from '#keys/sealing.ts';
import { readConfig } from '../config.ts';
import { secretKeyFrom } from '../settings/secret-key.ts';

export const keysRotate: Command = {
  usage: 'keys rotate',
  summary:
    'Puts a new secret before those in secret.key. A server that is started afterwards seals and signs with it; the older secrets still open what they sealed.',
  takes: [0, 0],
  local: true,
  options: {},
  async run(call) {
    const elsewhere = secretKeyFrom(process.env);
    if (elsewhere) {
      const problem = `The secret key comes from ${elsewhere.source}. Put a new secret before the others there, with a comma between them, and restart the server.`;
      throw fault('commandMisused', { problem });
    }
    const { dataFolder } = readConfig({ dataFolder: call.values.data }, process.env, call.output.cwd);
    rotateSecret(dataFolder);
    call.output.say('secret.key has a new secret. Restart the server to use it, and make a new backup.\n');
    return 0;
  },
};
