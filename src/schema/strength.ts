import { z } from 'zod';
import type { AuthenticationStrength, CombinationConfiguration } from '#core/access/strengths.ts';
import { fault } from '#core/trace/fault.ts';
import { odataTypes } from './odata-type.ts';

const text = (longest: number) => z.string().max(longest);
const readOnly = z.unknown().optional();
const combinations = z.array(text(200)).min(1, 'name at least one combination').max(200);
export const combinationConfigurationBody = z
  .strictObject({
    id: readOnly,
    '@odata.type': text(120).optional(),
    appliesToCombinations: z.array(text(60)).max(10).optional(),
    allowedIssuerSkis: z.array(text(130)).max(50).optional(),
    allowedPolicyOIDs: z.array(text(200)).max(50).optional(),
    allowedAAGUIDs: z.array(z.guid('it must be the GUID of a passkey model')).max(50).optional(),
  })
  .register(odataTypes, ['x509CertificateCombinationConfiguration', 'fido2CombinationConfiguration']);
export const strengthBody = z
  .strictObject({
    id: readOnly,
    createdDateTime: readOnly,
    modifiedDateTime: readOnly,
    requirementsSatisfied: readOnly,
    displayName: text(30),
    description: text(100).nullish(),
    policyType: z.enum(['custom']).optional(),
    allowedCombinations: combinations,
    combinationConfigurations: z.array(combinationConfigurationBody).max(10).optional(),
  })
  .register(odataTypes, ['authenticationStrengthPolicy']);
/** Microsoft's PATCH takes the first two; the others are taken here so that a strength is changed at once. */
export const strengthChangeBody = z
  .strictObject({
    displayName: text(30).optional(),
    description: text(100).nullish(),
    allowedCombinations: combinations.optional(),
    combinationConfigurations: z.array(combinationConfigurationBody).max(10).optional(),
  })
  .register(odataTypes, ['authenticationStrengthPolicy']);
export const combinationsBody = z.strictObject({ allowedCombinations: combinations });

/** `password, sms` and `password,sms` are one combination. */
export const combinationOf = (combination: string) =>
  combination
    .split(',')
    .map((method) => method.trim())
    .join(',');

/** @throws graphPropertyInvalid where a configuration does not fit the combinations that it applies to (CAP-11) */
export function combinationConfigurationOf(
  body: z.infer<typeof combinationConfigurationBody>,
  old?: CombinationConfiguration,
) {
  const { id: _, '@odata.type': type = '', appliesToCombinations, ...lists } = body;
  const applies = appliesToCombinations ?? old?.appliesToCombinations;
  if (!applies) throw fault('graphPropertyInvalid', { target: 'appliesToCombinations', problem: 'it is required' });
  const isPasskeys = /fido2/i.test(type) || lists.allowedAAGUIDs !== undefined || old?.allowedAAGUIDs !== undefined;
  const stranger = applies.find((apply) => (apply === 'fido2') !== isPasskeys);
  if (stranger !== undefined) {
    const problem = `"${stranger.slice(0, 60)}" is not what a configuration of this type applies to`;
    throw fault('graphPropertyInvalid', { target: 'appliesToCombinations', problem });
  }
  const constraints = isPasskeys
    ? { allowedAAGUIDs: lists.allowedAAGUIDs ?? old?.allowedAAGUIDs ?? [] }
    : {
        allowedIssuerSkis: lists.allowedIssuerSkis ?? old?.allowedIssuerSkis ?? [],
        allowedPolicyOIDs: lists.allowedPolicyOIDs ?? old?.allowedPolicyOIDs ?? [],
      };
  return { id: old?.id ?? crypto.randomUUID(), appliesToCombinations: applies, ...constraints };
}

/** The strength after a change. A configuration with the id of an old one takes its place and keeps its id. @throws as {@link combinationConfigurationOf} */
export function changedStrength(
  old: AuthenticationStrength,
  body: z.infer<typeof strengthChangeBody>,
): AuthenticationStrength {
  const { displayName, description, allowedCombinations, combinationConfigurations: configurations } = body;
  const { description: before, ...rest } = old;
  const proposedDescription = description === undefined ? before : (description ?? undefined);
  const oldOne = (id: unknown) =>
    old.combinationConfigurations.find((item) => item.id === String(id ?? '').toLowerCase());
  return {
    ...rest,
    ...(displayName === undefined ? {} : { displayName }),
    ...(proposedDescription ? { description: proposedDescription } : {}),
    ...(allowedCombinations && { allowedCombinations: allowedCombinations.map(combinationOf) }),
    ...(configurations && {
      combinationConfigurations: configurations.map((item) => combinationConfigurationOf(item, oldOne(item.id))),
    }),
  };
}

/** The strength that a body makes. @throws graphPropertyInvalid as {@link combinationConfigurationOf} */
export const strengthOf = (body: z.infer<typeof strengthBody>, id: string): AuthenticationStrength => ({
  id,
  displayName: body.displayName,
  ...(body.description ? { description: body.description } : {}),
  policyType: 'custom',
  allowedCombinations: body.allowedCombinations.map(combinationOf),
  combinationConfigurations: (body.combinationConfigurations ?? []).map((item) => combinationConfigurationOf(item)),
});
