import type { Command } from '#cli/command.ts';
import { serveOptions, settingsOf } from '#cli/serve-options.ts';
import { readConfig } from '../config.ts';
import { logOf } from '../log.ts';
import type { Workers } from '../workers/workers.ts';

export const serve: Command = {
  usage: 'serve',
  summary: 'Runs the server. In an empty installation, creates the demo tenant Woodgrove with cards to try.',
  takes: [0, 0],
  local: true,
  options: serveOptions,
  async run(call) {
    const settings = settingsOf(call);
    const config = readConfig(settings, process.env, call.output.cwd);
    const log = logOf(config.logLevel);
    await using opened = new AsyncDisposableStack();
    let workers: Workers | undefined;
    if (config.workers > 1) {
      // The first worker loads its code while this process loads its own and opens the installation.
      const { openWorkers } = await import('../workers/open-workers.ts');
      workers = openWorkers(config, settings, log);
      opened.defer(() => workers?.close()); // a later step fails
    }
    // The listeners are half of what a start loads, and no other command needs them.
    const { serveUntilStopped } = await import('../process/serve-until-stopped.ts');
    await serveUntilStopped(config, call.output, { log, workers });
    return 0;
  },
};
