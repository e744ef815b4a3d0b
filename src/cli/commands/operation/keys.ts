import { answer, type Command } from '../../command.ts';

export const keysStatus: Command = {
  usage: 'keys status',
  summary:
    'Shows the source of the secret key, the fingerprint of each secret with the number of rows that it sealed, and the signing keys of each tenant.',
  takes: [0, 0],
  readsOnly: true,
  readsOlder: true,
  options: {},
  async run(call) {
    const { keyStatus } = await call.open();
    const status = await keyStatus();
    const secrets = status.secrets.map((fingerprint, index) => [
      'secret',
      fingerprint,
      `${index === 0 ? 'seals and signs' : 'opens what it sealed'}, ${rowsInWords(status.rows[index]!)}`,
      status.source,
    ]);
    const keys = status.signingKeys.map(({ kid, tenant, token, createdDateTime }) => [
      'signing key',
      kid,
      `made ${createdDateTime.toISOString()}${token === undefined ? '' : `, on the token ${token}`}`,
      tenant,
    ]);
    answer(call, status, [['kind', 'key', 'use', 'source or tenant'], ...secrets, ...keys]);
    if (status.unreadable > 0 && !call.values.json)
      call.output.complain(`No secret opens ${rowsInWords(status.unreadable)}. Restore the secret that sealed them.\n`);
    return 0;
  },
};

export const keysReseal: Command = {
  usage: 'keys reseal',
  summary:
    'Reseals every row that was sealed with an older secret, using the first secret, while the server runs. If the command is interrupted, run it again.',
  takes: [0, 0],
  options: {},
  async run(call) {
    const { reseal, keyStatus } = await call.open();
    const resealed = await reseal();
    const { rows, secrets, unreadable } = await keyStatus();
    const older = rows.slice(1).reduce((sum, count) => sum + count, 0);
    answer(call, { resealed, olderSecrets: secrets.length - 1, rowsOfOlderSecrets: older, unreadable }, [
      ['sealed again', 'under the first secret', 'under older secrets', 'that no secret opens'],
      [resealed, rows[0]!, older, unreadable].map(String),
    ]);
    return older + unreadable === 0 ? 0 : 1;
  },
};

const rowsInWords = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);
