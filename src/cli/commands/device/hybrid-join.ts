import { hostname } from 'node:os';
import { isGuid } from '#core/device/guid.ts';
import { fault } from '#core/trace/fault.ts';
import { cardOf } from '../../client/card.ts';
import { type Call, type Command, text } from '../../command.ts';
import { computerKey } from '../../device/active-directory/computer-certificate.ts';
import { directoryOptions, withActiveDirectory } from '../../device/active-directory/options.ts';
import { type DeviceContext, deviceOptions } from '../../device/options/context.ts';
import { descriptionOf, originsOf, registerOnce, registrationOptions } from '../../device/options/registration.ts';
import { discoverRegistration } from '../../device/registration/discovery.ts';
import { type ComputerObject, joinComputer } from '../../device/registration/hybrid-join.ts';
import { generateDeviceKeys } from '../../device/registration/registration.ts';
import { StateFolder } from '../../device/state/state-folder.ts';
import type { DeviceServer } from '../../device/wire/device-server.ts';

export const deviceHybridJoin: Command = {
  usage: 'device hybrid-join',
  summary:
    'Joins a computer of Active Directory that was synchronized to the tenant. No user signs in: the key of\nthe certificate in userCertificate signs the SID of the computer. With --active-directory the tenant, the computer and its\nSID are read there, and the certificate is written there.',
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
    computer: { type: 'string', value: 'NAME', help: 'The computer in Active Directory (default: the host name).' },
    ...directoryOptions,
    ...deviceOptions,
  },
  local: true,
  readsOnly: true,
  run: (call) => registerOnce(call, (context, server) => registration(call, context, server)),
};

async function registration(call: Call, context: DeviceContext, server: DeviceServer) {
  const { transcript, now } = context;
  const { computer, targetDomain } = await sourceOf(call, context);
  const { loginOrigin, registrationOrigin } = await originsOf(call);
  const description = descriptionOf(call);
  transcript.step('Where devices of this tenant register (windows-sign-in 1.5)');
  const service = await discoverRegistration(server, registrationOrigin, targetDomain, description.osVersion);
  const keys = await generateDeviceKeys();
  transcript.step('The registration: the computer signs its SID (windows-sign-in 2.8)');
  const target = { ...service, loginOrigin, targetDomain };
  const record = await joinComputer(server, target, { description, keys }, { computer, at: now() });
  return [record, keys] as const;
}

interface Source {
  readonly computer: ComputerObject;
  readonly targetDomain: string;
}

async function sourceOf(call: Call, context: DeviceContext): Promise<Source> {
  if (call.values['active-directory'] === undefined)
    return { computer: computerOf(call), targetDomain: required(call, 'tenant') };
  return fromActiveDirectory(call, context);
}

/** The tenant of the forest, and the computer with the key of its certificate, which is written where there is none. */
function fromActiveDirectory(call: Call, { state, transcript, now }: DeviceContext): Promise<Source> {
  return withActiveDirectory(call, async (directory) => {
    transcript.step('The tenant and the computer, of Active Directory (windows-sign-in 6.2)');
    const { domain } = await directory.connectionPoint();
    const { host } = await directory.root();
    const object = await directory.computer((text(call, 'computer') ?? hostname().split('.')[0]!).toUpperCase());
    const { key, isNew } = await computerKey(directory, object, StateFolder.open(state.path), now());
    if (isNew)
      call.output.complain(
        'A new certificate was written to Active Directory. It counts here after the next synchronization.\n',
      );
    const { objectGuid, sid } = object;
    const targetDomain = text(call, 'tenant') ?? domain;
    return { computer: { objectGuid, sid, key, domainController: host }, targetDomain };
  });
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
  if (value === undefined) throw fault('commandMisused', { problem: `--${name} is required.` });
  return value;
}
