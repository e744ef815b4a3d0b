import {
  askForDomain,
  chooseDefaultDomain,
  promoteDomain,
  promotedDomains,
  removeDomain,
  requireProof,
  unverifiedDomains,
  verifyDomain,
} from '#admin/tenant/domain-names.ts';
import {
  changeProvider,
  federateDomain,
  manageDomain,
  providersOf,
  setAuthenticationType,
} from '#admin/tenant/domains.ts';
import type { IdentityProvider } from '#core/binding/realm.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { Domain, UnverifiedDomain } from '#model/tenant.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing, primitive } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { changeGuarded, isForced } from '../../protocol/guard/guarded.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { changeShape, never, newShape, providerChange, providerShape } from './domain-shape.ts';

const view: GraphResource = {
  type: 'domain',
  set: 'domains',
  alsoKnown: ['rootDomain', 'domainNameReferences', 'federationConfiguration', 'sharedEmailDomainInvitations'],
};

function itemOf(
  { id, authenticationType, isVerified }: Domain,
  domains: readonly Domain[],
  promoted: readonly string[],
): Item {
  const isDefault = isVerified && domains[0]?.id === id;
  const item = {
    id,
    authenticationType,
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault,
    isInitial: isDefault,
    isRoot:
      promoted.includes(id) ||
      !domains.some((otherDomain) => otherDomain.isVerified && id.endsWith(`.${otherDomain.id}`)),
    isVerified,
    manufacturer: null,
    model: null,
    passwordNotificationWindowInDays: null,
    passwordValidityPeriodInDays: never,
    state: null,
    supportedServices: [],
  };
  return withTag(item, { id, authenticationType, isVerified, isDefault, isRoot: item.isRoot });
}

const domainItem = async (domain: Domain, { ports }: Call): Promise<Item> =>
  itemOf(domain, ports.tenant.domains, await promotedDomains(ports));

const unproven = ({ id }: StoredObject<UnverifiedDomain>): Domain => ({
  id,
  authenticationType: 'Managed',
  isVerified: false,
});

async function allDomains({ ports }: Call): Promise<readonly Domain[]> {
  return [...ports.tenant.domains, ...(await unverifiedDomains(ports)).map(unproven)];
}

const idIn = (call: Call) => keyText(call, 'domain').toLowerCase();
const missing = (id: string) => fault('graphObjectMissing', { id: id.slice(0, 80) });

/** @throws graphObjectMissing */
async function domainIn(call: Call): Promise<Domain> {
  const match = (await allDomains(call)).find(({ id }) => id === idIn(call));
  if (!match) throw missing(idIn(call));
  return match;
}

async function list(call: Call) {
  const items = await Promise.all((await allDomains(call)).map((domain) => domainItem(domain, call)));
  return collection(call, items, view, { page: 999 });
}

async function item(call: Call) {
  return entity(call, await domainItem(await domainIn(call), call), view);
}

async function add(call: Call) {
  const request = orThrow(await askForDomain((await readBody(call, newShape)).id, call));
  return entity(call, await domainItem(unproven(request), call), view, 201);
}

async function verify(call: Call) {
  const domain = await domainIn(call);
  if (!domain.isVerified) {
    orThrow(await requireProof(domain.id, isForced(call), call.ports));
    orThrow(await changeGuarded(call, ({ actor, ports }) => verifyDomain(domain.id, { actor, ports })));
  }
  return entity(call, await domainItem({ ...domain, isVerified: true }, call), view);
}

async function records(call: Call) {
  const { id } = await domainIn(call);
  const request = (await unverifiedDomains(call.ports)).filter((domain) => domain.id === id);
  const items = request.map(({ document: { text } }) => ({
    '@odata.type': '#microsoft.graph.domainDnsTxtRecord',
    id: text,
    isOptional: false,
    label: id,
    recordType: 'Txt',
    supportedService: null,
    ttl: 3600,
    text,
  }));
  const set = `domains('${id}')/verificationDnsRecords`;
  return collection(call, items, { type: 'domainDnsRecord', set }, { isMixed: true });
}

async function change(call: Call) {
  const domain = await domainIn(call);
  const { isDefault, authenticationType } = await readBody(call, changeShape);
  if (authenticationType) orThrow(await setAuthenticationType(call.ports.tenant, domain.id, authenticationType, call));
  if (isDefault) orThrow(await chooseDefaultDomain(domain.id, call));
  return nothing;
}

