import type { Command } from '#cli/command.ts';
import { introduceDemo } from '#cli/demo.ts';
import { serveOptions, settingsOf } from '#cli/serve-options.ts';
import { type Config, readConfig } from '../config.ts';
import { demoPkiOf, hasDemo } from '../demo.ts';
import { openInstallation } from '../installation.ts';
import { logOf } from '../log.ts';
import { startServer } from '../start.ts';

export const serve: Command = {
  usage: 'serve',
  summary: 'Runs the server. In an empty installation, creates the demo tenant Woodgrove with cards to try.',
  takes: [0, 0],
  local: true,
  options: serveOptions,
  async run(call) {
    const config = readConfig(settingsOf(call), process.env, call.output.cwd);
    const log = logOf(config.logLevel);
    const installation = await openInstallation(config, log);
    await using _server = await startServer(config, installation, log);
    call.output.say(greetingOf(config));
    await stopSignal();
    return 0;
  },
};

const greetingOf = (config: Config): string => `Cardea is running.\n
  Login          ${config.loginOrigin}
  Certificates   ${config.certauthOrigin}
  My Apps        ${config.loginOrigin}/myapps
  Data folder    ${config.dataFolder}
${hasDemo(config) ? introduceDemo(demoPkiOf(config), config.dataFolder, config.loginOrigin) : ''}`;

/** Resolves at the first SIGINT or SIGTERM. A second one, of either kind, ends the process without waiting. */
function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    let count = 0;
    for (const [signal, number] of [
      ['SIGINT', 2],
      ['SIGTERM', 15],
    ] as const) {
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(128 + number);
        stop();
      });
    }
  });
}
