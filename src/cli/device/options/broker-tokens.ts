import { chooseSignInName } from '#core/device/sign-in-name.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import type { CardInReader } from '../../client/browser.ts';
import { cardOf, pemOfKey } from '../../client/card.ts';
import { tokenCard } from '../../client/token-card.ts';
import { type Call, text } from '../../command.ts';
import { type BrokerTokens, tokensByCard, tokensByDeviceCode } from '../registration/registration-token.ts';
import type { DeviceServer } from '../wire/device-server.ts';
import { cardFrom, certificateFrom, pinOf } from './card.ts';
import type { DeviceContext } from './context.ts';

/** Tokens of the authentication broker: with the card that the options name, or with a code in any browser. */
export async function brokerTokens(
  call: Call,
  context: DeviceContext,
  server: DeviceServer,
  { origin, tenant }: { readonly origin: string; readonly tenant: string },
): Promise<BrokerTokens> {
  const card = await readerCard(call, context);
  context.transcript.step('A token for device registration, as the authentication broker (windows-sign-in 2.1)');
  if (card) return tokensByCard(origin, tenant, { ...card, network: context.network });
  return tokensByDeviceCode(server, origin, tenant, (message) => call.output.complain(`${message}\n`));
}

/** The card as TLS wants it, and the name to type; undefined where the options name no card. */
async function readerCard(call: Call, { now }: DeviceContext) {
  const source = cardFrom(call);
  if (!source) return undefined;
  const { certificate, keyUri } = await certificateFrom(call, source, now());
  const username = text(call, 'user') ?? nameIn(certificate);
  const module = text(call, 'module');
  const card: CardInReader =
    module === undefined || keyUri === undefined
      ? fileCard(call)
      : await tokenCard(`${keyUri}?module-path=${module}`, () => pinOf(call));
  return { card, username };
}

function fileCard(call: Call): CardInReader {
  const card = cardOf(text(call, 'certificate-file')!, text(call, 'password'), call.output.cwd);
  const chain = [card, ...card.chain].map(({ der }) => pem('CERTIFICATE', der)).join('');
  return { cert: chain, key: pemOfKey(card.privateKey) };
}

/** The name in the certificate. @throws hintNeeded */
function nameIn(certificate: Certificate): string {
  return orThrow(
    chooseSignInName({
      join: 'entra',
      certificate,
      hint: undefined,
      cachedUserPrincipalName: undefined,
      activeDirectoryName: undefined,
    }),
  ).name;
}
