import { fault } from '#core/trace/fault.ts';
import { type Call, type Command, type Option, text } from '../../command.ts';
import { brokerTokens } from '../../device/options/broker-tokens.ts';
import { cardOptions, secretIn } from '../../device/options/card.ts';
import { type DeviceContext, deviceOptions } from '../../device/options/context.ts';
import { descriptionOf, originsOf, registerOnce, registrationOptions } from '../../device/options/registration.ts';
import { discoverRegistration } from '../../device/registration/discovery.ts';
import { generateDeviceKeys, registerDevice } from '../../device/registration/registration.ts';
import { type BrokerTokens, userOf } from '../../device/registration/registration-token.ts';
import type { DeviceServer } from '../../device/wire/device-server.ts';

const options: Readonly<Record<string, Option>> = {
  ...registrationOptions,
  tenant: { type: 'string', value: 'DOMAIN', help: 'The tenant, by domain or id (default: the domain of the user).' },
  user: { type: 'string', value: 'UPN', help: 'User who registers the device (default: the name in the certificate).' },
  token: { type: 'string', value: 'JWT', help: 'Access token for device registration. No sign-in is necessary.' },
  'token-env': { type: 'string', value: 'NAME', help: 'Environment variable with the access token.' },
  ...cardOptions,
  ...deviceOptions,
};

const ways =
  'Signs in with a card on the sign-in pages, with a code in any browser, or uses the access token of --token or --token-env.';

export const deviceJoin: Command = {
  usage: 'device join',
  summary: `Joins this computer to a tenant as a device of the organization. ${ways}`,
  takes: [0, 0],
  options,
  local: true,
  readsOnly: true,
  run: (call) => registerOnce(call, (context, server) => registration(call, context, server, 'joined')),
};

export const deviceRegister: Command = {
  usage: 'device register',
  summary: `Registers this computer as the personal device of a user (workplace). ${ways}`,
  takes: [0, 0],
  options,
  local: true,
  readsOnly: true,
  run: (call) => registerOnce(call, (context, server) => registration(call, context, server, 'registered')),
};

async function registration(call: Call, context: DeviceContext, server: DeviceServer, join: 'joined' | 'registered') {
  const { transcript, now } = context;
  const { loginOrigin, registrationOrigin } = await originsOf(call);
  const description = descriptionOf(call);
  const tokens = await tokensFor(call, context, server, loginOrigin);
  const targetDomain = text(call, 'tenant') ?? domainOf(tokens.userPrincipalName ?? text(call, 'user') ?? '');
  transcript.step('Where devices of this tenant register (windows-sign-in 1.5)');
  const service = await discoverRegistration(server, registrationOrigin, targetDomain, description.osVersion);
  transcript.step('Two new keys: the device key signs requests, the transport key receives session keys');
  const keys = await generateDeviceKeys();
  transcript.step('The registration (windows-sign-in 2.3)');
  const target = { ...service, loginOrigin, accessToken: tokens.accessToken, targetDomain };
  const record = await registerDevice(server, target, { description, keys }, { join, at: now() });
  return [record, keys] as const;
}

/** The domain of a user principal name. @throws commandMisused */
function domainOf(name: string): string {
  const [, domain] = /@([^@]+)$/.exec(name) ?? [];
  if (domain === undefined) throw fault('commandMisused', { problem: 'Specify the tenant with --tenant.' });
  return domain;
}

/** Tokens for device registration, by the way that the options name. */
async function tokensFor(
  call: Call,
  context: DeviceContext,
  server: DeviceServer,
  origin: string,
): Promise<BrokerTokens> {
  const [word, variable] = [text(call, 'token'), secretIn(call, 'token-env', 'access token')];
  if (word !== undefined && variable !== undefined)
    throw fault('commandMisused', { problem: 'Specify --token or --token-env, not both.' });
  const token = word ?? variable;
  if (token !== undefined) return { accessToken: token, refreshToken: undefined, userPrincipalName: userOf(token) };
  return brokerTokens(call, context, server, { origin, tenant: text(call, 'tenant') ?? 'organizations' });
}
