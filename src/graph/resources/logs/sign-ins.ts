import { appliedPolicies } from '#core/access/applied-policies.ts';
import type { ClientAppType } from '#core/access/policy.ts';
import { authorise } from '#core/roles/authorise.ts';
import { fault, wordsOf } from '#core/trace/fault.ts';
import type { Code, EvidenceOf } from '#core/trace/reasons.ts';
import { signInNumber } from '#core/trace/sign-in-number.ts';
import type { SignInQuery, SignInRecord } from '#model/sign-in.ts';
import { conditionsIn, type Item, mustBeWithin, mustEqual, propertiesIn } from '../../odata/evaluate.ts';
import { entity, type LogMark, logPage, type Shown } from '../../protocol/answers.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { readUserAgent } from '../../protocol/user-agent.ts';

const view: Shown = { type: 'signIn', set: 'auditLogs/signIns' };

/** What an entry's account found at a step, with the evidence of that code. */
function match<C extends Code>({ trace }: SignInRecord, code: C): EvidenceOf<C> | undefined {
  return trace.findings.findLast(({ because }) => because.code === code)?.because.evidence as EvidenceOf<C> | undefined;
}

/** Names of applications and resources, looked up once an answer. */
type Names = ReadonlyMap<string, string>;

const wellKnownResources: Names = new Map([
  ['00000003-0000-0000-c000-000000000000', 'Microsoft Graph'],
  ['797f4846-ba00-4fd7-ba43-dac1f8f63013', 'Azure Resource Manager'],
]);

async function namesFor(records: readonly SignInRecord[], { ports }: Call): Promise<Names> {
  const names = new Map(wellKnownResources);
  for (const id of new Set(records.map(({ resourceId }) => resourceId))) {
    if (!names.has(id)) names.set(id, (await ports.applications.find(id))?.displayName ?? '');
  }
  return names;
}

