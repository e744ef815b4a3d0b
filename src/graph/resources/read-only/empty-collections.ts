import type { Need } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { collection } from '../../protocol/answers.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';

/**
 * Collections of Graph that are always empty here, because the tenant can have nothing of the kind: clients read them when they
 * start. Nothing is added to them.
 */
const empty: readonly (readonly [path: string, type: string, need: Need])[] = [
  ['subscribedskus', 'subscribedSku', needs.readOrganization],
  ['directory/administrativeunits', 'administrativeUnit', needs.readDirectory],
  ['administrativeunits', 'administrativeUnit', needs.readDirectory],
  ['groupsettings', 'groupSetting', needs.readGroups],
  ['groupsettingtemplates', 'groupSettingTemplate', needs.readGroups],
  ['settings', 'directorySetting', needs.readGroups],
  ['directorysettingtemplates', 'directorySettingTemplate', needs.readGroups],
  ['grouplifecyclepolicies', 'groupLifecyclePolicy', needs.readGroups],
  ['contacts', 'orgContact', needs.readDirectory],
  ['contracts', 'contract', needs.readDirectory],
  ['identity/conditionalaccess/templates', 'conditionalAccessTemplate', needs.readAccessPolicies],
  ['identity/identityproviders', 'identityProviderBase', needs.readPolicies],
  ['policies/crosstenantaccesspolicy/partners', 'crossTenantAccessPolicyConfigurationPartner', needs.readPolicies],
  ['policies/claimsmappingpolicies', 'claimsMappingPolicy', needs.readPolicies],
  ['policies/homerealmdiscoverypolicies', 'homeRealmDiscoveryPolicy', needs.readPolicies],
  ['policies/tokenissuancepolicies', 'tokenIssuancePolicy', needs.readPolicies],
  ['policies/tokenlifetimepolicies', 'tokenLifetimePolicy', needs.readPolicies],
  ['policies/activitybasedtimeoutpolicies', 'activityBasedTimeoutPolicy', needs.readPolicies],
  ['policies/permissiongrantpolicies', 'permissionGrantPolicy', needs.readPolicies],
  ['policies/appmanagementpolicies', 'appManagementPolicy', needs.readPolicies],
];

/** The same below an object, which is looked up first. */
const below: readonly (readonly [base: string, names: readonly string[], type: string, need: Need])[] = [
  ['groups/{id}', ['settings'], 'groupSetting', needs.readGroups],
  ['users/{id}', ['licensedetails', 'directreports', 'scopedrolememberof'], 'directoryObject', needs.readUsers],
  [
    'applications/{id}',
    ['federatedidentitycredentials', 'tokenissuancepolicies', 'tokenlifetimepolicies'],
    'entity',
    needs.readApplications,
  ],
  [
    'serviceprincipals/{id}',
    ['claimsmappingpolicies', 'homerealmdiscoverypolicies', 'tokenissuancepolicies', 'tokenlifetimepolicies'],
    'entity',
    needs.readApplications,
  ],
];

/** A collection without objects, and every id in it, which is no object's. @param objects reads the object above; throws where there is none */
export function emptyCollectionRoutes(
  objects: Readonly<Record<string, (call: Call) => Promise<unknown>>>,
): readonly Route[] {
  const routes = (path: string, type: string, need: Need, require?: (call: Call) => Promise<unknown>): Route[] => [
    {
      method: 'GET',
      path,
      need,
      answer: async (call) => {
        await require?.(call);
        return collection(call, [], { type, set: path });
      },
    },
    {
      method: 'GET',
      path: `${path}/{item}`,
      need,
      answer: async (call) => {
        await require?.(call);
        throw fault('graphObjectMissing', { id: keyText(call, 'item').slice(0, 80) });
      },
    },
  ];
  return [
    ...empty.flatMap(([path, type, need]) => routes(path, type, need)),
    ...below.flatMap(([base, names, type, need]) =>
      names.flatMap((name) => routes(`${base}/${name}`, type, need, objects[base])),
    ),
  ];
}
