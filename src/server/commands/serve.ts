import type { Command } from '#cli/command.ts';
import { serveOptions, settingsOf } from '#cli/serve-options.ts';
import { readConfig } from '../config.ts';

export const serve: Command = {
  usage: 'serve',
  summary: 'Runs the server. In an empty installation, creates the demo tenant Woodgrove with cards to try.',
  takes: [0, 0],
  local: true,
  options: serveOptions,
  async run(call) {
    const config = readConfig(settingsOf(call), process.env, call.output.cwd);
    // The listeners are half of what a start loads, and no other command needs them.
    const { serveUntilStopped } = await import('../process/serve-until-stopped.ts');
    await serveUntilStopped(config, settingsOf(call), call.output);
    return 0;
  },
};