async function remove(call: Call) {
  orThrow(await removeDomain(idIn(call), call));
  return nothing;
}

const providerResource = (domain: string): GraphResource => ({
  type: 'internalDomainFederation',
  set: `domains('${domain}')/federationConfiguration`,
});
/** What was not said is null. */
const blank = {
  displayName: null,
  issuerUri: null,
  metadataExchangeUri: null,
  signingCertificate: null,
  passiveSignInUri: null,
  preferredAuthenticationProtocol: null,
  activeSignInUri: null,
  signOutUri: null,
  promptLoginBehavior: null,
  isSignedAuthenticationRequestRequired: null,
  nextSigningCertificate: null,
  signingCertificateUpdateStatus: null,
  federatedIdpMfaBehavior: null,
  passwordResetUri: null,
};
const providerItem = ({ id, document }: StoredObject<IdentityProvider>): Item =>
  withTag({ '@odata.type': '#microsoft.graph.internalDomainFederation', id, ...blank, ...document }, document);

const body = (values: object) =>
  Object.fromEntries(
    Object.entries(values).filter(([name, value]) => value !== undefined && value !== null && name !== 'id'),
  );

async function providers(call: Call) {
  const { id } = await domainIn(call);
  const items = (await providersOf(id, call.ports)).map(providerItem);
  return collection(call, items, providerResource(id), { isMixed: true });
}

/** @throws graphObjectMissing */
async function providerIn(call: Call) {
  const { id } = await domainIn(call);
  const match = (await providersOf(id, call.ports)).find((item) => item.id === keyText(call, 'id').toLowerCase());
  if (!match) throw missing(keyText(call, 'id'));
  return match;
}

/**
 * Makes the domain federated. The collection holds one configuration at most. `cardea domain federate` replaces it instead: it
 * states the whole federation of a domain.
 */
async function addProvider(call: Call) {
  const { id } = await domainIn(call);
  if ((await providersOf(id, call.ports)).length > 0)
    throw fault('graphObjectConflict', { target: 'federationConfiguration', value: id });
  const provider = { preferredAuthenticationProtocol: 'wsFed', ...body(await readBody(call, providerShape)) };
  orThrow(await federateDomain(call.ports.tenant, id, provider as unknown as IdentityProvider, call));
  const [result] = await providersOf(id, call.ports);
  return entity(call, providerItem(result!), providerResource(id), 201);
}

async function updateProvider(call: Call) {
  const { id } = await providerIn(call);
  const part = body(await readBody(call, providerChange));
  orThrow(await changeProvider(id, idIn(call), part, call));
  return nothing;
}

/** Makes the domain managed: its users could not be sent to an identity provider. */
async function removeProvider(call: Call) {
  await providerIn(call);
  orThrow(await manageDomain(call.ports.tenant, idIn(call), call));
  return nothing;
}

const [read, write] = [needs.readDomains, needs.writeDomains];
const domainPath = 'domains/{domain}';

/** graph-api §9. */
export const domainRoutes: readonly Route[] = [
  { method: 'GET', path: 'domains', need: read, answer: list },
  { method: 'POST', path: 'domains', need: write, answer: add },
  { method: 'GET', path: domainPath, need: read, answer: item },
  { method: 'PATCH', path: domainPath, need: write, answer: change },
  { method: 'DELETE', path: domainPath, need: write, answer: remove },
  { method: 'POST', path: `${domainPath}/verify`, need: write, answer: verify, unguarded: 'waits for the network' },
  {
    method: 'POST',
    path: `${domainPath}/promote`,
    need: write,
    answer: async (call) => {
      orThrow(await promoteDomain(idIn(call), call));
      return primitive(call, 'Edm.Boolean', true);
    },
  },
  { method: 'GET', path: `${domainPath}/verificationdnsrecords`, need: read, answer: records },
  { method: 'GET', path: `${domainPath}/federationconfiguration`, need: read, answer: providers },
  { method: 'POST', path: `${domainPath}/federationconfiguration`, need: write, answer: addProvider },
  {
    method: 'GET',
    path: `${domainPath}/federationconfiguration/{id}`,
    need: read,
    answer: async (call) => entity(call, providerItem(await providerIn(call)), providerResource(idIn(call))),
  },
  { method: 'PATCH', path: `${domainPath}/federationconfiguration/{id}`, need: write, answer: updateProvider },
  { method: 'DELETE', path: `${domainPath}/federationconfiguration/{id}`, need: write, answer: removeProvider },
];
