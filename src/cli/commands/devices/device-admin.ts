import { changeDevice, findDevice, removeDevice } from '#admin/devices/devices.ts';
import { updateNeeded } from '#core/device/registration/registration-policy.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, type Option, ofTenant, text } from '../../command.ts';
import { changeOf, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

type StoredDevice = StoredObject<Device>;

/** By object id, device id or display name. @throws nothingFound, commandMisused where a name is not unique */
async function deviceNamed(name: string, { objects, devices }: TenantPorts): Promise<StoredDevice> {
  const id = name.toLowerCase();
  const ports = { objects, devices };
  const byId = (await findDevice({ id }, ports)) ?? (await findDevice({ deviceId: id }, ports));
  if (byId) return byId;
  const namesakes = (await objects.list<Device>(deviceKind)).filter(
    ({ document }) => document.displayName.toLowerCase() === id,
  );
  if (namesakes.length > 1)
    throw fault('commandMisused', {
      problem: `${namesakes.length} devices have the name ${name}: use a device id, such as ${namesakes[0]!.document.deviceId}`,
    });
  if (!namesakes[0]) throw fault('nothingFound', { kind: 'device', wanted: name });
  return namesakes[0];
}

/** The users of the ids by their names; a deleted user by id. */
async function namesOf(ids: readonly string[], { users }: TenantPorts): Promise<readonly string[]> {
  const people = await Promise.all(ids.map((id) => users.find(id)));
  return ids.map((id, i) => people[i]?.userPrincipalName ?? `${id} (deleted)`);
}

const stateOf = ({ accountEnabled }: Device): string => (accountEnabled ? 'enabled' : 'disabled');
const complianceOf = ({ isCompliant }: Device): string =>
  isCompliant === null ? 'unknown' : isCompliant ? 'yes' : 'no';

export const deviceList: Command = {
  usage: 'device list',
  summary: 'Lists the devices of a tenant, oldest first.',
  takes: [0, 0],
  options: {
    ...ofTenant,
    owner: { type: 'string', value: 'UPN', help: 'List only the devices that this user registered.' },
  },
  async run(call) {
    const ports = await tenantPorts(call);
    const owner = text(call, 'owner');
    const user = owner === undefined ? undefined : await ports.users.find(owner);
    if (owner !== undefined && !user) throw fault('nothingFound', { kind: 'user', wanted: owner });
    const ownedIds = user && new Set(await ports.devices.index.devicesOf(user.id, 'owner'));
    const devices = (await ports.objects.list<Device>(deviceKind)).filter(({ id }) => !ownedIds || ownedIds.has(id));
    const rows = await Promise.all(devices.map((device) => rowOf(device, ports)));
    answer(
      call,
      devices.map(({ id, document: { onPremisesCertificates: _, ...document } }) => ({ id, ...document })),
      [['name', 'device id', 'system', 'joined as', 'state', 'compliant', 'owner'], ...rows],
    );
    return 0;
  },
};

async function rowOf({ id, document }: StoredDevice, ports: TenantPorts): Promise<readonly string[]> {
  const { displayName, deviceId, operatingSystem, operatingSystemVersion, trustType } = document;
  const owners = await namesOf(await ports.devices.index.usersOf(id, 'owner'), ports);
  const system = `${operatingSystem} ${operatingSystemVersion}`;
  return [displayName, deviceId, system, trustType ?? '', stateOf(document), complianceOf(document), owners.join(' ')];
}

export const deviceShow: Command = {
  usage: 'device show DEVICE',
  summary:
    'Shows a device, by device id, object id or name: its state, its users, its certificate and the update that its Windows version needs.',
  takes: [1, 1],
  options: ofTenant,
  async run(call) {
    const ports = await tenantPorts(call);
    const device = await deviceNamed(call.positionals[0]!, ports);
    const { document } = device;
    const registration = await ports.devices.registrations.find(document.deviceId);
    const tokens = await ports.devices.primaryRefreshTokens.ofDevice(document.deviceId);
    const facts: readonly (readonly [string, string])[] = [
      ['name', document.displayName],
      ['device id', document.deviceId],
      ['object id', device.id],
      ['system', `${document.operatingSystem} ${document.operatingSystemVersion}`],
      ['smart card sign-in', updateNeeded(document.operatingSystem, document.operatingSystemVersion) ?? 'supported'],
      ['joined as', document.trustType ?? ''],
      ['state', stateOf(document)],
      ['compliant', complianceOf(document)],
      ['owners', (await namesOf(await ports.devices.index.usersOf(device.id, 'owner'), ports)).join(' ')],
      ['users', (await namesOf(await ports.devices.index.usersOf(device.id, 'user'), ports)).join(' ')],
      ['registered', document.registrationDateTime ?? ''],
      ['certificate', registration?.thumbprint ?? 'none'],
      ['certificate ends', registration?.expiresDateTime.toISOString() ?? ''],
      ['registered with', registration?.authenticationMethods.join(' ') ?? ''],
      ['primary refresh tokens', tokens.map(({ credential }) => credential).join(' ')],
    ];
    answer(call, Object.fromEntries(facts), [['property', 'value'], ...facts]);
    return 0;
  },
};

/** A command that changes one device. */
function change(
  name: string,
  summary: string,
  work: (device: StoredDevice, inside: TenantPorts, call: Call) => Promise<string>,
  options: Readonly<Record<string, Option>> = {},
): Command {
  return {
    usage: `device ${name} DEVICE`,
    summary,
    takes: [1, 1],
    options: { ...ofTenant, ...options, ...safety },
    async run(call) {
      const inTenant = async (inside: TenantPorts) => {
        const device = await deviceNamed(call.positionals[0]!, inside);
        const { deviceId, displayName } = device.document;
        return success({ deviceId, displayName, result: await work(device, inside, call) });
      };
      return changeOf(call, await tenantPorts(call), inTenant, (outcome) =>
        answer(call, outcome, [
          ['device', 'device id', 'result'],
          [outcome.displayName, outcome.deviceId, outcome.result],
        ]),
      );
    },
  };
}

const set = (change: Partial<Device>, result: string) => async (device: StoredDevice, inside: TenantPorts) => {
  orThrow(await changeDevice(device.id, change, { actor, ports: inside }));
  return result;
};

export const deviceEnable = change('enable', 'Enables a device.', set({ accountEnabled: true }, 'enabled'));

export const deviceDisable = change(
  'disable',
  'Disables a device until it is enabled again. Users cannot sign in with the device, and its primary refresh tokens are refused.',
  set({ accountEnabled: false }, 'disabled'),
);

export const deviceDelete = change(
  'delete',
  'Deletes a device permanently. Its certificate, its Windows Hello keys and its primary refresh tokens stop working.',
  async (device, inside) => {
    orThrow(await removeDevice(device.id, { actor, ports: inside }));
    return 'deleted';
  },
);

const compliances: Readonly<Record<string, boolean | null>> = { yes: true, no: false, unknown: null };

export const deviceComply = change(
  'comply',
  'Marks a device as compliant or not compliant, for policies that require compliance.',
  async (device, inside, call) => {
    const value = text(call, 'compliant') ?? 'yes';
    orThrow(await changeDevice(device.id, { isCompliant: compliances[value]! }, { actor, ports: inside }));
    return `compliant: ${value}`;
  },
  {
    compliant: {
      type: 'string',
      value: 'ANSWER',
      choices: Object.keys(compliances),
      help: 'Whether the device is compliant (default: yes).',
    },
  },
);
