import { z } from 'zod';
import { changeX509, resetX509 } from '#admin/policies/method-policy.ts';
import {
  changeMethod,
  changeMethodsPolicy,
  type MethodsPolicyChange,
  resetMethod,
} from '#admin/policies/methods-policy.ts';
import { type MethodId, type MethodState, methodIds, methodState } from '#core/access/methods/method-state.ts';
import { methodsPolicy, preferencesIn, states } from '#core/access/methods/system-preferred.ts';
import type { MethodTarget, X509CertificateConfiguration } from '#core/binding/policy.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { type X509ConfigurationBody, x509ConfigurationBody, x509ConfigurationOf } from '#schema/x509-configuration.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, contextOf, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';

const { kind: policyKind } = methodsPolicy;
const view = { type: 'authenticationMethodConfiguration', set: 'authenticationMethodConfigurations' };

const typeOf = (method: string) =>
  method === 'QRCodePin' ? 'qrCodePin' : `${method[0]!.toLowerCase()}${method.slice(1)}`;

/** What the documents of some methods say besides; the methods themselves are not offered. */
const factorySettings: Partial<Record<MethodId, object>> = {
  QRCodePin: { standardQRCodeLifetimeInDays: 365, pinLength: 8 },
  VerifiableCredentials: { verifiedIdProfiles: [] },
};
const targetItem = (target: MethodTarget) => ({ isRegistrationRequired: false, ...target });
const linked = (call: Call, id: string, name: string) => {
  const { '@odata.context': context } = contextOf(
    call,
    `policies/authenticationMethodsPolicy/authenticationMethodConfigurations('${id}')/microsoft.graph.${typeOf(id)}AuthenticationMethodConfiguration/${name}`,
  );
  return context === undefined ? {} : { [`${name}@odata.context`]: context };
};

async function x509Item(call: Call): Promise<Item> {
  const configuration = await call.ports.policy.x509();
  const { includeTargets, excludeTargets, beyondEntra = {}, ...rest } = configuration;
  const item = {
    '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
    id: 'X509Certificate',
    ...rest,
    certificateUserBindings: [...rest.certificateUserBindings].sort((item, second) => item.priority - second.priority),
    certificateAuthorityScopes: await namedScopes(call, configuration),
    [options]: beyondEntra,
    ...(call.version === 'beta' ? { beyondEntra } : {}),
    excludeTargets,
    ...linked(call, 'x509Certificate', 'includeTargets'),
    includeTargets: includeTargets.map(targetItem),
  };
  return withTag(item, configuration);
}

/** CAS-5: the container's id is kept, its name is shown. */
async function namedScopes(call: Call, { certificateAuthorityScopes }: X509CertificateConfiguration) {
  if (certificateAuthorityScopes.length === 0) return [];
  const { containers } = await call.ports.trustStore.state();
  return certificateAuthorityScopes.map((scope) => {
    const container = containers.find(({ id }) => id === scope.publicKeyInfrastructureIdentifier);
    return {
      ...scope,
      publicKeyInfrastructureIdentifier: container?.displayName ?? scope.publicKeyInfrastructureIdentifier,
    };
  });
}

async function otherItem(call: Call, method: MethodId): Promise<Item> {
  const settings = methodState(method, await call.ports.policy.methodStates());
  const { state, includeTargets, excludeTargets } = settings;
  const item = {
    '@odata.type': `#microsoft.graph.${typeOf(method)}AuthenticationMethodConfiguration`,
    id: method,
    state,
    ...factorySettings[method],
    excludeTargets,
    ...linked(call, method, 'includeTargets'),
    includeTargets: includeTargets.map(targetItem),
  };
  return withTag(item, settings);
}

const items = async (call: Call): Promise<readonly Item[]> =>
  Promise.all([x509Item(call), passwordItem(call), ...methodIds.map((method) => otherItem(call, method))]);

/** Whatever its case. @throws graphObjectMissing */
function methodIn(call: Call): 'X509Certificate' | MethodId {
  const target = keyText(call, 'method');
  if (isPassword(call)) throw fault('graphBuiltInFixed', { what: 'the method Password' });
  const match = (['X509Certificate', ...methodIds] as const).find((id) => id.toLowerCase() === target.toLowerCase());
  if (!match) throw fault('graphObjectMissing', { id: target.slice(0, 80) });
  return match;
}

/** Passwords are offered to every user; who has one is said by the user. The method is shown, and never changed. */
function passwordItem(call: Call): Item {
  const settings = { state: 'enabled', includeTargets: [{ targetType: 'group' as const, id: 'all_users' }] };
  const item = {
    '@odata.type': '#microsoft.graph.passwordAuthenticationMethodConfiguration',
    id: 'Password',
    state: settings.state,
    excludeTargets: [],
    ...linked(call, 'password', 'includeTargets'),
    includeTargets: settings.includeTargets.map(targetItem),
  };
  return withTag(item, settings);
}
const isPassword = (call: Call) => keyText(call, 'method').toLowerCase() === 'password';

async function read(call: Call): Promise<Answer> {
  if (isPassword(call)) {
    return {
      status: 200,
      body: { ...contextOf(call, 'authenticationMethodConfigurations/$entity'), ...passwordItem(call) },
    };
  }
  const method = methodIn(call);
  const item = method === 'X509Certificate' ? await x509Item(call) : await otherItem(call, method);
  return { status: 200, body: { ...contextOf(call, 'authenticationMethodConfigurations/$entity'), ...item } };
}

/** What Entra does not have, as an annotation of both versions; beta has it as a property as well. */
const options = '@cardea.options';
const x509Shape = x509ConfigurationBody.extend({ [options]: x509ConfigurationBody.shape.beyondEntra });

