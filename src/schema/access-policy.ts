import { z } from 'zod';
import type { AccessConditions, ConditionalAccessPolicy } from '#core/access/policy.ts';
import { fault } from '#core/trace/fault.ts';
import { odataTypes } from './odata-type.ts';

const text = z.string().max(256);
const ids = z.array(text).max(2000).nullish();
/** A member that Cardea cannot enforce. Absent, null, empty and switched off ask for nothing. */
const emptyOnly = (problem: string) =>
  z
    .unknown()
    .refine((value) => isEmpty(value), { message: problem })
    .optional();
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && (value as { isEnabled?: unknown }).isEnabled === false;
}
const unsupportedCondition = emptyOnly('this condition is not supported');
const readOnly = z.unknown().optional();
/**
 * A Conditional Access policy as Graph, tenant files and exports of Entra write it (graph-api §11.1). A member that Graph
 * has and Cardea cannot enforce is refused, unless it asks for nothing.
 */
export const accessPolicyBody = z
  .strictObject({
    id: readOnly,
    templateId: readOnly,
    createdDateTime: readOnly,
    modifiedDateTime: readOnly,
    deletedDateTime: readOnly,
    partialEnablementStrategy: readOnly,
    displayName: text.optional(),
    state: text.optional(),
    conditions: z
      .strictObject({
        clientAppTypes: z.array(text).max(10).optional(),
        applications: z
          .strictObject({
            includeApplications: ids,
            excludeApplications: ids,
            includeUserActions: ids,
            includeAuthenticationContextClassReferences: ids,
            applicationFilter: unsupportedCondition,
            globalSecureAccess: unsupportedCondition,
            networkAccess: unsupportedCondition,
          })
          .register(odataTypes, ['conditionalAccessApplications'])
          .optional(),
        users: z
          .strictObject({
            includeUsers: ids,
            excludeUsers: ids,
            includeGroups: ids,
            excludeGroups: ids,
            includeRoles: ids,
            excludeRoles: ids,
            includeGuestsOrExternalUsers: unsupportedCondition,
            excludeGuestsOrExternalUsers: unsupportedCondition,
          })
          .register(odataTypes, ['conditionalAccessUsers'])
          .optional(),
        platforms: z
          .strictObject({ includePlatforms: ids, excludePlatforms: ids })
          .register(odataTypes, ['conditionalAccessPlatforms'])
          .nullish(),
        locations: z
          .strictObject({ includeLocations: ids, excludeLocations: ids })
          .register(odataTypes, ['conditionalAccessLocations'])
          .nullish(),
        userRiskLevels: unsupportedCondition,
        signInRiskLevels: unsupportedCondition,
        servicePrincipalRiskLevels: unsupportedCondition,
        agentIdRiskLevels: unsupportedCondition,
        insiderRiskLevels: unsupportedCondition,
        devices: z
          .strictObject({
            deviceFilter: z
              .strictObject({ mode: text, rule: z.string().max(3072) })
              .register(odataTypes, ['conditionalAccessFilter'])
              .nullish(),
            includeDevices: unsupportedCondition,
            excludeDevices: unsupportedCondition,
            includeDeviceStates: unsupportedCondition,
            excludeDeviceStates: unsupportedCondition,
          })
          .register(odataTypes, ['conditionalAccessDevices'])
          .nullish(),
        clientApplications: unsupportedCondition,
        authenticationFlows: unsupportedCondition,
        times: unsupportedCondition,
        deviceStates: unsupportedCondition,
      })
      .register(odataTypes, ['conditionalAccessConditionSet'])
      .optional(),
    grantControls: z
      .strictObject({
        operator: text.optional(),
        builtInControls: ids,
        customAuthenticationFactors: emptyOnly('custom authentication factors are not supported'),
        termsOfUse: ids,
        authenticationStrength: z.object({ id: text }).register(odataTypes, ['authenticationStrengthPolicy']).nullish(),
      })
      .register(odataTypes, ['conditionalAccessGrantControls'])
      .nullish(),
    sessionControls: z
      .strictObject({
        signInFrequency: z
          .strictObject({
            value: z.number().nullish(),
            type: text.nullish(),
            authenticationType: z.enum(['primaryAndSecondaryAuthentication', 'secondaryAuthentication']).nullish(),
            frequencyInterval: z.enum(['timeBased', 'everyTime']).nullish(),
            isEnabled: z.boolean().nullish(),
          })
          .register(odataTypes, ['signInFrequencySessionControl'])
          .nullish(),
        persistentBrowser: z
          .strictObject({ mode: text.nullish(), isEnabled: z.boolean().nullish() })
          .register(odataTypes, ['persistentBrowserSessionControl'])
          .nullish(),
        applicationEnforcedRestrictions: emptyOnly('application enforced restrictions are not supported'),
        cloudAppSecurity: emptyOnly('Cloud App Security is not supported'),
        disableResilienceDefaults: emptyOnly('resilience defaults are not supported'),
        secureSignInSession: emptyOnly('token protection is not supported'),
        continuousAccessEvaluation: emptyOnly('continuous access evaluation cannot be configured in a policy'),
      })
      .register(odataTypes, ['conditionalAccessSessionControls'])
      .nullish(),
  })
  .register(odataTypes, ['conditionalAccessPolicy']);

