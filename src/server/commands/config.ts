import { z } from 'zod';
import { answer, type Call, type Command } from '#cli/command.ts';
import { serveOptions, settingsOf } from '#cli/serve-options.ts';
import { CardeaError, messageOf, remedyOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { type Config, readConfig } from '../config.ts';
import { clock } from '../process/clock.ts';
import { startFindings } from '../settings/findings.ts';
import { settingsInForce } from '../settings/in-force.ts';
import { forgetFolder, rememberFolder } from '../settings/remembered-folder.ts';
import { settingsShape } from '../settings/shape.ts';

const configOf = (call: Call) => readConfig(settingsOf(call), process.env, call.output.cwd);

export const configShow: Command = {
  usage: 'config show',
  summary: 'Shows every setting in force and where its value comes from. Passwords and tokens in URLs are not shown.',
  takes: [0, 0],
  local: true,
  options: serveOptions,
  async run(call) {
    const settings = settingsInForce(configOf(call), settingsOf(call), process.env);
    const cells = settings.map(({ name, value, source }) => [name, value === undefined ? '' : String(value), source]);
    answer(call, settings, [['setting', 'value', 'source'], ...cells]);
    return 0;
  },
};

export const configCheck: Command = {
  usage: 'config check',
  summary:
    'Checks the settings, the files that they name, the TLS certificate, the database, the secret key and the clock as the server does when it starts. Exits with 1 if it finds a problem.',
  takes: [0, 0],
  local: true,
  options: serveOptions,
  async run(call) {
    const config = configOf(call);
    // No other command of these needs the database, which is half of what a start loads.
    const [{ findInstallation }, { checkFirstStart, checkOpeners }] = await Promise.all([
      import('../installation.ts'),
      import('../process/check-start.ts'),
    ]);
    const isThere = (await findInstallation(config)) !== 'none';
    await (isThere ? checkOpeners(config) : checkFirstStart(config));
    const offset = async () => (isThere ? readDatabase(config) : 0);
    const findings = await startFindings(config, clock.now(), offset);
    const document = findings.map((finding) => ({
      ...finding,
      message: messageOf(finding),
      remedy: remedyOf(finding),
    }));
    if (call.values.json) call.output.say(`${JSON.stringify(document, null, 2)}\n`);
    else call.output.say(findings.length === 0 ? 'The settings can be used.\n' : findingLines(findings));
    return findings.length === 0 ? 0 : 1;
  },
};

export const configSchema: Command = {
  usage: 'config schema',
  summary: 'Prints the JSON schema of cardea.json.',
  takes: [0, 0],
  local: true,
  options: {},
  async run(call) {
    const schema = z.toJSONSchema(settingsShape.omit({ dataFolder: true }), { io: 'input', unrepresentable: 'any' });
    const $schema = { description: 'The address of the JSON schema of this file, for an editor.', type: 'string' };
    const properties = { $schema, ...schema.properties };
    call.output.say(`${JSON.stringify({ title: 'cardea.json', ...schema, properties }, null, 2)}\n`);
    return 0;
  },
};

export const configRemember: Command = {
  usage: 'config remember [FOLDER]',
  summary:
    'Sets the default data folder for the commands of this user. Commands use it if neither --data nor CARDEA_DATA is specified and the folder "data" in the current folder has no installation. Without FOLDER, sets the data folder that is in force.',
  takes: [0, 1],
  local: true,
  options: {},
  async run(call) {
    const [folder] = call.positionals;
    const { dataFolder } = readConfig({ dataFolder: folder ?? call.values.data }, process.env, call.output.cwd);
    rememberFolder(dataFolder, process.env);
    call.output.say(call.values.json ? `${JSON.stringify({ dataFolder })}\n` : `Remembered: ${dataFolder}\n`);
    return 0;
  },
};

export const configForget: Command = {
  usage: 'config forget',
  summary: 'Removes the default data folder that "config remember" set.',
  takes: [0, 0],
  local: true,
  options: {},
  async run() {
    forgetFolder(process.env);
    return 0;
  },
};

/**
 * Reads the database, of an earlier version too, unless a server has it open. Answers its clock's offset, and refuses the port of a demo that
 * a start would serve. @throws as `openInstallation`
 */
async function readDatabase(config: Config): Promise<number> {
  const [{ openSealedStorage }, { checkDemo }] = [await import('../installation.ts'), await import('../demo.ts')];
  const opened = await openSealedStorage(config, { schema: 'read' }).catch((problem: unknown) => {
    if (problem instanceof CardeaError && problem.because.code === 'dataFolderInUse') return undefined;
    throw problem;
  });
  // A server has the folder, could open it, and made the demo of an empty installation. SQLite has the clock of this computer.
  if (!opened) {
    checkDemo(config, false);
    return 0;
  }
  try {
    checkDemo(config, (await opened.storage.tenants.list()).length === 0);
    return await opened.storage.clockOffset();
  } finally {
    await opened.storage.close();
  }
}

/** A sentence for each finding. What to do follows the last one of those that have the same remedy. */
export const findingLines = (findings: readonly Because[]): string =>
  [...Map.groupBy(findings, (finding) => remedyOf(finding) ?? '')]
    .map(([remedy, alike]) => `${alike.map(messageOf).join('\n')} ${remedy}`.trimEnd())
    .join('\n')
    .concat('\n');