/** An entry of the sign-in log as Graph v1.0 shows it (graph-api §12.1). */
function plainSignIn(record: SignInRecord, names: Names, call: Call): Item {
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
    conditionalAccessStatus: conditionalAccessStatus(record),
    isInteractive: record.isInteractive,
    riskDetail: 'none',
    riskLevelAggregated: 'none',
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
    riskEventTypes: [],
    riskEventTypes_v2: [],
    resourceDisplayName: names.get(record.resourceId) ?? '',
    resourceId: record.resourceId,
    resourceTenantId: call.ports.tenant.id,
    homeTenantId: call.ports.tenant.id,
    servicePrincipalId: isApplication(record) ? record.appId : '',
    servicePrincipalName: isApplication(record) ? record.appDisplayName : null,
    status: {
      errorCode: number,
      failureReason: number === 0 ? 'Other.' : wordsOf(record.because),
      additionalDetails: number === 0 ? proofOfSuccess(record) : repeatsOf(record),
    },
    deviceDetail: deviceDetail(record),
    location: {
      city: null,
      state: null,
      countryOrRegion: null,
      geoCoordinates: { altitude: null, latitude: null, longitude: null },
    },
    appliedConditionalAccessPolicies: appliedIn(record, call),
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
function repeatsOf({ repeats, isOfManyNames }: SignInRecord): string | null {
  if (!repeats) return null;
  const kind = isOfManyNames ? 'attempts with unknown user names' : 'identical attempts';
  return `${repeats.count} ${kind} from this source; the last one at ${repeats.lastDateTime.toISOString()}.`;
}

/** What only beta shows. */
function betaSignIn(record: SignInRecord, names: Names, call: Call): Item {
  const requirement = isMultiFactorRequired(record);
  return {
    ...plainSignIn(record, names, call),
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
    clientCredentialType: isApplication(record) ? 'clientSecret' : 'none',
    servicePrincipalCredentialKeyId: null,
    servicePrincipalCredentialThumbprint: null,
    sessionLifetimePolicies: [],
    networkLocationDetails: [],
    processingTimeInMilliseconds: 0,
    autonomousSystemNumber: null,
    crossTenantAccessType: 'none',
    flaggedForReview: false,
  };
}

const isApplication = (record: SignInRecord) => match(record, 'clientCredentialsAccepted') !== undefined;

function eventType(record: SignInRecord): string {
  if (isApplication(record)) return 'servicePrincipal';
  return record.isInteractive ? 'interactiveUser' : 'nonInteractiveUser';
}

const application = (record: SignInRecord) => record.appliedConditionalAccessPolicies ?? appliedPolicies(record.trace);
const enforces = (result: string) => ['success', 'failure', 'interrupted'].includes(result);
const asksForFactors = (control: string) => control === 'mfa' || control.startsWith('authenticationStrength');

function conditionalAccessStatus(record: SignInRecord): string {
  const results = application(record).map(({ result }) => result);
  if (results.some((result) => result === 'failure' || result === 'interrupted')) return 'failure';
  return results.includes('success') ? 'success' : 'notApplied';
}

function isMultiFactorRequired(record: SignInRecord): boolean {
  return application(record).some(
    ({ result, enforcedGrantControls }) => enforces(result) && enforcedGrantControls.some(asksForFactors),
  );
}

/** Graph has no `interrupted`: a policy that is not satisfied yet failed, and report-only ones keep their own word. */
const results: Readonly<Record<string, string>> = { interrupted: 'failure' };

/** Which policies there are is not every log reader's to know (graph-api §12.1). */
function appliedIn(record: SignInRecord, { caller }: Call): readonly unknown[] {
  if (authorise(caller, needs.readAccessPolicies).outcome !== 'passed') return [];
  return application(record).map((policy) => ({
    ...policy,
    enforcedGrantControls: policy.enforcedGrantControls.map((name) => (name === 'mfa' ? 'Mfa' : name)),
    result: results[policy.result] ?? policy.result,
  }));
}

const isCertificate = (method: string) => method.startsWith('x509Certificate');

function proofOfSuccess(record: SignInRecord): string | null {
  const isMulti = record.proofs.some(({ method }) => method === 'x509CertificateMultiFactor');
  if (isMulti) return 'MFA requirement satisfied by certificate';
  return match(record, 'sessionAccepted') ? 'Satisfied by claim in the session' : null;
}

/** Names the portal shows for methods. */
const methodNames: Readonly<Record<string, string>> = {
  password: 'Password',
  softwareOath: 'OATH verification code',
  hardwareOath: 'OATH verification code',
  fido2: 'Passkey',
  windowsHelloForBusiness: 'Windows Hello for Business',
  temporaryAccessPassOneTime: 'Temporary Access Pass',
  temporaryAccessPassMultiUse: 'Temporary Access Pass',
  approval: 'Approval in another session',
};
const methodName = (method: string) => (isCertificate(method) ? 'X.509 Certificate' : (methodNames[method] ?? method));

/** LOG-2: a row for every factor, and one for the attempt that failed. */
function authenticationDetails(record: SignInRecord): readonly unknown[] {
  const rows = record.proofs.map(({ method, at, certificate }, i) => ({
    authenticationStepDateTime: at,
    authenticationMethod: methodName(method),
    authenticationMethodDetail: certificate ? certificateDetail(certificate.subject, certificate.sha1Thumbprint) : null,
    succeeded: true,
    authenticationStepResultDetail: isCertificate(method) ? 'certificate accepted' : 'accepted',
    authenticationStepRequirement: i === 0 ? 'Primary authentication' : 'Secondary authentication',
  }));
  return record.status === 'failure' && rows.length === 0 ? triedStep(record) : rows;
}

/** What the user tried when one of these is in the trace. */
const triedBy: Readonly<Partial<Record<Code, string>>> = {
  certificateRead: 'x509Certificate',
  certificateMissing: 'x509Certificate',
  certificateUnreadable: 'x509Certificate',
  passwordWrong: 'password',
  oneTimeCodeWrong: 'softwareOath',
  passkeyWrong: 'fido2',
  temporaryAccessPassWrong: 'temporaryAccessPassOneTime',
  temporaryAccessPassInvalid: 'temporaryAccessPassOneTime',
  approvalRefused: 'approval',
};

/** The one step of a refused sign-in; none where nothing was shown. A card may be right and policy refuse it all the same. */
function triedStep(record: SignInRecord): readonly unknown[] {
  const { findings } = record.trace;
  const method = findings.map(({ because }) => triedBy[because.code]).find((item) => item !== undefined);
  if (method === undefined) return [];
  const card = match(record, 'certificateRead');
  const succeeded = match(record, 'userBound') !== undefined;
  return [
    {
      authenticationStepDateTime: record.createdDateTime.toISOString(),
      authenticationMethod: methodName(method),
      authenticationMethodDetail: card ? certificateDetail(card.subject, card.sha1Thumbprint) : null,
      succeeded,
      authenticationStepResultDetail: succeeded ? 'certificate accepted' : wordsOf(record.because),
      authenticationStepRequirement: match(record, 'provenBefore')
        ? 'Secondary authentication'
        : 'Primary authentication',
    },
  ];
}

const certificateDetail = (subject: string, thumbprint: string) => `${subject || '(empty subject)'}; ${thumbprint}`;

const levels = {
  x509CertificateMultiFactor: 'multiFactorAuthentication',
  x509CertificateSingleFactor: 'singleFactorAuthentication',
};
const levelTypes = {
  policyOID: 'PolicyId',
  issuerSubject: 'IssuerSubject',
  issuerSubjectAndPolicyOID: 'IssuerSubjectAndPolicyId',
  default: 'Default',
};

/** entra-cba §10.1: what the certificate was, how it was bound and rated. Keys are the portal's labels. */
function processingDetails(record: SignInRecord): readonly { key: string; value: string }[] {
  const rows: (readonly [string, string | undefined])[] = [];
  const card = match(record, 'certificateRead');
  if (card) {
    rows.push(
      ['User certificate subject name', card.subject],
      ['User certificate issuer name', card.issuer],
      ['User certificate serial number', card.serialNumber],
      ['User certificate thumbprint', card.sha1Thumbprint],
    );
  }
  const bound = match(record, 'userBound');
  if (bound) {
    const { field, property, rank } = bound;
    rows.push([
      'User certificate binding',
      `Certificate: ${fieldLabels[field] ?? field}; User Attribute: ${property}; Rank: ${rank}`,
    ]); // LOG-5
  }
  const rating = match(record, 'certificateRated');
  if (rating) {
    rows.push(
      ['User certificate authentication level', levels[rating.mode]],
      ['User certificate authentication level type', levelTypes[rating.decidedBy]],
      ['User certificate authentication level identifier', rating.identifiers.join(', ')],
      ['User certificate required affinity', rating.requiredAffinity],
    );
  }
  if (match(record, 'pathValid')) {
    const legacy = match(record, 'legacyStoreUsed')?.authorities.map(({ subject, why }) => `${subject}: ${why}`);
    rows.push(['Is Legacy Store Used', legacy ? '1' : '0'], ['Legacy Store Use Information', legacy?.join('; ')]);
  } // LOG-6
  const [scope] = match(record, 'accountAccepted')?.scopedAuthorities ?? [];
  rows.push(['User certificate issuer scope', scope]); // LOG-7
  return rows.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [{ key, value }]));
}

