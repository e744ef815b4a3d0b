import { addDevice, changeDevice, findDevice, removeDevice } from '#admin/devices/devices.ts';
import { authorise, mayWriteSynchronised, type Need } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Device } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import { directoryList } from '../../lists/directory-list.ts';
import { directoryCount, directoryPage } from '../../lists/directory-page.ts';
import { entity, nothing } from '../../protocol/answers.ts';
import { jsonBody, readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { deviceItem, deviceResource } from './device-item.ts';
import { changeShape, complianceProperties, newShape, propertiesOf, synchronisedProperties } from './device-shape.ts';

const idIn = (call: Call) => keyText(call, 'id').toLowerCase();

/** By its object id, or `devices(deviceId='…')`. @throws graphObjectMissing */
export async function deviceIn(call: Call): Promise<StoredObject<Device>> {
  const id = idIn(call);
  const isDeviceId = call.keys.id?.property === 'deviceid';
  const device = await findDevice(isDeviceId ? { deviceId: id } : { id }, call.ports);
  if (!device) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return device;
}

const devicesOf = (call: Call) =>
  directoryList(call, { kind: 'device', view: deviceResource, items: async (devices) => devices.map(deviceItem) });

/** A user who adds a device owns it. */
async function add(call: Call) {
  const { alternativeSecurityIds, deviceId, ...rest } = await readBody(call, newShape);
  requireRights(call, Object.keys(propertiesOf(rest)));
  const document: Device = {
    trustType: null,
    profileType: 'RegisteredDevice',
    isCompliant: null,
    isManaged: null,
    registrationDateTime: call.at.toISOString(),
    approximateLastSignInDateTime: null,
    physicalIds: [],
    systemLabels: [],
    deviceOwnership: null,
    enrollmentType: null,
    onPremisesSyncEnabled: null,
    mdmAppId: null,
    ...(propertiesOf(rest) as Pick<
      Device,
      'displayName' | 'accountEnabled' | 'operatingSystem' | 'operatingSystemVersion'
    >),
    deviceId: deviceId.toLowerCase(),
    alternativeSecurityIds: alternativeSecurityIds.map(({ identityProvider = null, ...identifier }) => ({
      ...identifier,
      identityProvider,
    })),
  };
  const owner = call.caller.kind === 'person' ? call.caller.id : undefined;
  const audit = { activity: 'Register device', actor: call.actor };
  return entity(call, deviceItem(orThrow(await addDevice(document, owner, audit, call.ports))), deviceResource, 201);
}

/** Compliance alone needs its own permission and no other (graph-api §9, issue: compliant-device control). */
function needToChange(call: Call): Need {
  const names = Object.keys(propertiesOf(jsonBody(call.request)));
  const isCompliance = (name: string) =>
    [...complianceProperties].some((item) => item.toLowerCase() === name.toLowerCase());
  return names.length > 0 && names.every(isCompliance) ? needs.writeDeviceCompliance : needs.writeDevices;
}

async function change(call: Call) {
  const { id } = await deviceIn(call);
  const body = propertiesOf(await readBody(call, changeShape));
  requireRights(call, Object.keys(body));
  orThrow(await changeDevice(id, body, call));
  return nothing;
}

/** @throws graphScopeMissing, graphRoleMissing, graphUserSynchronised */
function requireRights({ caller }: Call, properties: readonly string[]): void {
  const synchronised = properties.find((name) => synchronisedProperties.has(name));
  const rulings = [
    ...(properties.some((name) => complianceProperties.has(name))
      ? [authorise(caller, needs.writeDeviceCompliance)]
      : []),
    ...(synchronised === undefined ? [] : [mayWriteSynchronised(caller, synchronised)]),
  ];
  for (const ruling of rulings) orThrow(ruling);
}

async function remove(call: Call) {
  orThrow(await removeDevice((await deviceIn(call)).id, call));
  return nothing;
}
const [read, write] = [needs.readDevices, needs.writeDevices];

export const deviceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'devices',
    need: read,
    answer: (call) => directoryPage(call, devicesOf(call)),
  },
  { method: 'GET', path: 'devices/$count', need: read, answer: (call) => directoryCount(call, devicesOf(call)) },
  { method: 'POST', path: 'devices', need: write, answer: add },
  {
    method: 'GET',
    path: 'devices/{id}',
    need: read,
    answer: async (call) => entity(call, deviceItem(await deviceIn(call)), deviceResource),
  },
  { method: 'PATCH', path: 'devices/{id}', need: needToChange, answer: change },
  { method: 'DELETE', path: 'devices/{id}', need: write, answer: remove },
];
