import { answer, type Command } from '../../command.ts';

export const keysStatus: Command = {
  usage: 'keys status',
  summary:
    'Shows where the secret key comes from and the fingerprint of each secret, and the signing keys of each tenant.',
  takes: [0, 0],
  readsOnly: true,
  options: {},
  async run(call) {
    const { keyStatus } = await call.open();
    const status = await keyStatus();
    const secrets = status.secrets.map((fingerprint, index) => [
      'secret',
      fingerprint,
      index === 0 ? 'seals and signs' : 'opens what it sealed',
      status.source,
    ]);
    const keys = status.signingKeys.map(({ kid, tenant, createdDateTime }) => [
      'signing key',
      kid,
      `made ${createdDateTime.toISOString()}`,
      tenant,
    ]);
    answer(call, status, [['kind', 'key', 'use', 'source or tenant'], ...secrets, ...keys]);
    return 0;
  },
};
