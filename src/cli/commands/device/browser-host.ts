import type { Command } from '../../command.ts';
import { fetchNonce } from '../../device/broker/broker.ts';
import { refreshTokenCookie } from '../../device/broker/token-use.ts';
import { answerBrowser, type BrowserSession } from '../../device/browser/answer-browser.ts';
import { encodeMessage, readMessages } from '../../device/browser/native-messages.ts';
import { contextOf, type DeviceContext, deviceOptions, withBroker } from '../../device/options/context.ts';
import { packageVersion } from '../../version.ts';

export const deviceBrowserHost: Command = {
  usage: 'device browser-host [MANIFEST] [EXTENSION] [WINDOW]',
  summary:
    'Serves as the native messaging host of browser extensions, and signs the user of this session in to the sign-in pages. Supports\nGetCookies of the Windows accounts extension, and the commands of linux-entra-sso.',
  takes: [0, 3],
  options: {
    announce: { type: 'boolean', help: 'First announce that the broker is online, which linux-entra-sso expects.' },
    ...deviceOptions,
  },
  local: true,
  readsOnly: true,
  async run(call) {
    const send = (message: object) => process.stdout.write(encodeMessage(message));
    if (call.values.announce) send({ command: 'brokerStateChanged', message: 'online' });
    for await (const message of readMessages(process.stdin)) {
      // A session may end, and another begin, while the browser runs.
      const open = () => {
        const context = contextOf(call);
        return sessionOf(context, (work) => withBroker(call, context, work));
      };
      send(await answerBrowser(open, message));
    }
    return 0;
  },
};

type WithBroker = <T>(work: Parameters<typeof withBroker<T>>[2]) => Promise<T>;

const sessionOf = ({ state }: DeviceContext, using: WithBroker): BrowserSession => ({
  record: state.record(),
  tokens: state.tokens(),
  version: packageVersion(),
  credential: (token, nonce) =>
    using(async (broker) => refreshTokenCookie(broker, token, nonce ?? (await fetchNonce(broker)))),
});
