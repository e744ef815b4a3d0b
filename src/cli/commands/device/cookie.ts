import { fault } from '#core/trace/fault.ts';
import { type Call, type Command, text } from '../../command.ts';
import { fetchNonce } from '../../device/broker/broker.ts';
import { deviceCookie, nonceIn, refreshTokenCookie } from '../../device/broker/token-use.ts';
import { contextOf, deviceOptions, sessionOptions, withBroker } from '../../device/options/context.ts';

export const deviceCookieCommand: Command = {
  usage: 'device cookie [URL]',
  summary:
    'Prints the x-ms-RefreshTokenCredential that signs the user of a primary refresh token in to the sign-in pages, as a\nheader or cookie. The nonce is the sso_nonce of the URL, of --nonce, or a new one.',
  takes: [0, 1],
  options: {
    nonce: { type: 'string', value: 'TEXT', help: 'The nonce of the sign-in page.' },
    device: { type: 'boolean', help: 'Print x-ms-DeviceCredential, which authenticates the device without a user.' },
    ...sessionOptions,
    ...deviceOptions,
  },
  local: true,
  readsOnly: true,
  async run(call) {
    const context = contextOf(call);
    const pageNonce = nonceOf(call);
    const { name, data } = await withBroker(call, context, async (broker) => {
      const nonce = pageNonce ?? (await fetchNonce(broker));
      if (call.values.device) return deviceCookie(broker, nonce);
      return refreshTokenCookie(broker, context.state.token(text(call, 'kind'), text(call, 'user')), nonce);
    });
    call.output.say(call.values.json ? `${JSON.stringify({ name, data }, null, 2)}\n` : `${data}\n`);
    return 0;
  },
};

/** The nonce that the options or the address of a sign-in page name. @throws commandMisused */
function nonceOf(call: Call): string | undefined {
  const [address] = call.positionals;
  if (address === undefined) return text(call, 'nonce');
  if (!URL.canParse(address)) throw fault('commandMisused', { problem: `${address} is not the address of a page.` });
  return text(call, 'nonce') ?? nonceIn(address);
}
