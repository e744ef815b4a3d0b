import { fault } from '#core/trace/fault.ts';
import { answer, type BackupReport, type Call, type Command, type Option, text } from '../../command.ts';

/** Characters of the shortest passphrase of a backup. */
const leastPassphrase = 12;

/** Of `backup` and `restore`. */
export const passphraseOption: Record<string, Option> = {
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    help: 'File with the passphrase of the secrets in its first line.',
  },
};

export const backupCommand: Command = {
  usage: 'backup FILE',
  summary:
    'Backs up the installation to a new file while the server runs. With a passphrase, the file also contains the secret key, TLS keys and settings.',
  takes: [1, 1],
  readsOnly: true,
  readsOlder: true,
  options: passphraseOption,
  async run(call) {
    const { backup } = await call.open();
    const passphrase = await passphraseOf(call);
    const file = call.positionals[0]!;
    const report = await backup({ file, write: (make) => call.files.write(file, make), passphrase });
    answer(call, report, [
      ['file', 'bytes', 'SHA-256', 'secrets'],
      [report.file, `${report.bytes}`, report.sha256, report.secrets.join(' ') || 'none'],
    ]);
    if (!call.values.json) for (const note of notesOf(report)) call.output.complain(`${note}\n`);
    return 0;
  },
};

/** The first line of the file that `--passphrase-file` names. @throws fileUnreadable, commandMisused */
export async function passphraseOf(call: Pick<Call, 'values' | 'files'>): Promise<string | undefined> {
  const file = text(call, 'passphrase-file');
  if (file === undefined) return undefined;
  const passphrase = new TextDecoder().decode(await call.files.read(file)).split(/\r?\n/)[0]!;
  if (passphrase.length >= leastPassphrase) return passphrase;
  const problem = `--passphrase-file: The passphrase has ${passphrase.length} characters. At least ${leastPassphrase} are required.`;
  throw fault('commandMisused', { problem });
}

function notesOf({ secrets, hasDatabase }: BackupReport): readonly string[] {
  const key =
    'The secret key is not in the backup. Store secret.key of the data folder (or CARDEA_SECRET_KEY) elsewhere, or use --passphrase-file.';
  const rows = 'The rows are in PostgreSQL: back them up with pg_dump --format=custom.';
  return [...(secrets.includes('secret.key') ? [] : [key]), ...(hasDatabase ? [] : [rows])];
}
