import { z } from 'zod';
import { odataTypes } from '#schema/odata-type.ts';

const text = z.string().max(256);
const base64 = z.string().regex(/^[\w+/=-]+$/, 'it must be base64');
const attributes = Object.fromEntries(
  Array.from({ length: 15 }, (_, i) => [`extensionAttribute${i + 1}`, z.string().max(1024).nullish()]),
);

export const changeShape = z
  .strictObject({
    accountEnabled: z.boolean().optional(),
    displayName: text.optional(),
    operatingSystem: text.optional(),
    operatingSystemVersion: text.optional(),
    isCompliant: z.boolean().nullish(),
    isManaged: z.boolean().nullish(),
    deviceOwnership: text.nullish(),
    profileType: text.nullish(),
    mdmAppId: text.nullish(),
    physicalIds: z.array(text).max(100).optional(),
    systemLabels: z.array(text).max(100).optional(),
    extensionAttributes: z.strictObject(attributes).optional(),
    approximateLastSignInDateTime: z.iso.datetime({ offset: true }).nullish(),
    onPremisesSyncEnabled: z.boolean().nullish(),
    onPremisesSecurityIdentifier: text.nullish(),
    onPremisesCertificates: z.array(base64.max(22_000)).max(5).optional(),
  })
  .register(odataTypes, ['device']);

export const newShape = changeShape
  .extend({
    deviceId: z.guid(),
    alternativeSecurityIds: z
      .array(
        z
          .strictObject({ type: z.number().int(), identityProvider: text.nullish(), key: base64.max(4096) })
          .register(odataTypes, ['alternativeSecurityId']),
      )
      .min(1)
      .max(10),
    trustType: z.enum(['AzureAd', 'ServerAd', 'Workplace']).nullish(),
  })
  .required({ accountEnabled: true, displayName: true, operatingSystem: true, operatingSystemVersion: true })
  .register(odataTypes, ['device']);

/** Properties that only the owner of compliance may write: the permission for managed devices. */
export const complianceProperties: ReadonlySet<string> = new Set(['isCompliant', 'isManaged', 'mdmAppId']);
/** Properties that come from the on-premises directory: see `mayWriteSynchronised`. */
export const synchronisedProperties: ReadonlySet<string> = new Set([
  'onPremisesSyncEnabled',
  'onPremisesSecurityIdentifier',
  'onPremisesCertificates',
]);

/** The properties that a body sets, without annotations. */
export const propertiesOf = (values: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== undefined && !/^id$|@/.test(name)));