async function itemsOf(records: readonly SignInRecord[], call: Call): Promise<readonly Item[]> {
  const names = await namesFor(records, call);
  return records.map((record) => (call.version === 'beta' ? betaSignIn : plainSignIn)(record, names, call));
}

/** What of the filter the store can look up. Everything is compared again afterwards. */
function pushedDown(call: Call): Omit<SignInQuery, 'top'> {
  const { filter } = call.query;
  const number = conditionsIn(filter).find(
    ({ operator, path, value }) =>
      operator === 'eq' && path.join('/').toLowerCase() === 'status/errorcode' && value.kind === 'number',
  )?.value;
  return definition({
    userId: mustEqual(filter, 'userId'),
    appId: mustEqual(filter, 'appId'),
    correlationId: mustEqual(filter, 'correlationId'),
    userPrincipalName: mustEqual(filter, 'userPrincipalName'),
    errorNumber: number?.kind === 'number' ? number.number : undefined,
    isInteractive: interactivity(call),
    ...mustBeWithin(filter, 'createdDateTime'),
  });
}

const eventTypes: Readonly<Record<string, boolean>> = {
  interactiveUser: true,
  nonInteractiveUser: false,
  servicePrincipal: false,
  managedIdentity: false,
};

/** beta shows interactive sign-ins unless event types are asked for (graph-api §12.1). */
function interactivity({ version, query: { filter } }: Call): boolean | undefined {
  const request = mustEqual(filter, 'signInEventTypes');
  if (request !== undefined) return eventTypes[request];
  const isAsked = filter && propertiesIn(filter).some((name) => /^(signInEventTypes|isInteractive)$/i.test(name));
  return version === 'beta' && !isAsked ? true : undefined;
}

