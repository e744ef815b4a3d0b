import { updateNeeded } from '#core/device/registration/registration-policy.ts';
import type { Device } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { Item } from '../../odata/evaluate.ts';
import type { GraphResource } from '../../protocol/answers.ts';
import { withTag } from '../../protocol/etag.ts';

export const deviceResource: GraphResource = {
  type: 'device',
  set: 'devices',
  alsoKnown: [
    'complianceExpirationDateTime',
    'deviceCategory',
    'deviceMetadata',
    'deviceVersion',
    'isManagementRestricted',
    'isRooted',
    'managementType',
    'manufacturer',
    'model',
    'memberOf',
    'onPremisesLastSyncDateTime',
    'registeredOwners',
    'registeredUsers',
  ],
};

const attributes = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`extensionAttribute${i + 1}`, null]));

/**
 * A device as Graph shows it (graph-api §9), with the update that its Windows needs (entra-cba §9.3), which Graph lacks. That it
 * was used is not part of its state.
 */
export const deviceItem = (device: StoredObject<Device>): Item =>
  withTag(itemOf(device), { ...device.document, approximateLastSignInDateTime: null });

function itemOf({ id, createdDateTime, document }: StoredObject<Device>): Item {
  const { onPremisesCertificates: _, extensionAttributes, ...properties } = document;
  return {
    id,
    deletedDateTime: null,
    createdDateTime: createdDateTime.toISOString(),
    onPremisesSecurityIdentifier: null,
    ...properties,
    extensionAttributes: extensionAttributes ? { ...attributes, ...extensionAttributes } : attributes,
    smartCardSignInUpdate: updateNeeded(document.operatingSystem, document.operatingSystemVersion) ?? null,
  };
}
