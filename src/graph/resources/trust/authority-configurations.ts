import { z } from 'zod';
import {
  type AuthorityConfiguration,
  type AuthorityConfigurationKind,
  addAuthorityConfiguration,
  authoritiesProperty,
  authorityConfiguration,
  authorityConfigurations,
  certificateIn,
  changeAuthorityConfiguration,
  type NamedAuthority,
  removeAuthorityConfiguration,
} from '#admin/applications/credentials/named-authorities.ts';
import { hexOf } from '#core/hex.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { nameToString } from '#core/x509/name.ts';
import type { StoredObject } from '#model/directory-object.ts';
import { odataTypes } from '#schema/odata-type.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';

/** How Graph names the parts of each kind. */
interface Naming {
  readonly kind: AuthorityConfigurationKind;
  readonly type: string;
  /** The property with the CAs. */
  readonly authorities: 'trustedCertificateAuthorities' | 'certificateAuthorities';
}
const namings: readonly Naming[] = [
  {
    kind: 'certificateBasedApplicationConfigurations',
    type: 'certificateBasedApplicationConfiguration',
    authorities: authoritiesProperty.certificateBasedApplicationConfigurations,
  },
  {
    kind: 'mutualTlsOauthConfigurations',
    type: 'mutualTlsOauthConfiguration',
    authorities: authoritiesProperty.mutualTlsOauthConfigurations,
  },
];

const base = 'directory/certificateAuthorities';
const readOnly = z.unknown().optional();
const authorityShape = z
  .strictObject({
    isRootAuthority: z.boolean().optional(),
    certificate: z.string().min(1).max(20_000),
    // What a client has read comes back with the whole list.
    id: readOnly,
    deletedDateTime: readOnly,
    issuer: readOnly,
    issuerSubjectKeyIdentifier: readOnly,
    issuerSki: readOnly,
    certificateRevocationListUrl: z.null('it is not read here').optional(),
    deltaCertificateRevocationListUrl: z.null('it is not read here').optional(),
  })
  .register(odataTypes, ['certificateAuthority', 'certificateAuthorityAsEntity']);
const members = {
  id: z.string().optional(),
  deletedDateTime: readOnly,
  displayName: z.string().max(256).nullish(),
  description: z.string().max(1024).nullish(),
  tlsClientAuthParameter: z
    .enum([
      'tls_client_auth_subject_dn',
      'tls_client_auth_san_dns',
      'tls_client_auth_san_uri',
      'tls_client_auth_san_ip',
      'tls_client_auth_san_email',
    ])
    .optional(),
  trustedCertificateAuthorities: z.array(authorityShape).max(100).optional(),
  certificateAuthorities: z.array(authorityShape).max(100).optional(),
};
const shapeOf = (type: string) => z.strictObject(members).register(odataTypes, [type]);
const shapes = {
  certificateBasedApplicationConfigurations: shapeOf('certificateBasedApplicationConfiguration'),
  mutualTlsOauthConfigurations: shapeOf('mutualTlsOauthConfiguration'),
};

const authorityOf = ({ certificate, isRootAuthority }: z.infer<typeof authorityShape>): NamedAuthority => {
  const { der, isSelfIssued } = readAuthority(certificate);
  return {
    id: crypto.randomUUID(),
    certificate: Buffer.from(der).toString('base64'),
    isRootAuthority: isRootAuthority ?? isSelfIssued,
  };
};
function readAuthority(text: string) {
  const certificate = orThrow(certificateIn(text));
  return { ...certificate, isSelfIssued: nameToString(certificate.subject) === nameToString(certificate.issuer) };
}

function authorityItem({ id, certificate, isRootAuthority }: NamedAuthority): Item {
  const { issuer, subjectKeyIdentifier } = orThrow(certificateIn(certificate));
  return {
    id,
    deletedDateTime: null,
    certificate,
    isRootAuthority,
    issuer: nameToString(issuer),
    issuerSubjectKeyIdentifier: subjectKeyIdentifier ? hexOf(subjectKeyIdentifier) : null,
  };
}

const idIn = (call: Call) => keyText(call, 'id').toLowerCase();
const hasId = (id: string) => (authority: NamedAuthority) => authority.id === id.toLowerCase();

const configurationResource = ({ kind, type }: Naming): GraphResource => ({
  type,
  set: `${base}/${kind}`,
});
const authorityResource = ({ kind, authorities }: Naming, call: Call): GraphResource => ({
  type: 'certificateAuthorityAsEntity',
  set: `${base}/${kind}('${idIn(call)}')/${authorities}`,
});

function itemOf(
  { authorities: name }: Naming,
  { id, document }: StoredObject<AuthorityConfiguration>,
  isExpanded: boolean,
): Item {
  const { authorities, ...rest } = document;
  const item = { id, deletedDateTime: null, ...rest };
  return withTag(isExpanded ? { ...item, [name]: authorities.map(authorityItem) } : item, document);
}

const expands = ({ authorities: name }: Naming, call: Call) =>
  call.query.expand.some((text) => text.toLowerCase().startsWith(name.toLowerCase()));

const current = async ({ kind }: Naming, call: Call) =>
  orThrow(await authorityConfiguration(kind, idIn(call), call.ports));
const change = async ({ kind }: Naming, call: Call, work: (old: AuthorityConfiguration) => AuthorityConfiguration) =>
  orThrow(await changeAuthorityConfiguration({ kind, id: idIn(call) }, work, call));

