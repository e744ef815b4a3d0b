import { z } from 'zod';
import { addDevice, changeDevice, findDevice, removeDevice } from '#admin/devices/devices.ts';
import { fault } from '#core/trace/fault.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, countOf, entity, nothing, type Shown } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { shownUser, userItem } from '../directory/user-item.ts';

const view: Shown = {
  type: 'device',
  set: 'devices',
  alsoKnown: [
    'complianceExpirationDateTime',
    'deviceCategory',
    'deviceMetadata',
    'deviceVersion',
    'extensionAttributes',
    'isManagementRestricted',
    'isRooted',
    'managementType',
    'manufacturer',
    'model',
    'memberOf',
    'onPremisesLastSyncDateTime',
    'onPremisesSecurityIdentifier',
    'registeredOwners',
    'registeredUsers',
  ],
};

/** graph-api §9. */
const deviceItem = ({ id, createdDateTime, document }: StoredObject<Device>): Item => ({
  id,
  deletedDateTime: null,
  createdDateTime: createdDateTime.toISOString(),
  ...document,
});

const idIn = (call: Call) => keyText(call, 'id').toLowerCase();

/** By its object id, or `devices(deviceId='…')`. @throws graphObjectMissing */
async function deviceIn(call: Call): Promise<StoredObject<Device>> {
  const id = idIn(call);
  const isOwn = call.keys.id?.property === 'deviceid';
  const device = await findDevice(isOwn ? { deviceId: id } : { id }, call.ports);
  if (!device) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return device;
}

const items = async ({ ports: { objects } }: Call) => (await objects.list<Device>(deviceKind)).map(deviceItem);

const text = z.string().max(256);
const readOnly = z.unknown().optional();
const changeShape = z.strictObject({
  id: readOnly,
  '@odata.type': readOnly,
  accountEnabled: z.boolean().optional(),
  displayName: text.min(1).optional(),
  operatingSystem: text.optional(),
  operatingSystemVersion: text.optional(),
  isCompliant: z.boolean().nullish(),
  isManaged: z.boolean().nullish(),
  deviceOwnership: text.nullish(),
  profileType: text.nullish(),
  mdmAppId: text.nullish(),
  physicalIds: z.array(text).max(100).optional(),
  systemLabels: z.array(text).max(100).optional(),
  approximateLastSignInDateTime: z.iso.datetime({ offset: true }).nullish(),
});
const newShape = changeShape
  .extend({
    deviceId: z.guid(),
    alternativeSecurityIds: z
      .array(
        z.object({
          type: z.number().int(),
          identityProvider: text.nullish(),
          key: z
            .string()
            .regex(/^[\w+/=-]+$/, 'it is base64')
            .max(4096),
        }),
      )
      .min(1)
      .max(10),
    trustType: z.enum(['AzureAd', 'ServerAd', 'Workplace']).nullish(),
  })
  .required({ accountEnabled: true, displayName: true, operatingSystem: true, operatingSystemVersion: true });

/** Without what was not said. */
const body = (values: object) =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== undefined && !/^id$|@/.test(name)));

/** A user who registers a device owns it. */
async function add(call: Call) {
  const { alternativeSecurityIds, deviceId, ...rest } = readBody(call, newShape);
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
    ...(body(rest) as Pick<Device, 'displayName' | 'accountEnabled' | 'operatingSystem' | 'operatingSystemVersion'>),
    deviceId: deviceId.toLowerCase(),
    alternativeSecurityIds: alternativeSecurityIds.map(({ identityProvider = null, ...one }) => ({
      ...one,
      identityProvider,
    })),
  };
  const owner = call.caller.kind === 'person' ? call.caller.id : undefined;
  return entity(call, deviceItem(await addDevice(document, owner, call.actor, call.ports)), view, 201);
}

async function change(call: Call) {
  const { id } = await deviceIn(call);
  await changeDevice(id, body(readBody(call, changeShape)), call.actor, call.ports);
  return nothing;
}

async function remove(call: Call) {
  await removeDevice((await deviceIn(call)).id, call.actor, call.ports);
  return nothing;
}

/** The user who registered it; an empty list when that user is gone. */
async function owners(call: Call) {
  const { id, owner } = await deviceIn(call);
  const entries = owner === undefined ? [] : await call.ports.users.entriesOf([owner]);
  const set = `devices('${id}')/registeredOwners`;
  return collection(call, entries.map(userItem), { ...shownUser, set }, { isMixed: true });
}

const [read, write] = [needs.readDevices, needs.writeDevices];

export const deviceRoutes: readonly Route[] = [
  { method: 'GET', path: 'devices', need: read, answer: async (call) => collection(call, await items(call), view) },
  { method: 'GET', path: 'devices/$count', need: read, answer: async (call) => countOf(call, await items(call)) },
  { method: 'POST', path: 'devices', need: write, answer: add },
  {
    method: 'GET',
    path: 'devices/{id}',
    need: read,
    answer: async (call) => entity(call, deviceItem(await deviceIn(call)), view),
  },
  { method: 'PATCH', path: 'devices/{id}', need: write, answer: change },
  { method: 'DELETE', path: 'devices/{id}', need: write, answer: remove },
  { method: 'GET', path: 'devices/{id}/registeredowners', need: read, answer: owners },
  { method: 'GET', path: 'devices/{id}/registeredusers', need: read, answer: owners },
];
