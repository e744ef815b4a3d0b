import { z } from 'zod';
import { changeAccess } from '#admin/policies/change-access.ts';
import type { AccessConditions, ConditionalAccessPolicy, GrantControls } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { fault } from '#core/trace/fault.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, nothing, type Shown } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { findStrength, strengthItem } from './strength-items.ts';

const view: Shown = {
  type: 'conditionalAccessPolicy',
  set: 'identity/conditionalAccess/policies',
  alsoKnown: ['partialEnablementStrategy'],
};

/** What was not given reads back as an empty list, or as null where it is an object (graph-api §11.1). */
export function policyItem(policy: ConditionalAccessPolicy, strengths: readonly AuthenticationStrength[]): Item {
  const { id, displayName, state, conditions, grantControls, sessionControls } = policy;
  return {
    id,
    templateId: null,
    displayName,
    createdDateTime: policy.createdDateTime ?? null,
    modifiedDateTime: policy.modifiedDateTime ?? null,
    deletedDateTime: null,
    state,
    conditions: conditionsItem(conditions),
    grantControls: grantControls ? grantItem(grantControls, strengths) : null,
    sessionControls: sessionControls ? sessionItem(sessionControls) : null,
  };
}

const lists = <K extends string>(from: Partial<Record<K, readonly string[]>>, ...names: K[]) =>
  Object.fromEntries(names.map((name) => [name, from[name] ?? []]));

function conditionsItem({ users, applications, clientAppTypes, locations, platforms }: AccessConditions) {
  return {
    clientAppTypes,
    userRiskLevels: [],
    signInRiskLevels: [],
    servicePrincipalRiskLevels: [],
    insiderRiskLevels: null,
    devices: null,
    clientApplications: null,
    authenticationFlows: null,
    platforms: platforms ? lists(platforms, 'includePlatforms', 'excludePlatforms') : null,
    locations: locations ? lists(locations, 'includeLocations', 'excludeLocations') : null,
    applications: {
      ...lists(
        applications,
        'includeApplications',
        'excludeApplications',
        'includeUserActions',
        'includeAuthenticationContextClassReferences',
      ),
      applicationFilter: null,
    },
    users: {
      ...lists(users, 'includeUsers', 'excludeUsers', 'includeGroups', 'excludeGroups', 'includeRoles', 'excludeRoles'),
      includeGuestsOrExternalUsers: null,
      excludeGuestsOrExternalUsers: null,
    },
  };
}

function grantItem(controls: GrantControls, strengths: readonly AuthenticationStrength[]) {
  const strength = controls.authenticationStrength && findStrength(controls.authenticationStrength.id, strengths);
  return {
    operator: controls.operator,
    builtInControls: controls.builtInControls ?? [],
    customAuthenticationFactors: [],
    termsOfUse: controls.termsOfUse ?? [],
    authenticationStrength: strength ? strengthItem(strength) : null,
  };
}

function sessionItem({ signInFrequency, persistentBrowser }: NonNullable<ConditionalAccessPolicy['sessionControls']>) {
  return {
    disableResilienceDefaults: null,
    applicationEnforcedRestrictions: null,
    cloudAppSecurity: null,
    secureSignInSession: null,
    signInFrequency: signInFrequency
      ? {
          value: signInFrequency.value ?? null,
          type: signInFrequency.type ?? null,
          authenticationType: signInFrequency.authenticationType ?? 'primaryAndSecondaryAuthentication',
          frequencyInterval: signInFrequency.frequencyInterval ?? 'timeBased',
          isEnabled: signInFrequency.isEnabled ?? null,
        }
      : null,
    persistentBrowser: persistentBrowser
      ? { mode: persistentBrowser.mode ?? null, isEnabled: persistentBrowser.isEnabled ?? null }
      : null,
  };
}

