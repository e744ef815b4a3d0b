import type { Command } from '#cli/command.ts';
import { introduceDemo, makeDemoTenant } from '#cli/demo.ts';
import { serveOptions, settingsOf } from '#cli/serve-options.ts';
import { readConfig } from '../config.ts';
import { demoPkiOf } from '../demo.ts';
import { logOf } from '../log.ts';
import { checkDemoPort } from '../settings/ports.ts';

export const demo: Command = {
  usage: 'demo',
  summary: 'Creates the demo tenant Woodgrove, its PKI and its cards in a data folder, without starting a server.',
  takes: [0, 0],
  local: true,
  options: serveOptions,
  async run(call) {
    const config = readConfig(settingsOf(call), process.env, call.output.cwd);
    checkDemoPort(config); // before anything is made
    const { openInstallation } = await import('../installation.ts');
    const installation = await openInstallation(config, logOf(config.logLevel), { schema: 'create' });
    try {
      const pki = demoPkiOf(config);
      const demoTenant = await makeDemoTenant(pki, installation);
      call.output.say(
        demoTenant
          ? introduceDemo(pki, config.dataFolder, config.loginOrigin)
          : 'The tenant Woodgrove already exists.\n',
      );
      return 0;
    } finally {
      await installation.close();
    }
  },
};
