import { z } from 'zod';
import { type WhatIfQuestion, whatIf } from '#admin/evaluation/what-if.ts';
import { parseAddress } from '#core/access/conditions/ip-range.ts';
import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import { registerSecurityInfo, securityInfoAppId } from '#core/access/methods/security-info.ts';
import { fault } from '#core/trace/fault.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { contextOf } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { policyItem } from './access-policies.ts';

const text = z.string().max(256).nullish();
const texts = z.array(z.string().max(256)).max(100).nullish();
/** Graph has these; no policy of this server can ask for them, so they change nothing. */
const without = z.string().max(64).nullish();
const extensionAttributes = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);
const deviceShape = z
  .strictObject({
    deviceId: text,
    displayName: text,
    operatingSystem: text,
    operatingSystemVersion: text,
    trustType: text,
    isCompliant: z.boolean().nullish(),
    isManaged: z.boolean().nullish(),
    ownership: text,
    physicalIds: texts,
    systemLabels: texts,
    profileType: without,
    enrollmentProfileName: text,
    manufacturer: text,
    mdmAppId: text,
    model: text,
    ...Object.fromEntries(extensionAttributes.map((name) => [name, text])),
  })
  .register(odataTypes, ['deviceInfo']);

const platforms = ['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux', 'all'] as const;
const clients = [
  'all',
  'browser',
  'mobileAppsAndDesktopClients',
  'exchangeActiveSync',
  'easSupported',
  'other',
] as const;
const shape = z.strictObject({
  signInIdentity: z.strictObject({ userId: z.string().max(256) }).register(odataTypes, ['userSignIn']),
  signInContext: z
    .strictObject({
      includeApplications: z.array(z.string().max(256)).min(1).max(1, 'name one application').nullish(),
      userAction: z
        .enum(
          ['registerSecurityInformation'],
          'it must be registerSecurityInformation, which is the only supported user action',
        )
        .nullish(),
      authenticationContextValue: z
        .string()
        .regex(/^c(?:[1-9]|[1-9]\d)$/, 'it must be c1 to c99')
        .nullish(),
    })
    .register(odataTypes, ['applicationContext', 'userActionContext', 'authContext']),
  signInConditions: z
    .strictObject({
      devicePlatform: z.enum(platforms).nullish(),
      clientAppType: z.enum(clients).nullish(),
      ipAddress: text,
      country: without,
      signInRiskLevel: without,
      userRiskLevel: without,
      servicePrincipalRiskLevel: without,
      insiderRiskLevel: without,
      authenticationFlow: z
        .strictObject({ transferMethod: without })
        .register(odataTypes, ['authenticationFlow'])
        .nullish(),
      deviceInfo: deviceShape.nullish(),
    })
    .register(odataTypes, ['signInConditions'])
    .nullish(),
  appliedPoliciesOnly: z.boolean().nullish(),
});
type Body = z.infer<typeof shape>;

/** Exactly one of application, action and context. @throws graphPropertyInvalid */
function targetOf({
  signInContext,
}: Body): Pick<WhatIfQuestion, 'applicationId' | 'userAction' | 'authenticationContexts'> {
  const { includeApplications, userAction, authenticationContextValue } = signInContext;
  const targets = [includeApplications, userAction, authenticationContextValue].filter((item) => item != null);
  if (targets.length !== 1) {
    const problem = 'name one of includeApplications, userAction and authenticationContextValue';
    throw fault('graphPropertyInvalid', { target: 'signInContext', problem });
  }
  if (includeApplications) return { applicationId: includeApplications[0]!.toLowerCase() };
  if (authenticationContextValue) return { applicationId: '', authenticationContexts: [authenticationContextValue] };
  // Who registers security info signs in to the page for it, so policies about all applications apply as well.
  return { applicationId: securityInfoAppId, userAction: registerSecurityInfo };
}

/** A device that the question describes; what it does not say has the device not. */
function deviceOf(body: NonNullable<Body['signInConditions']>['deviceInfo']): DeviceFacts | undefined {
  if (!body) return undefined;
  const attributes = Object.entries(body).flatMap(([name, value]) =>
    /^extensionAttribute(?:[1-9]|1[0-5])$/.test(name) && typeof value === 'string' ? [[name, value]] : [],
  );
  return {
    deviceId: body.deviceId ?? '',
    displayName: body.displayName ?? '',
    operatingSystem: body.operatingSystem ?? '',
    operatingSystemVersion: body.operatingSystemVersion ?? '',
    trustType: body.trustType ?? null,
    isCompliant: body.isCompliant ?? null,
    isManaged: body.isManaged ?? null,
    deviceOwnership: body.ownership ?? null,
    physicalIds: body.physicalIds ?? [],
    systemLabels: body.systemLabels ?? [],
    extensionAttributes: Object.fromEntries(attributes),
  };
}

/** @throws graphPropertyInvalid */
async function questionOf({ ports }: Call, body: Body): Promise<WhatIfQuestion> {
  const user = await ports.users.find(body.signInIdentity.userId);
  if (!user) {
    const problem = 'there is no user of this id';
    throw fault('graphPropertyInvalid', { target: 'signInIdentity/userId', problem });
  }
  const { devicePlatform, clientAppType, ipAddress, deviceInfo } = body.signInConditions ?? {};
  if (ipAddress && parseAddress(ipAddress) === undefined) {
    const problem = 'it is not an IP address';
    throw fault('graphPropertyInvalid', { target: 'signInConditions/ipAddress', problem });
  }
  return {
    user,
    ...targetOf(body),
    ipAddress: ipAddress ?? undefined,
    platform: devicePlatform && devicePlatform !== 'all' ? devicePlatform : undefined,
    clientAppType: clientAppType && clientAppType !== 'all' ? clientAppType : undefined,
    device: deviceOf(deviceInfo),
  };
}

async function evaluate(call: Call): Promise<Answer> {
  const body = await readBody(call, shape);
  const { ports } = call;
  const policy = await ports.policies.current();
  const results = await whatIf(await questionOf(call, body), policy, call);
  const value = results
    .map((result) => ({
      '@odata.type': '#microsoft.graph.whatIfAnalysisResult',
      ...policyItem(result.policy, policy.strengths),
      policyApplies: result.reason === 'notSet',
      analysisReasons: result.reason,
    }))
    .filter(({ policyApplies }) => policyApplies || body.appliedPoliciesOnly !== true);
  return { status: 200, body: { ...contextOf(call, 'Collection(microsoft.graph.whatIfAnalysisResult)'), value } };
}

/** Entra's What If. */
export const whatIfRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: 'identity/conditionalaccess/evaluate',
    need: needs.readAccessPolicies,
    answer: evaluate,
    unguarded: 'reads only',
  },
];
