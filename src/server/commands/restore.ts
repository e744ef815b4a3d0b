import { resolve } from 'node:path';
import { answer, type Call, type Command, text } from '#cli/command.ts';
import { passphraseOf, passphraseOption } from '#cli/commands/operation/backup.ts';
import { fault } from '#core/trace/fault.ts';
import type { RestoreReport } from '../backup/restore-backup.ts';
import { readConfig } from '../config.ts';

export const restore: Command = {
  usage: 'restore FILE',
  summary:
    'Restores a backup to a data folder that has no installation. With --verify, checks that the backup can be restored.',
  takes: [1, 1],
  local: true,
  options: {
    ...passphraseOption,
    sha256: {
      type: 'string',
      value: 'HEX',
      help: 'SHA-256 hash that the backup must have, as "cardea backup" printed it.',
    },
    verify: { type: 'boolean', help: 'Restore into a temporary folder, open it, and remove it again.' },
  },
  async run(call) {
    const file = resolve(call.output.cwd, call.positionals[0]!);
    const source = { file, passphrase: await passphraseOf(call), sha256: hashOf(call) };
    const folder = readConfig({ dataFolder: call.values.data }, process.env, call.output.cwd).dataFolder;
    const isTrial = call.values.verify === true;
    const { restoreBackup, verifyBackup } = await import('../backup/restore-backup.ts');
    const report = await (isTrial ? verifyBackup(source) : restoreBackup({ ...source, folder }));
    answer(call, { ...report, ...(isTrial ? { verified: true } : { dataFolder: folder }) }, [
      ['part', 'result'],
      ['written', `${report.createdDateTime} by Cardea ${report.version}`],
      ['database', databaseWords(report)],
      [
        'secrets',
        report.secrets === undefined ? 'not opened: no passphrase was specified' : report.secrets.join(' ') || 'none',
      ],
      ['data folder', isTrial ? 'not changed' : folder],
    ]);
    return 0;
  },
};

/** @throws commandMisused */
function hashOf(call: Call): string | undefined {
  const hash = text(call, 'sha256');
  if (hash === undefined || /^[0-9a-f]{64}$/i.test(hash)) return hash;
  throw fault('commandMisused', { problem: '--sha256: A SHA-256 hash has 64 hexadecimal digits.' });
}

function databaseWords({ hasDatabase, tenants }: RestoreReport): string {
  if (!hasDatabase) return 'in PostgreSQL: restore it with pg_restore';
  if (tenants === undefined) return 'intact; put secret.key into the data folder before you start the server';
  return `opened, ${tenants.length === 1 ? '1 tenant' : `${tenants.length} tenants`}: ${tenants.map(([domain]) => domain).join(' ')}`;
}
