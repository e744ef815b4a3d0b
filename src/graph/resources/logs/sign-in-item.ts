import { accessResultOf, appliedPolicies } from '#core/access/applied-policies.ts';
import type { ClientAppType } from '#core/access/policy.ts';
import { armAppId, graphAppId } from '#core/directory/well-known-applications.ts';
import { authorise } from '#core/roles/authorise.ts';
import { isOfApplication } from '#core/trace/application-entry.ts';
import { messageOf } from '#core/trace/fault.ts';
import { signInNumber } from '#core/trace/sign-in-number.ts';
import { readUserAgent } from '#core/user-agent.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import { describeRepeats } from '#signin/log/repeats.ts';
import type { Item } from '../../odata/evaluate.ts';
import type { Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import { authenticationDetails, match, methodName, processingDetails, proofOfSuccess } from './sign-in-details.ts';

/** Of which tenant entries are, and whether their reader may know which policies there are. */
export interface SignInView {
  readonly tenantId: string;
  readonly showsPolicies: boolean;
}

/** Names of applications and resources, looked up once an answer. */
type Names = ReadonlyMap<string, string>;

export const wellKnownResources: Names = new Map([
  [graphAppId, 'Microsoft Graph'],
  [armAppId, 'Azure Resource Manager'],
]);

async function namesFor(records: readonly SignInRecord[], { ports }: Call): Promise<Names> {
  const names = new Map(wellKnownResources);
  for (const id of new Set(records.map(({ resourceId }) => resourceId))) {
    if (!names.has(id)) names.set(id, (await ports.applications.find(id))?.displayName ?? '');
  }
  return names;
}

/** An entry of the sign-in log as Graph v1.0 shows it (graph-api §12.1). */
function plainSignIn(record: SignInRecord, names: Names, view: SignInView): Item {
  const number = signInNumber(record.status, record.because);
  return {
    id: record.id,
    createdDateTime: record.createdDateTime.toISOString(),
    userDisplayName: record.userDisplayName,
    userPrincipalName: record.userPrincipalName.toLowerCase(),
    userId: record.userId ?? '',
    appId: record.appId,
    appDisplayName: record.appDisplayName,
    ipAddress: record.ipAddress,
    clientAppUsed: clientsUsed[record.clientAppType ?? 'browser'],
    userAgent: record.userAgent,
    correlationId: record.correlationId,
    conditionalAccessStatus: accessResultOf(application(record)),
    isInteractive: record.isInteractive,
    riskDetail: 'none',
    riskLevelAggregated: 'none',
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
    riskEventTypes: [],
    riskEventTypes_v2: [],
    resourceDisplayName: names.get(record.resourceId) ?? '',
    resourceId: record.resourceId,
    resourceTenantId: view.tenantId,
    homeTenantId: view.tenantId,
    servicePrincipalId: isApplication(record) ? record.appId : '',
    servicePrincipalName: isApplication(record) ? record.appDisplayName : null,
    status: {
      errorCode: number,
      failureReason: number === 0 ? 'Other.' : messageOf(record.because),
      additionalDetails: number === 0 ? proofOfSuccess(record) : repeatsOf(record),
    },
    deviceDetail: deviceDetail(record),
    location: {
      city: null,
      state: null,
      countryOrRegion: null,
      geoCoordinates: { altitude: null, latitude: null, longitude: null },
    },
    appliedConditionalAccessPolicies: appliedIn(record, view),
  };
}

/** The registered device that proved itself, else what the user agent tells. */
function deviceDetail({ userAgent, device }: SignInRecord): Item {
  return {
    deviceId: device?.deviceId ?? '',
    displayName: device?.displayName ?? null,
    ...readUserAgent(userAgent),
    ...(device ? { operatingSystem: device.operatingSystem } : {}),
    isCompliant: device?.isCompliant ?? null,
    isManaged: device?.isManaged ?? null,
    trustType: device?.trustType === undefined ? null : (trustTypes[device.trustType ?? ''] ?? null),
  };
}

/** The sign-in log has other words for a trust type than the device object has. */
const trustTypes: Readonly<Record<string, string>> = {
  AzureAd: 'Azure AD joined',
  ServerAd: 'Hybrid Azure AD joined',
  Workplace: 'Azure AD registered',
};

/** What an entry of repeated identical failures says of them. */
function repeatsOf(record: SignInRecord): string | null {
  const attempts = describeRepeats(record);
  if (!attempts) return null;
  return `${attempts} from this source; the last one at ${record.repeats?.lastDateTime.toISOString()}.`;
}

/** What only beta shows. */
export function betaSignIn(record: SignInRecord, names: Names, view: SignInView): Item {
  const requirement = isMultiFactorRequired(record);
  return {
    ...plainSignIn(record, names, view),
    originalRequestId: record.correlationId,
    sessionId: record.sessionId ?? null,
    uniqueTokenIdentifier: record.uniqueTokenIdentifier ?? null,
    userType: record.userId === undefined ? null : 'member',
    signInIdentifier: record.userPrincipalName,
    signInIdentifierType: record.userPrincipalName === '' ? null : 'userPrincipalName',
    signInEventTypes: [eventType(record)],
    authenticationRequirement: requirement ? 'multiFactorAuthentication' : 'singleFactorAuthentication',
    authenticationRequirementPolicies: application(record)
      .filter(({ result, enforcedGrantControls }) => enforces(result) && enforcedGrantControls.some(asksForFactors))
      .map(({ displayName }) => ({ requirementProvider: 'multiConditionalAccess', detail: displayName })),
    authenticationMethodsUsed: [...new Set(record.proofs.map(({ method }) => methodName(method)))],
    authenticationDetails: authenticationDetails(record),
    authenticationProcessingDetails: processingDetails(record),
    authenticationProtocol: 'oAuth2',
    authenticationContextClassReferences: [],
    incomingTokenType: record.incomingTokenType ?? 'none',
    tokenIssuerType: 'AzureAD',
    tokenIssuerName: '',
    clientCredentialType: isApplication(record) ? credentialType(record) : 'none',
    servicePrincipalCredentialKeyId: match(record, 'applicationCertificateRegistered')?.keyId ?? null,
    servicePrincipalCredentialThumbprint: isApplication(record)
      ? (match(record, 'certificateRead')?.sha1Thumbprint ?? null)
      : null,
    sessionLifetimePolicies: [],
    networkLocationDetails: [],
    processingTimeInMilliseconds: 0,
    autonomousSystemNumber: null,
    crossTenantAccessType: 'none',
    flaggedForReview: false,
  };
}

const isApplication = (record: SignInRecord) => isOfApplication(record.trace);

/** A failure without the entry's own word for it is that of a certificate. */
const credentialType = (record: SignInRecord) =>
  match(record, 'clientCredentialsAccepted')?.credential ??
  (record.status === 'success' ? 'clientSecret' : 'certificate');

function eventType(record: SignInRecord): string {
  if (isApplication(record)) return 'servicePrincipal';
  return record.isInteractive ? 'interactiveUser' : 'nonInteractiveUser';
}

const application = (record: SignInRecord) => record.appliedConditionalAccessPolicies ?? appliedPolicies(record.trace);
const enforces = (result: string) => ['success', 'failure', 'interrupted'].includes(result);
const asksForFactors = (control: string) => control === 'mfa' || control.startsWith('authenticationStrength');

function isMultiFactorRequired(record: SignInRecord): boolean {
  return application(record).some(
    ({ result, enforcedGrantControls }) => enforces(result) && enforcedGrantControls.some(asksForFactors),
  );
}

/** Graph has no `interrupted`: a policy that is not satisfied yet failed, and report-only ones keep their own word. */
const results: Readonly<Record<string, string>> = { interrupted: 'failure' };

/** Which policies there are is not every log reader's to know (graph-api §12.1). */
function appliedIn(record: SignInRecord, { showsPolicies }: SignInView): readonly unknown[] {
  if (!showsPolicies) return [];
  return application(record).map((policy) => ({
    ...policy,
    enforcedGrantControls: policy.enforcedGrantControls.map((name) => (name === 'mfa' ? 'Mfa' : name)),
    result: results[policy.result] ?? policy.result,
  }));
}

/** Entries as Graph shows them, in the version of the call. */
export async function itemsOf(records: readonly SignInRecord[], call: Call): Promise<readonly Item[]> {
  const names = await namesFor(records, call);
  const view = {
    tenantId: call.ports.tenant.id,
    showsPolicies: authorise(call.caller, needs.readAccessPolicies).outcome === 'passed',
  };
  return records.map((record) => (call.version === 'beta' ? betaSignIn : plainSignIn)(record, names, view));
}

/** Client types as the portal calls them (graph-api §12.1). */
const clientsUsed: Readonly<Record<ClientAppType, string>> = {
  browser: 'Browser',
  mobileAppsAndDesktopClients: 'Mobile Apps and Desktop clients',
  exchangeActiveSync: 'Exchange ActiveSync',
  easSupported: 'Exchange ActiveSync',
  other: 'Other clients',
};