function parametersOf(naming: Naming, body: z.infer<ReturnType<typeof shapeOf>>) {
  const ofOther =
    naming.authorities === 'certificateAuthorities' ? 'trustedCertificateAuthorities' : 'certificateAuthorities';
  if (body[ofOther] !== undefined) throw notOf(naming, ofOther);
  if (body.tlsClientAuthParameter === undefined) return {};
  if (naming.kind === 'mutualTlsOauthConfigurations') return { tlsClientAuthParameter: body.tlsClientAuthParameter };
  throw notOf(naming, 'tlsClientAuthParameter');
}
const notOf = ({ type }: Naming, target: string) =>
  fault('graphPropertyInvalid', { target, problem: `${type} has no such property` });

async function list(naming: Naming, call: Call) {
  const configurations = await authorityConfigurations(naming.kind, call.ports);
  const items = configurations.map((configuration) => itemOf(naming, configuration, expands(naming, call)));
  return collection(call, items, configurationResource(naming));
}

async function add(naming: Naming, call: Call) {
  const body = await readBody(call, shapes[naming.kind]);
  const document: AuthorityConfiguration = {
    displayName: body.displayName ?? null,
    description: body.description ?? null,
    authorities: (body[naming.authorities] ?? []).map(authorityOf),
    ...parametersOf(naming, body),
  };
  const configuration = orThrow(await addAuthorityConfiguration(naming.kind, document, call));
  return entity(call, itemOf(naming, configuration, true), configurationResource(naming), 201);
}

async function patch(naming: Naming, call: Call) {
  const body = await readBody(call, shapes[naming.kind]);
  const { displayName, description, [naming.authorities]: authorities } = body;
  await change(naming, call, (old) => ({
    ...old,
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(authorities === undefined ? {} : { authorities: authorities.map(authorityOf) }),
    ...parametersOf(naming, body),
  }));
  return nothing;
}

async function authorityIn(naming: Naming, call: Call): Promise<NamedAuthority> {
  const match = (await current(naming, call)).document.authorities.find(hasId(keyText(call, 'ca')));
  if (!match) throw fault('graphObjectMissing', { id: keyText(call, 'ca').slice(0, 80) });
  return match;
}

async function listAuthorities(naming: Naming, call: Call) {
  const { document } = await current(naming, call);
  return collection(call, document.authorities.map(authorityItem), authorityResource(naming, call));
}

async function addAuthority(naming: Naming, call: Call) {
  const authority = authorityOf(await readBody(call, authorityShape));
  await change(naming, call, (old) => ({ ...old, authorities: [...old.authorities, authority] }));
  return entity(call, authorityItem(authority), authorityResource(naming, call), 201);
}

async function patchAuthority(naming: Naming, call: Call) {
  const { id } = await authorityIn(naming, call);
  const body = await readBody(call, authorityShape.partial());
  const next = ({ certificate, isRootAuthority }: NamedAuthority): NamedAuthority => ({
    ...authorityOf({
      certificate: body.certificate ?? certificate,
      isRootAuthority: body.isRootAuthority ?? isRootAuthority,
    }),
    id,
  });
  await change(naming, call, (old) => ({
    ...old,
    authorities: old.authorities.map((authority) => (authority.id === id ? next(authority) : authority)),
  }));
  return nothing;
}

async function removeAuthority(naming: Naming, call: Call) {
  const { id } = await authorityIn(naming, call);
  await change(naming, call, (old) => ({
    ...old,
    authorities: old.authorities.filter((authority) => authority.id !== id),
  }));
  return nothing;
}

/** The permissions to read and to write the configurations of a kind. */
const needsOf = ({ kind }: Naming) =>
  kind === 'mutualTlsOauthConfigurations'
    ? { read: needs.readTlsAuthorities, write: needs.writeTlsAuthorities }
    : { read: needs.readAppAuthorities, write: needs.writeAppAuthorities };

/** The operations of one kind, and those of the CAs in a configuration. */
const routesOf = (naming: Naming): readonly Route[] => [...configurationRoutes(naming), ...authorityRoutes(naming)];

function configurationRoutes(naming: Naming): readonly Route[] {
  const { read, write } = needsOf(naming);
  const path = `${base}/${naming.kind}`.toLowerCase();
  const reading = { method: 'GET', need: read, expands: [naming.authorities.toLowerCase()] } as const;
  return [
    { ...reading, path, answer: (call) => list(naming, call) },
    { method: 'POST', path, need: write, answer: (call) => add(naming, call) },
    {
      ...reading,
      path: `${path}/{id}`,
      answer: async (call) =>
        entity(call, itemOf(naming, await current(naming, call), expands(naming, call)), configurationResource(naming)),
    },
    { method: 'PATCH', path: `${path}/{id}`, need: write, answer: (call) => patch(naming, call) },
    {
      method: 'DELETE',
      path: `${path}/{id}`,
      need: write,
      answer: async (call) => {
        orThrow(await removeAuthorityConfiguration(naming.kind, idIn(call), call));
        return nothing;
      },
    },
  ];
}

function authorityRoutes(naming: Naming): readonly Route[] {
  const { read, write } = needsOf(naming);
  const path = `${base}/${naming.kind}/{id}/${naming.authorities}`.toLowerCase();
  return [
    { method: 'GET', path, need: read, answer: (call) => listAuthorities(naming, call) },
    { method: 'POST', path, need: write, answer: (call) => addAuthority(naming, call) },
    {
      method: 'GET',
      path: `${path}/{ca}`,
      need: read,
      answer: async (call) =>
        entity(call, authorityItem(await authorityIn(naming, call)), authorityResource(naming, call)),
    },
    { method: 'PATCH', path: `${path}/{ca}`, need: write, answer: (call) => patchAuthority(naming, call) },
    { method: 'DELETE', path: `${path}/{ca}`, need: write, answer: (call) => removeAuthority(naming, call) },
  ];
}

/** From which CAs certificates of applications and devices may come (`directory/certificateAuthorities`). */
export const authorityConfigurationRoutes: readonly Route[] = namings.flatMap(routesOf);
