import { isHex } from '../hex.ts';
import { type Because, because } from '../trace/reasons.ts';
import { parseRange } from './conditions/ip-range.ts';
import { parseDeviceFilter } from './device/device-filter.ts';
import { registerSecurityInfo } from './methods/security-info.ts';
import type { AccessConditions, ConditionalAccessPolicy, NamedLocation, SessionControls } from './policy.ts';
import { authenticationMethods } from './proof.ts';
import { type AuthenticationStrength, builtInStrengths, type CombinationConfiguration } from './strengths.ts';

/** What is wrong, and where: a JSON pointer (RFC 6901) into the document. */
export interface AccessIssue {
  readonly target: string;
  readonly because: Because;
}
/** What a policy may refer to. */
export interface KnownToPolicies {
  readonly strengths: readonly Pick<AuthenticationStrength, 'id'>[];
  readonly namedLocations: readonly Pick<NamedLocation, 'id'>[];
}

const states = ['enabled', 'disabled', 'enabledForReportingButNotEnforced'];
const clients = ['all', 'browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other'];
const platformNames = ['all', 'android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'];
/** Graph also has urn:user:registerdevice. Who joins devices by which factors is in the device registration policy. */
const userActions = [registerSecurityInfo];
const controls = ['block', 'mfa', 'compliantDevice', 'domainJoinedDevice'];
/** Conditions that Graph has and Cardea cannot evaluate. A policy with one is refused, because it would not be enforced. */
const unsupportedConditions = [
  'signInRiskLevels',
  'userRiskLevels',
  'servicePrincipalRiskLevels',
  'clientApplications',
  'authenticationFlows',
  'insiderRiskLevels',
];

/** Everything wrong with a Conditional Access policy; empty when nothing is. The caller checks shapes. */
export function checkAccessPolicy(
  policy: ConditionalAccessPolicy,
  references: KnownToPolicies,
): readonly AccessIssue[] {
  return [
    ...(policy.displayName.trim() === '' ? [issue('/displayName', 'a policy needs a displayName')] : []),
    ...oneOf('/state', policy.state, states),
    ...checkConditions(policy.conditions, references),
    ...checkGrantControls(policy, references),
    ...checkSessionControls(policy.sessionControls ?? {}),
  ];
}

function issue(target: string, problem: string): AccessIssue {
  return { target, because: because('accessPolicyInvalid', { problem }) };
}

function oneOf(target: string, value: string, allowedValues: readonly string[]): readonly AccessIssue[] {
  return allowedValues.includes(value) ? [] : [issue(target, `"${value}" is not one of ${allowedValues.join(', ')}`)];
}

/** The same for a list, whose values are compared without case as they are when a policy is evaluated. */
function eachOneOf(
  target: string,
  values: readonly string[] | undefined,
  allowedValues: readonly string[],
): readonly AccessIssue[] {
  const lowerCase = allowedValues.map((value) => value.toLowerCase());
  return (values ?? []).flatMap((value, i) =>
    lowerCase.includes(value.toLowerCase()) ? [] : oneOf(`${target}/${i}`, value, allowedValues),
  );
}

function checkConditions(conditions: AccessConditions, references: KnownToPolicies): readonly AccessIssue[] {
  const { clientAppTypes, applications, users, locations, platforms } = conditions;
  const contexts = applications.includeAuthenticationContextClassReferences ?? [];
  const applicationTargets = [
    ...(applications.includeApplications ?? []),
    ...(applications.includeUserActions ?? []),
    ...contexts,
  ];
  const userTargets = [...(users.includeUsers ?? []), ...(users.includeGroups ?? []), ...(users.includeRoles ?? [])];
  return [
    ...(clientAppTypes.length === 0 ? [issue('/conditions/clientAppTypes', 'name at least one, or "all"')] : []),
    ...clientAppTypes.flatMap((type, i) => oneOf(`/conditions/clientAppTypes/${i}`, type, clients)),
    ...(applicationTargets.length === 0
      ? [issue('/conditions/applications', 'name applications, user actions or authentication contexts')]
      : []),
    ...(userTargets.length === 0 ? [issue('/conditions/users', 'name users, groups or roles')] : []),
    ...contexts.flatMap((id, i) =>
      /^c[1-9]\d?$/u.test(id)
        ? []
        : [
            issue(
              `/conditions/applications/includeAuthenticationContextClassReferences/${i}`,
              `"${id}" is not c1 to c99`,
            ),
          ],
    ),
    ...checkLocations(locations?.includeLocations ?? [], '/conditions/locations/includeLocations', references),
    ...checkLocations(locations?.excludeLocations ?? [], '/conditions/locations/excludeLocations', references),
    ...eachOneOf('/conditions/applications/includeUserActions', applications.includeUserActions, userActions),
    ...eachOneOf('/conditions/platforms/includePlatforms', platforms?.includePlatforms, platformNames),
    ...eachOneOf('/conditions/platforms/excludePlatforms', platforms?.excludePlatforms, platformNames),
    ...checkDevices(conditions.devices ?? {}),
    ...unsupportedConditions
      .filter((name) => isPresent(conditions, name))
      .map((name) => issue(`/conditions/${name}`, `${name} is not supported`)),
  ];
}