const definition = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** The log has one order. @throws graphQueryUnreadable */
export function readLogOrder({ query: { orderby } }: Call, time: string): { isOldestFirst?: true } {
  const [first, ...more] = orderby;
  if (!first) return {};
  if (more.length > 0 || first.property.toLowerCase() !== time.toLowerCase()) {
    throw fault('graphQueryUnreadable', { option: '$orderby', problem: `the log is ordered by ${time} alone` });
  }
  return first.descending ? {} : { isOldestFirst: true };
}

function list(call: Call) {
  const order = readLogOrder(call, 'createdDateTime');
  const request = pushedDown(call);
  const read = async ({ top, after }: { top: number; after: LogMark | undefined }) => {
    const mark = after ? { after: { id: after.id, createdDateTime: after.at } } : {};
    return itemsOf(await call.ports.signInLog.list({ ...request, ...order, ...mark, top }), call);
  };
  return logPage(call, { time: 'createdDateTime', read }, view);
}

/** @throws graphObjectMissing */
async function entry(call: Call) {
  const id = keyText(call, 'id');
  const record = await call.ports.signInLog.find(id);
  if (!record) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  const [item] = await itemsOf([record], call);
  return entity(call, item!, view);
}

/** graph-api §12.1. */
/** Client types as the portal calls them (graph-api §12.1). */
const clientsUsed: Readonly<Record<ClientAppType, string>> = {
  browser: 'Browser',
  mobileAppsAndDesktopClients: 'Mobile Apps and Desktop clients',
  exchangeActiveSync: 'Exchange ActiveSync',
  easSupported: 'Exchange ActiveSync',
  other: 'Other clients',
};

/** Fields as the portal calls them in the log (graph-api §12.1, the sample record). */
const fieldLabels: Readonly<Record<string, string>> = {
  PrincipalName: 'Principal Name',
  RFC822Name: 'RFC822 Name',
  SubjectKeyIdentifier: 'Subject Key Identifier',
  SHA1PublicKey: 'SHA1 Public Key',
  IssuerAndSubject: 'Issuer and Subject',
  IssuerAndSerialNumber: 'Issuer and Serial Number',
};

export const signInRoutes: readonly Route[] = [
  { method: 'GET', path: 'auditlogs/signins', need: needs.readSignIns, answer: list },
  { method: 'GET', path: 'auditlogs/signins/{id}', need: needs.readSignIns, answer: entry },
];
