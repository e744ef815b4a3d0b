import { hostname, release } from 'node:os';
import { fault } from '#core/trace/fault.ts';
import { originOf } from '../../client/network.ts';
import { loginOriginFor, urlOption } from '../../client/server.ts';
import { type Call, type Option, text } from '../../command.ts';
import type { DeviceDescription } from '../registration/registration.ts';
import type { DeviceKeys, DeviceRecord } from '../state/device-state.ts';
import { DeviceServer } from '../wire/device-server.ts';
import { contextOf, type DeviceContext } from './context.ts';

/** Options of where a device registers, and what it says of itself. */
export const registrationOptions: Readonly<Record<string, Option>> = {
  url: urlOption,
  'registration-url': {
    type: 'string',
    value: 'URL',
    help: 'The host that registers devices (default: enterpriseregistration.HOST, where HOST is the login host).',
  },
  'device-name': { type: 'string', value: 'TEXT', help: 'Name of the device (default: the name of this computer).' },
  'device-type': {
    type: 'string',
    value: 'TEXT',
    help: 'Operating system (default: the operating system of this computer).',
  },
  'os-version': {
    type: 'string',
    value: 'TEXT',
    help: 'Version of the operating system (default: the version on this computer).',
  },
};

/** The login host and the one that registers devices. @throws commandMisused */
export async function originsOf(call: Call) {
  const loginOrigin = await loginOriginFor(call);
  return {
    loginOrigin,
    registrationOrigin: originOf(text(call, 'registration-url') ?? registrationHostOf(loginOrigin)),
  };
}

/** The name that the registration host of Entra has before the domain (windows-sign-in §0.3). */
function registrationHostOf(loginOrigin: string): string {
  const url = new URL(loginOrigin);
  url.hostname = `enterpriseregistration.${url.hostname}`;
  return url.origin;
}

const deviceTypes: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'Linux',
  win32: 'Windows',
  darwin: 'MacOS',
};

/** What the device says of itself. */
export const descriptionOf = (call: Call): DeviceDescription => ({
  displayName: text(call, 'device-name') ?? hostname(),
  deviceType: text(call, 'device-type') ?? deviceTypes[process.platform] ?? process.platform,
  osVersion: text(call, 'os-version') ?? release(),
});

type Registration = readonly [DeviceRecord, DeviceKeys];

/** Registers the device by `work`, keeps what it answers, and tells of it. @throws deviceAlreadyRegistered, what `work` does */
export async function registerOnce(
  call: Call,
  work: (context: DeviceContext, server: DeviceServer) => Promise<Registration>,
): Promise<number> {
  const context = contextOf(call);
  const { state, network, transcript } = context;
  const earlier = state.find();
  if (earlier) throw fault('deviceAlreadyRegistered', { deviceId: earlier.deviceId, folder: state.path });
  const server = new DeviceServer(network, transcript);
  try {
    const [record, keys] = await work(context, server);
    state.save(record, keys);
    show(call, record);
    return 0;
  } finally {
    server.close();
  }
}

function show({ values, output }: Call, record: DeviceRecord): void {
  if (values.json) {
    output.say(`${JSON.stringify(record, null, 2)}\n`);
    return;
  }
  const verb = record.join === 'registered' ? 'is registered with' : 'is joined to';
  output.say(`${record.displayName} ${verb} the tenant ${record.tenantId} as the device ${record.deviceId}.\n`);
}
