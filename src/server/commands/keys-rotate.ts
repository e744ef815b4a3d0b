import { z } from 'zod';
import type { Call, Command } from '#cli/command.ts';
import { fault } from '#core/trace/fault.ts';
import { fingerprintsOf, openSealing, removeOlderSecrets, rotateSecret } from '#keys/sealing.ts';
import { requireJson } from '#schema/json.ts';
import { readConfig } from '../config.ts';
import { secretKeyFrom } from '../settings/secrets/secret-key.ts';

export const keysRotate: Command = {
  usage: 'keys rotate',
  summary:
    'Adds a new first secret to secret.key and, if no server is running, seals every row with it. The older secrets can still open existing rows.',
  takes: [0, 0],
  local: true,
  options: {},
  async run(call) {
    const dataFolder = await folderOfSecret(
      call,
      'Add a new secret after the others there, restart each node, and continue with the steps of "A new secret key" in docs/settings.md',
    );
    rotateSecret(dataFolder);
    const [newest] = fingerprintsOf(openSealing(dataFolder, undefined));
    const isInUse = (await statusOf(call))?.secrets[0] === newest;
    const isResealed = isInUse && (await call.elsewhere(['keys', 'reseal'])).exit === 0;
    call.output.say(
      isResealed
        ? 'secret.key has a new secret, and every row is sealed with it. Make a new backup. "cardea keys retire" removes the older secrets.\n'
        : 'secret.key has a new secret. Restart the server to use it, run "cardea keys reseal", and make a new backup.\n',
    );
    return 0;
  },
};

export const keysRetire: Command = {
  usage: 'keys retire',
  summary:
    'Removes all secrets except the first from secret.key if no row is sealed with them. Cookies and device tokens of a removed secret are not valid after the next start.',
  takes: [0, 0],
  local: true,
  options: {},
  async run(call) {
    const dataFolder = await folderOfSecret(call, 'Remove the older secrets there, and restart each node');
    const status = await statusOf(call);
    const [newest] = fingerprintsOf(openSealing(dataFolder, undefined));
    const problem = retireProblem(status, newest);
    if (problem !== undefined) throw fault('commandMisused', { problem });
    removeOlderSecrets(dataFolder);
    call.output.say(
      'secret.key now contains only the newest secret. Make a new backup. Older backups need the secrets that were in use when they were made.\n',
    );
    return 0;
  },
};

/** What is read here of the answer of `keys status --json`. */
const sealedRows = z.object({ secrets: z.array(z.string()), rows: z.array(z.number()), unreadable: z.number() });
type SealedRows = z.infer<typeof sealedRows>;
const serverOfAnotherVersion = (problem: string) =>
  fault('commandMisused', {
    problem: `The server answers "cardea keys status" in another form (${problem}). Restart it, then repeat the command.`,
  });

/** Why the older secrets cannot leave `secret.key` yet. */
function retireProblem(status: SealedRows | undefined, newest: string | undefined): string | undefined {
  if (!status)
    return 'The keys of the installation cannot be read. Run "cardea keys status" and correct the problem that it reports.';
  if (status.secrets[0] !== newest)
    return 'The running server seals with an older secret. Restart the server, then run "cardea keys reseal".';
  const older = status.rows.slice(1).reduce((sum, count) => sum + count, 0);
  if (older > 0) return `Older secrets sealed ${older} of the rows. Run "cardea keys reseal" first.`;
  if (status.unreadable > 0)
    return `No secret opens ${status.unreadable} of the rows. Restore the secret that sealed them first.`;
  return undefined;
}

/** The data folder whose `secret.key` is changed. @throws commandMisused where the secret key is kept elsewhere; installationMissing, databaseOlder */
async function folderOfSecret(call: Call, instruction: string): Promise<string> {
  const elsewhere = secretKeyFrom(process.env);
  if (elsewhere) {
    const problem = `The secret key comes from ${elsewhere.source}. ${instruction}.`;
    throw fault('commandMisused', { problem });
  }
  const { data: dataFolder, database: databaseUrl } = call.values;
  const config = readConfig({ dataFolder, databaseUrl }, process.env, call.output.cwd);
  const { requireInstallation } = await import('../installation.ts');
  await requireInstallation(config, 'require');
  return config.dataFolder;
}

/** What the server that holds the data folder says of the keys, or this process where none does. */
async function statusOf(call: Call): Promise<SealedRows | undefined> {
  const { exit, out } = await call.elsewhere(['keys', 'status', '--json']);
  return exit === 0 ? requireJson(sealedRows, out, serverOfAnotherVersion) : undefined;
}