export type AccessPolicyBody = z.infer<typeof accessPolicyBody>;

type Members = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A change names what changes; objects are joined, lists replaced (OData 4.01 Part 1 §11.4.3). */
function merge(old: unknown, change: unknown): unknown {
  if (!isObject(change)) return change;
  const before = isObject(old) ? old : {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(change)])];
  return Object.fromEntries(
    names.map((name) => [name, change[name] === undefined ? before[name] : merge(before[name], change[name])]),
  );
}

/**
 * The policy that a body makes of `old`: without what only the server writes, and without what asks for nothing.
 * @throws graphPropertyInvalid for a missing member
 */
export function accessPolicyOf(body: AccessPolicyBody, old: Members): ConditionalAccessPolicy {
  const { displayName, state, conditions, grantControls, sessionControls } = body;
  const change = withoutNulls({
    displayName,
    state,
    conditions: knownConditions(conditions),
    grantControls,
    sessionControls,
  });
  const whole = merge(old, change) as Partial<ConditionalAccessPolicy>;
  for (const name of ['displayName', 'state', 'conditions'] as const)
    if (whole[name] === undefined) throw missing(name);
  const { users, applications, clientAppTypes } = whole.conditions as Partial<AccessConditions>;
  if (!users) throw missing('conditions/users');
  if (!applications) throw missing('conditions/applications');
  if (!clientAppTypes) throw missing('conditions/clientAppTypes');
  if (whole.grantControls && whole.grantControls.operator === undefined) throw missing('grantControls/operator');
  return whole as ConditionalAccessPolicy;
}
const missing = (target: string) => fault('graphPropertyInvalid', { target, problem: 'it is required' });

const conditionNames = ['clientAppTypes', 'applications', 'users', 'platforms', 'locations', 'devices'];
const ignoredMembers = [
  'includeDevices',
  'excludeDevices',
  'includeDeviceStates',
  'excludeDeviceStates',
  'customAuthenticationFactors',
  'applicationFilter',
  'includeGuestsOrExternalUsers',
  'excludeGuestsOrExternalUsers',
  'applicationEnforcedRestrictions',
  'cloudAppSecurity',
  'disableResilienceDefaults',
  'secureSignInSession',
  'continuousAccessEvaluation',
];
const knownConditions = (conditions: Members | undefined) =>
  conditions && Object.fromEntries(Object.entries(conditions).filter(([name]) => conditionNames.includes(name)));

/** Lists that are null are empty, and what asks for nothing is left out; objects that are null stay so, to clear them. */
function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !ignoredMembers.includes(name))
      .map(([name, member]) => [name, member === null && isListName(name) ? [] : withoutNulls(member)]),
  );
}
const isListName = (name: string) => /^(include|exclude)[A-Z]|^(builtInControls|termsOfUse)$/.test(name);
