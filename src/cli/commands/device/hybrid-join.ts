import { isGuid } from '#core/device/guid.ts';
import { fault } from '#core/trace/fault.ts';
import { cardOf } from '../../client/card.ts';
import { type Call, type Command, text } from '../../command.ts';
import { type DeviceContext, deviceOptions } from '../../device/options/context.ts';
import { descriptionOf, originsOf, registerOnce, registrationOptions } from '../../device/options/registration.ts';
import { discoverRegistration } from '../../device/registration/discovery.ts';
import { type ComputerObject, joinComputer } from '../../device/registration/hybrid-join.ts';
import { generateDeviceKeys } from '../../device/registration/registration.ts';
import type { DeviceServer } from '../../device/wire/device-server.ts';

export const deviceHybridJoin: Command = {
  usage: 'device hybrid-join',
  summary:
    'Joins a computer of Active Directory that a synchronisation has brought to the tenant. No user signs in: the key of\nthe certificate in userCertificate signs the SID of the computer.',
  takes: [0, 0],
  options: {
    ...registrationOptions,
    tenant: { type: 'string', value: 'DOMAIN', help: 'The tenant, by domain or id.' },
    'object-guid': { type: 'string', value: 'GUID', help: 'The objectGUID of the computer.' },
    sid: { type: 'string', value: 'SID', help: 'The objectSid of the computer.' },
    'computer-certificate': {
      type: 'string',
      value: 'FILE',
      help: 'Certificate in userCertificate with its RSA key, .p12 or .pem.',
    },
    password: { type: 'string', value: 'TEXT', help: 'The password of that file (default: cardea).' },
    'domain-controller': { type: 'string', value: 'HOST', help: 'A domain controller of the computer.' },
    ...deviceOptions,
  },
  local: true,
  readsOnly: true,
  run: (call) => registerOnce(call, (context, server) => registration(call, context, server)),
};

async function registration(call: Call, { transcript, now }: DeviceContext, server: DeviceServer) {
  const computer = computerOf(call);
  const targetDomain = required(call, 'tenant');
  const { loginOrigin, registrationOrigin } = originsOf(call);
  const description = descriptionOf(call);
  transcript.step('Where devices of this tenant register (windows-sign-in 1.5)');
  const service = await discoverRegistration(server, registrationOrigin, targetDomain, description.osVersion);
  const keys = await generateDeviceKeys();
  transcript.step('The registration: the computer signs its SID (windows-sign-in 2.8)');
  const target = { ...service, loginOrigin, targetDomain };
  const record = await joinComputer(server, target, description, keys, { computer, at: now() });
  return [record, keys] as const;
}

/** @throws commandMisused, what reading a card file throws */
function computerOf(call: Call): ComputerObject {
  const objectGuid = required(call, 'object-guid').toLowerCase();
  if (!isGuid(objectGuid)) throw fault('commandMisused', { problem: '--object-guid is not a GUID.' });
  const { privateKey } = cardOf(required(call, 'computer-certificate'), text(call, 'password'), call.output.cwd);
  if (privateKey.asymmetricKeyType !== 'rsa')
    throw fault('commandMisused', { problem: 'The key of --computer-certificate is not an RSA key.' });
  return {
    objectGuid,
    sid: required(call, 'sid'),
    key: privateKey,
    domainController: text(call, 'domain-controller') ?? '',
  };
}

function required(call: Call, name: string): string {
  const value = text(call, name);
  if (value === undefined) throw fault('commandMisused', { problem: `--${name} is needed.` });
  return value;
}