/** A filter that is not understood would not be enforced, and is refused; so is every other condition on devices. */
function checkDevices({
  deviceFilter,
  ...furtherConditions
}: NonNullable<AccessConditions['devices']>): readonly AccessIssue[] {
  const path = '/conditions/devices';
  const unknown = Object.keys(furtherConditions).filter((name) =>
    isPresent(furtherConditions as unknown as AccessConditions, name),
  );
  const rule = deviceFilter && parseDeviceFilter(deviceFilter.rule);
  return [
    ...unknown.map((name) => issue(`${path}/${name}`, `${name} is not supported`)),
    ...(deviceFilter ? oneOf(`${path}/deviceFilter/mode`, deviceFilter.mode, ['include', 'exclude']) : []),
    ...(rule?.outcome === 'refused' ? [{ target: `${path}/deviceFilter/rule`, because: rule.because }] : []),
  ];
}

function isPresent(conditions: AccessConditions, name: string): boolean {
  const value = (conditions as unknown as Record<string, unknown>)[name];
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

function checkLocations(
  ids: readonly string[],
  path: string,
  { namedLocations }: KnownToPolicies,
): readonly AccessIssue[] {
  const locationIds = ['All', 'AllTrusted', ...namedLocations.map(({ id }) => id)];
  return ids.flatMap((id, i) =>
    locationIds.includes(id) ? [] : [issue(`${path}/${i}`, `there is no named location ${id}`)],
  );
}

/** CAP-2: MFA and a strength exclude each other; a block stands alone. */
function checkGrantControls(
  { grantControls, sessionControls }: ConditionalAccessPolicy,
  references: KnownToPolicies,
): readonly AccessIssue[] {
  if (!grantControls)
    return sessionControls ? [] : [issue('/grantControls', 'a policy needs a grant or a session control')];
  const { operator, builtInControls = [], authenticationStrength } = grantControls;
  const strengths = [...builtInStrengths, ...references.strengths].map(({ id }) => id);
  const [path, isBlock] = ['/grantControls', builtInControls.includes('block')];
  const hasOthers = builtInControls.length + (authenticationStrength ? 1 : 0) > 1;
  return [
    ...oneOf(`${path}/operator`, operator, ['AND', 'OR']),
    ...builtInControls.flatMap((control, i) => oneOf(`${path}/builtInControls/${i}`, control, controls)),
    ...(isBlock && hasOthers
      ? [issue(`${path}/builtInControls`, 'block cannot be combined with another control')]
      : []),
    ...(builtInControls.includes('mfa') && authenticationStrength
      ? [issue(`${path}/authenticationStrength`, 'a strength cannot be combined with mfa')]
      : []),
    ...(authenticationStrength ? oneOf(`${path}/authenticationStrength/id`, authenticationStrength.id, strengths) : []),
  ];
}

function checkSessionControls({ signInFrequency, persistentBrowser }: SessionControls): readonly AccessIssue[] {
  const path = '/sessionControls/signInFrequency';
  const timed = signInFrequency?.isEnabled && signInFrequency.frequencyInterval !== 'everyTime';
  const [value, longest] = [signInFrequency?.value ?? 0, signInFrequency?.type === 'days' ? 365 : 23];
  const isWhole = Number.isInteger(value) && value >= 1 && value <= longest;
  return [
    ...(timed && !isWhole
      ? [issue(`${path}/value`, `a sign-in frequency is 1 to 23 hours or 1 to 365 days, not ${value}`)]
      : []),
    ...(timed ? oneOf(`${path}/type`, signInFrequency.type ?? 'nothing', ['hours', 'days']) : []),
    ...(persistentBrowser?.isEnabled
      ? oneOf('/sessionControls/persistentBrowser/mode', persistentBrowser.mode ?? 'nothing', ['always', 'never'])
      : []),
  ];
}

/** Everything wrong with a named location. */
export function checkNamedLocation({ displayName, ipRanges }: NamedLocation): readonly AccessIssue[] {
  return [
    ...(displayName.trim() === '' ? [issue('/displayName', 'a location needs a displayName')] : []),
    ...(ipRanges.length === 0 ? [issue('/ipRanges', 'name at least one range')] : []),
    ...ipRanges.flatMap((range, i) =>
      parseRange(range) ? [] : [issue(`/ipRanges/${i}`, `"${range}" is not a range such as 192.0.2.0/24`)],
    ),
  ];
}

/** CAP-10. */
export const strengthLimits = { customStrengths: 15, issuers: 5, policyOids: 5 } as const;

/** Everything wrong with a custom strength, given the tenant's others. */
export function checkStrength(
  strength: AuthenticationStrength,
  authenticationStrengths: readonly AuthenticationStrength[],
): readonly AccessIssue[] {
  const custom =
    authenticationStrengths.filter(({ policyType, id }) => policyType === 'custom' && id !== strength.id).length + 1;
  const { customStrengths } = strengthLimits;
  return [
    ...(custom > customStrengths
      ? [strengthIssue('', `a tenant has at most ${customStrengths} custom strengths`)]
      : []),
    ...(strength.displayName.trim() === '' ? [strengthIssue('/displayName', 'a strength needs a displayName')] : []),
    ...(strength.allowedCombinations.length === 0
      ? [strengthIssue('/allowedCombinations', 'name at least one combination')]
      : []),
    ...strength.allowedCombinations.flatMap(checkCombination),
    ...strength.combinationConfigurations.flatMap((configuration, i) =>
      checkConstraints(configuration, `/combinationConfigurations/${i}`),
    ),
  ];
}

function strengthIssue(target: string, problem: string): AccessIssue {
  return { target, because: because('strengthInvalid', { problem }) };
}

function checkCombination(combination: string, i: number): readonly AccessIssue[] {
  const unknown = combination
    .split(',')
    .filter((method) => !(authenticationMethods as readonly string[]).includes(method.trim()));
  return unknown.map((method) =>
    strengthIssue(`/allowedCombinations/${i}`, `"${method}" is not an authentication method`),
  );
}

const constrainable = ['x509CertificateSingleFactor', 'x509CertificateMultiFactor', 'fido2'];

function checkConstraints(configuration: CombinationConfiguration, path: string): readonly AccessIssue[] {
  const {
    appliesToCombinations: applies,
    allowedIssuerSkis: issuers = [],
    allowedPolicyOIDs: oids = [],
  } = configuration;
  const { issuers: mostIssuers, policyOids: mostOids } = strengthLimits;
  return [
    ...(applies.length === 0 ? [strengthIssue(`${path}/appliesToCombinations`, 'name what it applies to')] : []),
    ...applies
      .filter((apply) => !constrainable.includes(apply))
      .map((item) => strengthIssue(`${path}/appliesToCombinations`, `"${item}" takes no constraints`)),
    ...(issuers.length > mostIssuers
      ? [strengthIssue(`${path}/allowedIssuerSkis`, `at most ${mostIssuers} issuers`)]
      : []),
    ...(oids.length > mostOids ? [strengthIssue(`${path}/allowedPolicyOIDs`, `at most ${mostOids} OIDs`)] : []),
    ...issuers
      .filter((ski) => !isHex(ski))
      .map((ski) => strengthIssue(`${path}/allowedIssuerSkis`, `"${ski}" is not hex`)),
    ...oids
      .filter((oid) => !/^[0-2](?:\.(?:0|[1-9]\d*))+$/u.test(oid))
      .map((oid) => strengthIssue(`${path}/allowedPolicyOIDs`, `"${oid}" is not an OID`)),
  ];
}

/** CAP-10: a strength some policy names cannot be deleted. The names of those policies. */
export function policiesUsing(strengthId: string, policies: readonly ConditionalAccessPolicy[]): readonly string[] {
  const id = strengthId.toLowerCase();
  return policies
    .filter(({ grantControls }) => grantControls?.authenticationStrength?.id.toLowerCase() === id)
    .map((policy) => policy.displayName);
}
