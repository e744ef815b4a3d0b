import { type Command, text } from '../../command.ts';
import { renewPrimaryToken } from '../../device/broker/primary-refresh-token.ts';
import { cardFrom, cardOptions, credentialFrom, nameOptions } from '../../device/options/card.ts';
import { contextOf, deviceOptions, sessionOptions, withBroker } from '../../device/options/context.ts';
import { showToken } from '../../device/options/show-token.ts';
import { keep } from './sign-in.ts';

export const deviceRenew: Command = {
  usage: 'device renew',
  summary:
    'Renews a primary refresh token, in a request that its session key signs. With a card, the user proves the certificate\nagain at the time of the renewal.',
  takes: [0, 0],
  options: { ...sessionOptions, ...cardOptions, ...nameOptions, ...deviceOptions },
  local: true,
  readsOnly: true,
  async run(call) {
    const context = contextOf(call);
    const newToken = await withBroker(call, context, async (broker) => {
      const token = context.state.token(text(call, 'kind'), text(call, 'user'));
      const card = cardFrom(call);
      const credential = card && (await (await credentialFrom(call, card, context)).unlock());
      return renewPrimaryToken(broker, token, credential);
    });
    keep(context, newToken);
    showToken(call, newToken, 'Renewed the primary refresh token of');
    return 0;
  },
};