const text = z.string().max(256);
const ids = z.array(text).max(2000).nullish();
/** Graph has it; here it would promise what nobody keeps. Absent, null, empty and switched off promise nothing. */
const nothingAsked = (problem: string) =>
  z
    .unknown()
    .refine((value) => isEmpty(value), { message: problem })
    .optional();
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && (value as { isEnabled?: unknown }).isEnabled === false;
}
const unjudged = nothingAsked('this cannot be judged here');
const readOnly = z.unknown().optional();
const shape = z.strictObject({
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
          applicationFilter: unjudged,
          globalSecureAccess: unjudged,
          networkAccess: unjudged,
        })
        .optional(),
      users: z
        .strictObject({
          includeUsers: ids,
          excludeUsers: ids,
          includeGroups: ids,
          excludeGroups: ids,
          includeRoles: ids,
          excludeRoles: ids,
          includeGuestsOrExternalUsers: unjudged,
          excludeGuestsOrExternalUsers: unjudged,
        })
        .optional(),
      platforms: z.strictObject({ includePlatforms: ids, excludePlatforms: ids }).nullish(),
      locations: z.strictObject({ includeLocations: ids, excludeLocations: ids }).nullish(),
      userRiskLevels: unjudged,
      signInRiskLevels: unjudged,
      servicePrincipalRiskLevels: unjudged,
      agentIdRiskLevels: unjudged,
      insiderRiskLevels: unjudged,
      devices: unjudged,
      clientApplications: unjudged,
      authenticationFlows: unjudged,
      times: unjudged,
      deviceStates: unjudged,
    })
    .optional(),
  grantControls: z
    .strictObject({
      operator: text.optional(),
      builtInControls: ids,
      customAuthenticationFactors: nothingAsked('no custom factor is known here'),
      termsOfUse: ids,
      authenticationStrength: z.object({ id: text }).nullish(),
    })
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
        .nullish(),
      persistentBrowser: z.strictObject({ mode: text.nullish(), isEnabled: z.boolean().nullish() }).nullish(),
      applicationEnforcedRestrictions: nothingAsked('no application enforces restrictions here'),
      cloudAppSecurity: nothingAsked('there is no Cloud App Security here'),
      disableResilienceDefaults: nothingAsked('there are no resilience defaults here'),
      secureSignInSession: nothingAsked('tokens cannot be bound to devices here'),
      continuousAccessEvaluation: nothingAsked('continuous access evaluation cannot be set here'),
    })
    .nullish(),
});

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

/** What is kept of a body: without what only Graph writes, and without what asks for nothing. */
function policyFrom(body: z.infer<typeof shape>, old: Members): ConditionalAccessPolicy {
  const { displayName, state, conditions, grantControls, sessionControls } = body;
  const change = withoutNulls({ displayName, state, conditions: verdict(conditions), grantControls, sessionControls });
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

const conditionNames = ['clientAppTypes', 'applications', 'users', 'platforms', 'locations'];
const unkept = [
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
const verdict = (conditions: Members | undefined) =>
  conditions && Object.fromEntries(Object.entries(conditions).filter(([name]) => conditionNames.includes(name)));

/** Lists that are null are empty, and what asks for nothing is left out; objects that are null stay so, to clear them. */
function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !unkept.includes(name))
      .map(([name, member]) => [name, member === null && isListName(name) ? [] : withoutNulls(member)]),
  );
}
const isListName = (name: string) => /^(include|exclude)[A-Z]|^(builtInControls|termsOfUse)$/.test(name);

async function add(call: Call) {
  const body = readBody(call, shape);
  const at = call.at.toISOString();
  const policy = { ...policyFrom(body, {}), id: crypto.randomUUID(), createdDateTime: at };
  const { strengths } = await changeAccess(call.actor, call.ports, ({ policies }) => ({
    policies: [...policies, policy],
  }));
  return entity(call, policyItem(policy, strengths), view, 201);
}

const idIn = (call: Call) => keyText(call, 'id').toLowerCase();

async function change(call: Call) {
  const [id, said] = [idIn(call), readBody(call, shape)];
  await changeAccess(call.actor, call.ports, ({ policies }) => {
    refuseUnknown(id, policies);
    const modifiedDateTime = call.at.toISOString();
    const change = (conditionalAccessPolicy: ConditionalAccessPolicy) => ({
      ...policyFrom(said, { ...conditionalAccessPolicy }),
      id,
      modifiedDateTime,
    });
    return { policies: policies.map((policy) => (policy.id === id ? change(policy) : policy)) };
  });
  return nothing;
}

async function remove(call: Call) {
  const id = idIn(call);
  await changeAccess(call.actor, call.ports, ({ policies }) => {
    refuseUnknown(id, policies);
    return { policies: policies.filter((policy) => policy.id !== id) };
  });
  return nothing;
}

/** @throws graphObjectMissing */
export function refuseUnknown(id: string, items: readonly { readonly id: string }[]): void {
  if (!items.some((item) => item.id === id)) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

const items = async ({ ports: { policy } }: Call) => {
  const strengths = await policy.strengths();
  return (await policy.conditionalAccess()).map((item) => policyItem(item, strengths));
};

async function entry(call: Call) {
  const match = (await items(call)).find(({ id }) => id === idIn(call));
  if (!match) throw fault('graphObjectMissing', { id: keyText(call, 'id').slice(0, 80) });
  return entity(call, match, view);
}

const path = 'identity/conditionalaccess/policies';

/** graph-api §11.1. */
export const accessPolicyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    need: needs.readAccessPolicies,
    answer: async (call) => collection(call, await items(call), view, { page: 999 }),
  },
  { method: 'POST', path, need: needs.writeAccessPolicies, answer: add },
  { method: 'GET', path: `${path}/{id}`, need: needs.readAccessPolicies, answer: entry },
  { method: 'PATCH', path: `${path}/{id}`, need: needs.writeAccessPolicies, answer: change },
  { method: 'DELETE', path: `${path}/{id}`, need: needs.writeAccessPolicies, answer: remove },
];
