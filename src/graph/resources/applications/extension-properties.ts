import { z } from 'zod';
import {
  addExtensionProperty,
  extensionPropertiesOf,
  removeExtensionProperty,
} from '#admin/applications/extension-properties.ts';
import { type ExtensionProperty, extensionTypes } from '#core/directory/extension-property.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { StoredObject } from '#model/directory-object.ts';
import { odataTypes } from '#schema/odata-type.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { applicationIn } from './applications.ts';

const view: GraphResource = { type: 'extensionProperty', set: 'applications/extensionProperties' };

const itemOf = ({ id, document }: StoredObject<ExtensionProperty>, { displayName }: Application): Item => ({
  id,
  deletedDateTime: null,
  appDisplayName: displayName,
  isSyncedFromOnPremises: false,
  ...document,
});

const shape = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z][A-Za-z0-9_]{0,63}$/,
        'it must be a letter followed by at most 63 letters, digits and underscores',
      ),
    dataType: z.enum(extensionTypes),
    isMultiValued: z.boolean().optional(),
    targetObjects: z.array(z.literal('User', 'only attributes of users are supported')).min(1).max(1),
  })
  .register(odataTypes, ['extensionProperty']);

async function add(call: Call) {
  const application = await applicationIn(call);
  const { name: shortName, dataType, isMultiValued = false, targetObjects } = await readBody(call, shape);
  const property = { shortName, dataType, isMultiValued, targetObjects };
  const result = orThrow(await addExtensionProperty(application.appId, property, call));
  return entity(call, itemOf(result, application), view, 201);
}

async function list(call: Call) {
  const application = await applicationIn(call);
  const properties = await extensionPropertiesOf(application.appId, call.ports);
  return collection(
    call,
    properties.map((property) => itemOf(property, application)),
    view,
  );
}

async function show(call: Call) {
  const application = await applicationIn(call);
  const id = keyText(call, 'property').toLowerCase();
  const match = (await extensionPropertiesOf(application.appId, call.ports)).find((property) => property.id === id);
  if (!match) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return entity(call, itemOf(match, application), view);
}

async function remove(call: Call) {
  const { appId } = await applicationIn(call);
  orThrow(await removeExtensionProperty(appId, keyText(call, 'property').toLowerCase(), call));
  return nothing;
}

const { readApplications: read, writeApplications: write } = needs;

/** Directory extensions: attributes of users that an application has defined. */
export const extensionPropertyRoutes: readonly Route[] = [
  { method: 'GET', path: 'applications/{id}/extensionproperties', need: read, answer: list },
  { method: 'POST', path: 'applications/{id}/extensionproperties', need: write, answer: add },
  { method: 'GET', path: 'applications/{id}/extensionproperties/{property}', need: read, answer: show },
  { method: 'DELETE', path: 'applications/{id}/extensionproperties/{property}', need: write, answer: remove },
];
