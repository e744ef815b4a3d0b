import { fault } from '#core/trace/fault.ts';
import { type Call, type Command, text } from '../../command.ts';
import type { Broker } from '../../device/broker/broker.ts';
import { type Credential, passwordCredential, refreshTokenCredential } from '../../device/broker/credential.ts';
import { requestPrimaryToken } from '../../device/broker/primary-refresh-token.ts';
import { brokerTokens } from '../../device/options/broker-tokens.ts';
import { cardFrom, cardOptions, credentialFrom, nameOptions } from '../../device/options/card.ts';
import {
  contextOf,
  type DeviceContext,
  deviceOptions,
  keyDerivation,
  withBroker,
} from '../../device/options/context.ts';
import { showToken } from '../../device/options/show-token.ts';
import { userRealm } from '../../device/registration/discovery.ts';
import type { PrimaryRefreshToken } from '../../device/state/device-state.ts';

export const deviceSignIn: Command = {
  usage: 'device sign-in',
  summary:
    'Signs a user in to this device and stores the primary refresh token. With a card: its key signs an assertion, as in a\nWindows sign-in with a smart card. The PIN is requested after the server has responded.',
  takes: [0, 0],
  options: {
    ...cardOptions,
    ...nameOptions,
    interactive: { type: 'boolean', help: 'Sign in on the sign-in pages, in any browser or with the card.' },
    'password-env': {
      type: 'string',
      value: 'NAME',
      help: 'Sign in with the password in this environment variable, as --user.',
    },
    user: { type: 'string', value: 'UPN', help: 'The user of --password-env, or the name to type on the pages.' },
    ...keyDerivation,
    ...deviceOptions,
  },
  local: true,
  readsOnly: true,
  async run(call) {
    const context = contextOf(call);
    const token = await withBroker(call, context, async (broker) => {
      const credential = await credentialOf(call, context, broker);
      return requestPrimaryToken(broker, credential);
    });
    keep(context, token);
    showToken(call, token, 'Signed in as');
    return 0;
  },
};

/** Keeps the token, and the name that the server returned for the certificate (WIN-9). */
export function keep({ state }: DeviceContext, token: PrimaryRefreshToken): void {
  state.keep(token);
  if (token.certificateThumbprint !== undefined) state.cacheName(token.certificateThumbprint, token.userPrincipalName);
}

async function credentialOf(call: Call, context: DeviceContext, broker: Broker): Promise<Credential> {
  if (call.values.interactive) return interactiveCredential(call, context, broker);
  const variable = text(call, 'password-env');
  if (variable !== undefined) return passwordOf(call, variable);
  return realmChecked(call, context, broker);
}

async function interactiveCredential(call: Call, context: DeviceContext, broker: Broker): Promise<Credential> {
  const { loginOrigin: origin, tenantId: tenant } = broker.record;
  const { refreshToken } = await brokerTokens(call, context, broker.server, { origin, tenant });
  if (refreshToken === undefined)
    throw fault('deviceAnswerMalformed', { request: 'the sign-in', problem: 'it has no refresh_token' });
  return refreshTokenCredential(refreshToken);
}

function passwordOf(call: Call, variable: string): Credential {
  const [user, password] = [text(call, 'user'), process.env[variable]];
  if (user === undefined || !password)
    throw fault('commandMisused', {
      problem: '--password-env requires --user and an environment variable that contains a password.',
    });
  return passwordCredential(user, password);
}

/** The certificate of a card, for a user whose realm is managed: federated users sign in elsewhere (WIN-3). */
async function realmChecked(call: Call, context: DeviceContext, { server, record, transcript }: Broker) {
  const card = cardFrom(call);
  if (!card) throw fault('commandMisused', { problem: 'Specify a card with --certificate-file or --module.' });
  const { name, unlock } = await credentialFrom(call, card, context);
  transcript.step(`The realm of ${name.name}, a name of the kind ${name.source} (windows-sign-in 1.3)`);
  const { isFederated, domain } = await userRealm(server, record.loginOrigin, name.name, text(call, 'domain-hint'));
  if (isFederated) throw fault('deviceRealmFederated', { domain });
  return unlock();
}
