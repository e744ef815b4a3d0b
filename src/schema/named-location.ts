import { z } from 'zod';
import type { NamedLocation } from '#core/access/policy.ts';
import { odataTypes } from './odata-type.ts';

const readOnly = z.unknown().optional();
const noCountry = z.undefined('the country of an address cannot be determined').optional();
/** A named location of IP ranges as Graph, tenant files and exports of Entra write it (graph-api §11.1). */
export const namedLocationBody = z.strictObject({
  '@odata.type': z
    .string()
    .regex(
      /^#?microsoft\.graph\.ipNamedLocation$/i,
      'only ipNamedLocation is supported, because the country of an address cannot be determined',
    )
    .optional(),
  id: readOnly,
  createdDateTime: readOnly,
  modifiedDateTime: readOnly,
  displayName: z.string().max(256).optional(),
  isTrusted: z.boolean().optional(),
  ipRanges: z
    .array(z.object({ cidrAddress: z.string().max(60) }).register(odataTypes, ['iPv4CidrRange', 'iPv6CidrRange']))
    .max(2000)
    .optional(),
  countriesAndRegions: noCountry,
  countryLookupMethod: noCountry,
  includeUnknownCountriesAndRegions: noCountry,
});

type NamedLocationBody = z.infer<typeof namedLocationBody>;
/** The members that a body sets. */
export const namedLocationPart = ({ displayName, isTrusted, ipRanges }: NamedLocationBody): Partial<NamedLocation> => ({
  ...(displayName === undefined ? {} : { displayName }),
  ...(isTrusted === undefined ? {} : { isTrusted }),
  ...(ipRanges === undefined ? {} : { ipRanges: ipRanges.map(({ cidrAddress }) => cidrAddress) }),
});
