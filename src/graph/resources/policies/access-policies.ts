import { changeAccess } from '#admin/policies/change-access.ts';
import type { AccessConditions, ConditionalAccessPolicy, GrantControls } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { accessPolicyBody, accessPolicyOf } from '#schema/access-policy.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { findStrength, strengthItem } from './strength-items.ts';

export const policyResource: GraphResource = {
  type: 'conditionalAccessPolicy',
  set: 'identity/conditionalAccess/policies',
  alsoKnown: ['partialEnablementStrategy'],
};

/** What was not given reads back as an empty list, or as null where it is an object (graph-api §11.1). */
export function policyItem(policy: ConditionalAccessPolicy, strengths: readonly AuthenticationStrength[]): Item {
  const { id, displayName, state, conditions, grantControls, sessionControls } = policy;
  const item = {
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
  return withTag(item, policy);
}

const lists = <K extends string>(from: Partial<Record<K, readonly string[]>>, ...names: K[]) =>
  Object.fromEntries(names.map((name) => [name, from[name] ?? []]));

function conditionsItem({ users, applications, clientAppTypes, locations, platforms, devices }: AccessConditions) {
  return {
    clientAppTypes,
    userRiskLevels: [],
    signInRiskLevels: [],
    servicePrincipalRiskLevels: [],
    insiderRiskLevels: null,
    devices: devices?.deviceFilter ? { deviceFilter: devices.deviceFilter } : null,
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

async function add(call: Call) {
  const body = await readBody(call, accessPolicyBody);
  const at = call.at.toISOString();
  const policy = { ...accessPolicyOf(body, {}), id: crypto.randomUUID(), createdDateTime: at };
  const { strengths } = orThrow(await changeAccess(call, ({ policies }) => ({ policies: [...policies, policy] })));
  return entity(call, policyItem(policy, strengths), policyResource, 201);
}

const idIn = (call: Call) => keyText(call, 'id').toLowerCase();

async function change(call: Call) {
  const [id, body] = [idIn(call), await readBody(call, accessPolicyBody)];
  orThrow(
    await changeAccess(call, ({ policies }) => {
      refuseUnknown(id, policies);
      const modifiedDateTime = call.at.toISOString();
      const change = (conditionalAccessPolicy: ConditionalAccessPolicy) => ({
        ...accessPolicyOf(body, { ...conditionalAccessPolicy }),
        id,
        modifiedDateTime,
      });
      return { policies: policies.map((policy) => (policy.id === id ? change(policy) : policy)) };
    }),
  );
  return nothing;
}

async function remove(call: Call) {
  const id = idIn(call);
  orThrow(
    await changeAccess(call, ({ policies }) => {
      refuseUnknown(id, policies);
      return { policies: policies.filter((policy) => policy.id !== id) };
    }),
  );
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
  return entity(call, match, policyResource);
}

const path = 'identity/conditionalaccess/policies';

/** graph-api §11.1. */
export const accessPolicyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    need: needs.readAccessPolicies,
    answer: async (call) => collection(call, await items(call), policyResource, { page: 999 }),
  },
  { method: 'POST', path, need: needs.writeAccessPolicies, answer: add },
  { method: 'GET', path: `${path}/{id}`, need: needs.readAccessPolicies, answer: entry },
  { method: 'PATCH', path: `${path}/{id}`, need: needs.writeAccessPolicies, answer: change },
  { method: 'DELETE', path: `${path}/{id}`, need: needs.writeAccessPolicies, answer: remove },
];
