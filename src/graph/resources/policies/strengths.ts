import { changeAccess } from '#admin/policies/change-access.ts';
import { type AuthenticationMethod, authenticationMethods } from '#core/access/proof.ts';
import {
  type AuthenticationStrength,
  builtInStrengths,
  type CombinationConfiguration,
  multifactorStrength,
} from '#core/access/strengths.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import {
  changedStrength,
  combinationConfigurationBody,
  combinationConfigurationOf,
  combinationOf,
  combinationsBody,
  strengthBody,
  strengthChangeBody,
  strengthOf,
} from '#schema/strength.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, contextOf, entity, type GraphResource, nothing, valueCollection } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { policyItem } from './access-policies.ts';
import { issuerWarnings } from './issuer-warnings.ts';
import { configurationItem, findStrength, isMultiFactor, strengthItem } from './strength-items.ts';

const view: GraphResource = { type: 'authenticationStrengthPolicy', set: 'policies/authenticationStrengthPolicies' };
const configurationResource = (id: string): GraphResource => ({
  type: 'authenticationCombinationConfiguration',
  set: `policies/authenticationStrengthPolicies('${id}')/combinationConfigurations`,
});

const idIn = (call: Call) => keyText(call, 'id').toLowerCase();

const taggedStrength = (strength: AuthenticationStrength) => withTag(strengthItem(strength), strength);
const taggedConfiguration = (configuration: CombinationConfiguration) =>
  withTag(configurationItem(configuration), configuration);

/** @throws graphObjectMissing */
async function strengthIn(call: Call): Promise<AuthenticationStrength> {
  const strength = findStrength(idIn(call), await call.ports.policy.strengths());
  if (!strength) throw fault('graphObjectMissing', { id: keyText(call, 'id').slice(0, 80) });
  return strength;
}

/** Changes one of the tenant's own, and gives it back. @throws graphObjectMissing, graphBuiltInFixed */
async function changeStrength(call: Call, work: (old: AuthenticationStrength) => AuthenticationStrength) {
  const id = idIn(call);
  const { strengths } = orThrow(
    await changeAccess(call, (documents) => {
      requireCustom(id, documents.strengths);
      const modifiedDateTime = call.at.toISOString();
      const change = (authenticationStrength: AuthenticationStrength) =>
        authenticationStrength.id === id
          ? { ...work(authenticationStrength), modifiedDateTime }
          : authenticationStrength;
      return { strengths: documents.strengths.map(change) };
    }),
  );
  return findStrength(id, strengths)!;
}

