import type { Command } from '#cli/command.ts';
import { introduceDemo, makeDemoTenant } from '#cli/demo.ts';
import { serveOptions, settingsOf } from '#cli/serve-options.ts';
import { readConfig } from '../config.ts';
import { demoPkiOf } from '../demo.ts';
import { openInstallation } from '../installation.ts';
import { logOf } from '../log.ts';

export const demo: Command = {
  usage: 'demo',
  summary: 'Makes the demo tenant Woodgrove with its PKI and cards in a data folder, without starting a server.',
  takes: [0, 0],
  local: true,
  options: serveOptions,
  async run(call) {
    const config = readConfig(settingsOf(call), process.env, call.output.cwd);
    const installation = await openInstallation(config, logOf(config.logLevel));
    try {
      const pki = demoPkiOf(config);
      const demoTenant = await makeDemoTenant(pki, installation);
      call.output.say(
        demoTenant
          ? introduceDemo(pki, config.dataFolder, config.loginOrigin)
          : 'The tenant Woodgrove is there already.\n',
      );
      return 0;
    } finally {
      await installation.close();
    }
  },
};
