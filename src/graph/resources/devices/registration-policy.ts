import { z } from 'zod';
import { changeRegistrationPolicy, registrationPolicyOf } from '#admin/devices/registration-policy.ts';
import type { DeviceMembership, DeviceRegistrationPolicy } from '#core/device/registration/registration-policy.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { contextOf } from '../../protocol/answers.ts';
import { jsonBody, readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { membershipType, readMembership } from './device-membership.ts';

/** Graph: deviceRegistrationPolicy, with `unsupportedWindows`, which Graph lacks. */
function policyItem(policy: DeviceRegistrationPolicy) {
  const item = {
    id: 'deviceRegistrationPolicy',
    displayName: 'Device Registration Policy',
    description: 'Who may register devices, how many, and with which authentication',
    userDeviceQuota: policy.userDeviceQuota,
    multiFactorAuthConfiguration: policy.multiFactorAuthConfiguration,
    azureADRegistration: { isAdminConfigurable: true, allowedToRegister: membershipType(policy.allowedToRegister) },
    azureADJoin: {
      isAdminConfigurable: true,
      allowedToJoin: membershipType(policy.allowedToJoin),
      localAdmins: {
        enableGlobalAdmins: policy.enableGlobalAdmins,
        registeringUsers: membershipType(policy.registeringUsers),
      },
    },
    localAdminPassword: { isEnabled: false },
    unsupportedWindows: policy.unsupportedWindows,
  };
  return withTag(item, policy);
}

const readOnly = z.unknown().optional();
const membership = z.record(z.string(), z.unknown()).optional();
const shape = z.strictObject({
  id: readOnly,
  displayName: readOnly,
  description: readOnly,
  '@odata.context': readOnly,
  userDeviceQuota: z.number().int().optional(),
  multiFactorAuthConfiguration: z.enum(['required', 'notRequired']).optional(),
  azureADRegistration: z.strictObject({ isAdminConfigurable: readOnly, allowedToRegister: membership }).optional(),
  azureADJoin: z
    .strictObject({
      isAdminConfigurable: readOnly,
      allowedToJoin: membership,
      localAdmins: z
        .strictObject({ enableGlobalAdmins: z.boolean().optional(), registeringUsers: membership })
        .optional(),
    })
    .optional(),
  localAdminPassword: z
    .strictObject({ isEnabled: z.literal(false, 'local administrator passwords are not supported') })
    .optional(),
  unsupportedWindows: z.enum(['warn', 'refuse']).optional(),
});

const context = (call: Call) => contextOf(call, 'policies/deviceRegistrationPolicy/$entity');

async function read(call: Call): Promise<Answer> {
  return { status: 200, body: { ...context(call), ...policyItem(await registrationPolicyOf(call.ports)) } };
}

async function update(call: Call): Promise<Answer> {
  const body = await readBody(call, shape);
  // The annotations that name the kind of a membership are read from the body as it came.
  const raw = jsonBody(call.request) as {
    azureADJoin?: Record<string, unknown>;
    azureADRegistration?: Record<string, unknown>;
  };
  const admins = raw.azureADJoin?.localAdmins as Record<string, unknown> | undefined;
  const memberships: Readonly<Record<string, DeviceMembership | undefined>> = {
    allowedToRegister: readMembership('allowedToRegister', raw.azureADRegistration?.allowedToRegister),
    allowedToJoin: readMembership('allowedToJoin', raw.azureADJoin?.allowedToJoin),
    registeringUsers: readMembership('registeringUsers', admins?.registeringUsers),
  };
  const next = {
    userDeviceQuota: body.userDeviceQuota,
    multiFactorAuthConfiguration: body.multiFactorAuthConfiguration,
    enableGlobalAdmins: body.azureADJoin?.localAdmins?.enableGlobalAdmins,
    unsupportedWindows: body.unsupportedWindows,
    ...memberships,
  };
  const change = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
  const policy = orThrow(await changeRegistrationPolicy(change as Partial<DeviceRegistrationPolicy>, call));
  return { status: 200, body: { ...context(call), ...policyItem(policy) } };
}

const path = 'policies/deviceregistrationpolicy';

/** Entra has it in beta, with PUT; PATCH changes what it names alone, and so does PUT here. */
export const registrationPolicyRoutes: readonly Route[] = [
  { method: 'GET', path, need: needs.readDevicePolicy, answer: read },
  ...(['PUT', 'PATCH'] as const).map((method) => ({ method, path, need: needs.writeDevicePolicy, answer: update })),
];