function requireCustom(id: string, authenticationStrengths: readonly AuthenticationStrength[]): void {
  const builtIn = builtInStrengths.find((builtInStrength) => builtInStrength.id === id);
  if (builtIn) throw fault('graphBuiltInFixed', { what: builtIn.displayName });
  if (!authenticationStrengths.some((authenticationStrength) => authenticationStrength.id === id))
    throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

async function list(call: Call) {
  const items = [...builtInStrengths, ...(await call.ports.policy.strengths())];
  return collection(call, items.map(taggedStrength), view, { page: 999 });
}

async function add(call: Call) {
  const body = await readBody(call, strengthBody);
  const at = call.at.toISOString();
  const strength = { ...strengthOf(body, crypto.randomUUID()), createdDateTime: at, modifiedDateTime: at };
  orThrow(await changeAccess(call, ({ strengths }) => ({ strengths: [...strengths, strength] })));
  return entity(call, taggedStrength(strength), view, 201);
}

async function change(call: Call) {
  const body = await readBody(call, strengthChangeBody);
  await changeStrength(call, (strength) => changedStrength(strength, body));
  return nothing;
}

async function remove(call: Call) {
  const id = idIn(call);
  orThrow(
    await changeAccess(call, ({ strengths }) => {
      requireCustom(id, strengths);
      return { strengths: strengths.filter((strength) => strength.id !== id) };
    }),
  );
  return nothing;
}

/** Answers the combinations before and after the change, and the policies that use the strength. */
async function updateCombinations(call: Call) {
  const allowedCombinations = (await readBody(call, combinationsBody)).allowedCombinations.map(combinationOf);
  let previousCombinations: readonly string[] = [];
  const change = await changeStrength(call, (old) => {
    previousCombinations = old.allowedCombinations;
    return { ...old, allowedCombinations };
  });
  return {
    status: 200,
    body: {
      ...contextOf(call, 'microsoft.graph.updateAllowedCombinationsResult'),
      additionalInformation: null,
      conditionalAccessReferences: (await policiesOf(change, call)).map(({ id }) => id),
      currentCombinations: change.allowedCombinations,
      previousCombinations,
    },
  };
}

const policiesOf = async ({ id }: AuthenticationStrength, { ports }: Call) =>
  (await ports.policy.conditionalAccess()).filter(
    ({ grantControls }) => grantControls?.authenticationStrength?.id.toLowerCase() === id,
  );

/** The policies that ask for it, by whether it is multifactor. */
async function usage(call: Call) {
  const strength = await strengthIn(call);
  const strengths = await call.ports.policy.strengths();
  const using = (await policiesOf(strength, call)).map((policy) => policyItem(policy, strengths));
  const isMulti = isMultiFactor(strength.allowedCombinations);
  const context = contextOf(call, 'microsoft.graph.authenticationStrengthUsage');
  return { status: 200, body: { ...context, mfa: isMulti ? using : [], none: isMulti ? [] : using } };
}

const cidIn = (call: Call) => keyText(call, 'cid').toLowerCase();

async function configurations(call: Call) {
  const strength = await strengthIn(call);
  const items = strength.combinationConfigurations.map(taggedConfiguration);
  return collection(call, items, configurationResource(strength.id), { isMixed: true });
}

/** @throws graphObjectMissing */
const configurationIn = (call: Call, { combinationConfigurations }: AuthenticationStrength) => {
  const combinationConfiguration = combinationConfigurations.find(({ id }) => id === cidIn(call));
  if (!combinationConfiguration) throw fault('graphObjectMissing', { id: keyText(call, 'cid').slice(0, 80) });
  return combinationConfiguration;
};

async function configuration(call: Call) {
  const strength = await strengthIn(call);
  const match = configurationIn(call, strength);
  const item = { ...taggedConfiguration(match), ...(await issuerWarnings(call, match)) };
  return entity(call, item, configurationResource(strength.id));
}

async function addConfiguration(call: Call) {
  const configuration = combinationConfigurationOf(await readBody(call, combinationConfigurationBody));
  const { id } = await changeStrength(call, (old) => ({
    ...old,
    combinationConfigurations: [...old.combinationConfigurations, configuration],
  }));
  const item = { ...taggedConfiguration(configuration), ...(await issuerWarnings(call, configuration)) };
  return entity(call, item, configurationResource(id), 201);
}

async function changeConfiguration(call: Call) {
  const body = await readBody(call, combinationConfigurationBody);
  await changeStrength(call, (old) => {
    const configuration = configurationIn(call, old);
    const change = (combinationConfiguration: CombinationConfiguration) =>
      combinationConfiguration === configuration
        ? combinationConfigurationOf(body, combinationConfiguration)
        : combinationConfiguration;
    return { ...old, combinationConfigurations: old.combinationConfigurations.map(change) };
  });
  return nothing;
}

async function removeConfiguration(call: Call) {
  await changeStrength(call, (old) => {
    const configuration = configurationIn(call, old);
    return {
      ...old,
      combinationConfigurations: old.combinationConfigurations.filter(
        (combinationConfiguration) => combinationConfiguration !== configuration,
      ),
    };
  });
  return nothing;
}

const alone: readonly AuthenticationMethod[] = authenticationMethods.filter(
  (method) => !multifactorStrength.allowedCombinations.includes(method) && method !== 'email',
);
/** Every combination a strength may allow. */
const allCombinations = [...multifactorStrength.allowedCombinations, ...alone];

const names: Readonly<Record<AuthenticationMethod, string>> = {
  password: 'Password',
  voice: 'Voice',
  hardwareOath: 'Hardware OATH token',
  softwareOath: 'Software OATH token',
  sms: 'SMS',
  fido2: 'Passkeys (FIDO2)',
  windowsHelloForBusiness: 'Windows Hello For Business',
  microsoftAuthenticatorPush: 'Microsoft Authenticator (Push Notification)',
  deviceBasedPush: 'Microsoft Authenticator (Phone Sign-in)',
  temporaryAccessPassOneTime: 'Temporary Access Pass (One-time use)',
  temporaryAccessPassMultiUse: 'Temporary Access Pass (Multi-use)',
  email: 'Email One-time pass',
  x509CertificateSingleFactor: 'Certificate-based authentication (single-factor)',
  x509CertificateMultiFactor: 'Certificate-based authentication (multifactor)',
  federatedSingleFactor: 'Federated single-factor',
  federatedMultiFactor: 'Federated multifactor',
  qrCodePin: 'QR code',
};
const modeItems: readonly Item[] = authenticationMethods.map((method) => ({
  id: method,
  displayName: names[method],
  authenticationMethod: method,
}));
const modeResource: GraphResource = {
  type: 'authenticationMethodModeDetail',
  set: 'identity/conditionalAccess/authenticationStrength/authenticationMethodModes',
};

/** @throws graphObjectMissing */
function mode(call: Call) {
  const modeItem = modeItems.find(({ id }) => String(id).toLowerCase() === keyText(call, 'mode').toLowerCase());
  if (!modeItem) throw fault('graphObjectMissing', { id: keyText(call, 'mode').slice(0, 80) });
  return entity(call, modeItem, modeResource);
}

const combinationsAnswer = (call: Call) =>
  valueCollection(call, allCombinations, 'microsoft.graph.authenticationMethodModes');

const root = 'identity/conditionalaccess/authenticationstrength';
const [read, write] = [needs.readStrengths, needs.writeStrengths];

/** Both paths lead to the same strengths (graph-api §11.2). */
const policyRoutes = ['policies/authenticationstrengthpolicies', `${root}/policies`].flatMap(
  (path): readonly Route[] => [
    { method: 'GET', path, need: read, answer: list },
    { method: 'POST', path, need: write, answer: add },
    {
      method: 'GET',
      path: `${path}/{id}`,
      need: read,
      answer: async (call) => entity(call, taggedStrength(await strengthIn(call)), view),
    },
    { method: 'PATCH', path: `${path}/{id}`, need: write, answer: change },
    { method: 'DELETE', path: `${path}/{id}`, need: write, answer: remove },
    { method: 'POST', path: `${path}/{id}/updateallowedcombinations`, need: write, answer: updateCombinations },
    { method: 'GET', path: `${path}/{id}/usage()`, need: read, answer: usage },
    { method: 'GET', path: `${path}/{id}/usage`, need: read, answer: usage },
    { method: 'GET', path: `${path}/{id}/combinationconfigurations`, need: read, answer: configurations },
    { method: 'POST', path: `${path}/{id}/combinationconfigurations`, need: write, answer: addConfiguration },
    { method: 'GET', path: `${path}/{id}/combinationconfigurations/{cid}`, need: read, answer: configuration },
    { method: 'PATCH', path: `${path}/{id}/combinationconfigurations/{cid}`, need: write, answer: changeConfiguration },
    {
      method: 'DELETE',
      path: `${path}/{id}/combinationconfigurations/{cid}`,
      need: write,
      answer: removeConfiguration,
    },
  ],
);

export const strengthRoutes: readonly Route[] = [
  ...policyRoutes,
  {
    method: 'GET',
    path: root,
    need: read,
    answer: (call) => ({
      status: 200,
      body: {
        ...contextOf(call, 'identity/conditionalAccess/authenticationStrength'),
        combinations: allCombinations,
        authenticationCombinations: allCombinations,
      },
    }),
  },
  { method: 'GET', path: `${root}/combinations`, need: read, answer: combinationsAnswer },
  {
    method: 'GET',
    path: `${root}/authenticationmethodmodes`,
    need: read,
    answer: (call) => collection(call, modeItems, modeResource, { page: 999 }),
  },
  { method: 'GET', path: `${root}/authenticationmethodmodes/{mode}`, need: read, answer: mode },
];
