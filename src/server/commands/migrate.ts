import { answer, type Command } from '#cli/command.ts';
import { type Config, readConfig } from '../config.ts';
import { logOf } from '../log.ts';

export const migrate: Command = {
  usage: 'migrate',
  summary:
    'Upgrades the database to this version, as the server does when it starts. With --plan, lists the migrations and when each\nwas applied, and changes nothing.',
  takes: [0, 0],
  local: true,
  readsOnly: true,
  options: {
    plan: { type: 'boolean', help: 'Change nothing. List the migrations.' },
    reindex: {
      type: 'boolean',
      help: 'Rebuild the index of directory lists. Use it when no node of version 0.2.0 is running.',
    },
  },
  async run(call) {
    const { data, database } = call.values;
    const config = readConfig({ dataFolder: data, databaseUrl: database }, process.env, call.output.cwd);
    const { placeOf, requireInstallation } = await import('../installation.ts');
    await requireInstallation(config, 'read');
    if (call.values.plan !== true) await bringUpToDate(config, call.values.reindex === true);
    const { planMigrations } = await import('#storage/database/open.ts');
    const plan = await planMigrations(placeOf(config));
    const rows = plan.map(({ name, checksum, appliedDateTime }) => [
      name,
      checksum,
      appliedDateTime ?? 'to be applied',
    ]);
    answer(call, plan, [['migration', 'checksum', 'applied'], ...rows]);
    return 0;
  },
};

async function bringUpToDate(config: Config, isReindexed: boolean): Promise<void> {
  const { openInstallation } = await import('../installation.ts');
  const installation = await openInstallation(config, logOf('warn'));
  try {
    if (isReindexed) await installation.storage.rebuildIndex();
  } finally {
    await installation.close();
  }
}