/** @throws graphPropertyInvalid for the extension of beta at v1.0 */
async function x509Body(call: Call): Promise<X509ConfigurationBody> {
  const { [options]: beyondEntra, ...body } = await readBody(call, x509Shape);
  if (beyondEntra !== undefined) return { ...body, beyondEntra };
  if (call.version !== 'beta' && body.beyondEntra !== undefined)
    throw fault('graphPropertyInvalid', { target: 'beyondEntra', problem: 'it is an extension of beta' });
  return body;
}

async function change(call: Call): Promise<Answer> {
  const method = methodIn(call);
  if (method !== 'X509Certificate') return changeOther(call, method);
  const body = await x509Body(call);
  if (call.strict && body['@odata.type'] === undefined) {
    throw fault('graphPropertyInvalid', { target: '@odata.type', problem: 'it is required' });
  }
  orThrow(await changeX509((old) => x509ConfigurationOf(old, body), call));
  return nothing;
}

async function reset(call: Call): Promise<Answer> {
  const method = methodIn(call);
  if (method === 'X509Certificate') orThrow(await resetX509(call));
  else await resetMethod(method, call);
  return nothing;
}

/** Graph has a type of target for some methods. */
const target = z
  .strictObject({
    targetType: z.enum(['group', 'user']),
    id: z.string().max(64),
    isRegistrationRequired: z.boolean().optional(),
    authenticationMode: z.string().max(64).nullish(),
    isUsableForSignIn: z.boolean().optional(),
    allowedPasskeyProfiles: z.array(z.string().max(64)).optional(),
  })
  .register(odataTypes, [
    ...(['authenticationMethodTarget', 'includeTarget', 'excludeTarget'] as const),
    ...['microsoftAuthenticator', 'sms', 'voice', 'passkey'].map((method) => `${method}AuthenticationMethodTarget`),
  ]);
const otherShape = z.strictObject({
  id: z.string().optional(),
  state: z.enum(['enabled', 'disabled']).optional(),
  includeTargets: z.array(target).optional(),
  excludeTargets: z.array(target).optional(),
});

async function changeOther(call: Call, method: MethodId): Promise<Answer> {
  const { id: _, ...fields } = await readBody(call, otherShape);
  orThrow(await changeMethod(method, fields as Partial<MethodState>, call));
  return nothing;
}

/** The policy around the methods. What it says of registration is stored and shown; there is no registration campaign. */
const policyShape = z
  .strictObject({
    id: z.string().optional(),
    displayName: z.string().max(256).nullable().optional(),
    description: z.string().max(1024).nullable().optional(),
    policyMigrationState: z.enum(['preMigration', 'migrationInProgress', 'migrationComplete']).nullable().optional(),
    reconfirmationInDays: z.number().int().min(0).max(730).nullable().optional(),
    registrationEnforcement: z.looseObject({}).nullable().optional(),
    systemCredentialPreferences: z
      .strictObject({
        state: z.enum(states).optional(),
        includeTargets: z.array(target).optional(),
        excludeTargets: z.array(target).optional(),
      })
      .register(odataTypes, ['systemCredentialPreferences'])
      .optional(),
  })
  .register(odataTypes, ['authenticationMethodsPolicy']);
const usualPolicy = {
  displayName: 'Authentication Methods Policy',
  description: 'The methods that users of this tenant can sign in with, and how certificates are bound to users.',
  policyVersion: '1.5',
  policyMigrationState: 'migrationComplete',
  reconfirmationInDays: null,
  registrationEnforcement: {
    authenticationMethodsRegistrationCampaign: {
      snoozeDurationInDays: 1,
      enforceRegistrationAfterAllowedSnoozes: true,
      state: 'default',
      excludeTargets: [],
      includeTargets: [
        { id: 'all_users', targetType: 'group', targetedAuthenticationMethod: 'microsoftAuthenticator' },
      ],
    },
  },
};

async function readPolicy(call: Call): Promise<Answer> {
  const storedPolicy =
    (await call.ports.objects.find<object>(policyKind, 'authenticationMethodsPolicy'))?.document ?? {};
  const body = {
    ...contextOf(call, 'authenticationMethodsPolicy'),
    id: 'authenticationMethodsPolicy',
    ...usualPolicy,
    lastModifiedDateTime: null,
    ...storedPolicy,
    systemCredentialPreferences: preferencesIn(storedPolicy),
    authenticationMethodConfigurations: await items(call),
  };
  return { status: 200, body: withTag(body, storedPolicy) };
}

async function changePolicy(call: Call): Promise<Answer> {
  const { id: _, ...fields } = await readBody(call, policyShape);
  orThrow(await changeMethodsPolicy(fields as MethodsPolicyChange, call));
  return nothing;
}

const { readMethodPolicy, writeMethodPolicy } = needs;
const base = 'policies/authenticationmethodspolicy';

export const methodPolicyRoutes: readonly Route[] = [
  { method: 'GET', path: base, need: readMethodPolicy, answer: readPolicy },
  { method: 'PATCH', path: base, need: writeMethodPolicy, answer: changePolicy },
  {
    method: 'GET',
    path: `${base}/authenticationmethodconfigurations`,
    need: readMethodPolicy,
    answer: async (call) => collection(call, await items(call), view, { isMixed: true, isInOrder: true }),
  },
  { method: 'GET', path: `${base}/authenticationmethodconfigurations/{method}`, need: readMethodPolicy, answer: read },
  {
    method: 'PATCH',
    path: `${base}/authenticationmethodconfigurations/{method}`,
    need: writeMethodPolicy,
    answer: change,
  },
  {
    method: 'DELETE',
    path: `${base}/authenticationmethodconfigurations/{method}`,
    need: writeMethodPolicy,
    answer: reset,
  },
];
