import { z } from 'zod';
import {
  type AuthorityConfiguration,
  type AuthorityConfigurationKind,
  addAuthorityConfiguration,
  authorityConfiguration,
  authorityConfigurations,
  certificateIn,
  changeAuthorityConfiguration,
  type NamedAuthority,
  removeAuthorityConfiguration,
} from '#admin/applications/named-authorities.ts';
import { fault } from '#core/trace/fault.ts';
import { hexOf } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, nothing, type Shown } from '../../protocol/answers.ts';
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
    authorities: 'trustedCertificateAuthorities',
  },
  { kind: 'mutualTlsOauthConfigurations', type: 'mutualTlsOauthConfiguration', authorities: 'certificateAuthorities' },
];

const base = 'directory/certificateAuthorities';
const authorityShape = z.looseObject({
  isRootAuthority: z.boolean().optional(),
  certificate: z.string().min(1).max(20_000),
});
const shape = z.strictObject({
  '@odata.type': z.string().optional(),
  id: z.string().optional(),
  deletedDateTime: z.unknown().optional(),
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
});

const authorityOf = ({ certificate, isRootAuthority }: z.infer<typeof authorityShape>): NamedAuthority => {
  const { der, isSelfIssued } = readAuthority(certificate);
  return {
    id: crypto.randomUUID(),
    certificate: Buffer.from(der).toString('base64'),
    isRootAuthority: isRootAuthority ?? isSelfIssued,
  };
};
function readAuthority(text: string) {
  const certificate = certificateIn(text);
  return { ...certificate, isSelfIssued: nameToString(certificate.subject) === nameToString(certificate.issuer) };
}

function authorityItem({ id, certificate, isRootAuthority }: NamedAuthority): Item {
  const { issuer, subjectKeyIdentifier } = certificateIn(certificate);
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

/** The operations of one kind, and those of the CAs in a configuration. */
function routesOf({ kind, type, authorities: name }: Naming): readonly Route[] {
  const view: Shown = { type, set: `${base}/${kind}`, alsoKnown: [name] };
  const authorityView = (id: string): Shown => ({
    type: 'certificateAuthorityAsEntity',
    set: `${view.set}('${id}')/${name}`,
  });
  const itemOf = ({ id, document }: StoredObject<AuthorityConfiguration>, isExpanded: boolean): Item => {
    const { authorities, ...rest } = document;
    const item = { id, deletedDateTime: null, ...rest };
    return withTag(isExpanded ? { ...item, [name]: authorities.map(authorityItem) } : item, document);
  };
  const expands = (call: Call) => call.query.expand.some((text) => text.toLowerCase().startsWith(name.toLowerCase()));
  const current = (call: Call) => authorityConfiguration(kind, idIn(call), call.ports);
  const change = (call: Call, work: (old: AuthorityConfiguration) => AuthorityConfiguration) =>
    changeAuthorityConfiguration({ kind, id: idIn(call) }, work, call.actor, call.ports);
  const parametersOf = ({ tlsClientAuthParameter }: z.infer<typeof shape>) => {
    if (tlsClientAuthParameter !== undefined && kind !== 'mutualTlsOauthConfigurations')
      throw fault('graphPropertyInvalid', {
        target: 'tlsClientAuthParameter',
        problem: `${type} has no such property`,
      });
    return tlsClientAuthParameter === undefined ? {} : { tlsClientAuthParameter };
  };

  async function add(call: Call) {
    const body = readBody(call, shape);
    const document: AuthorityConfiguration = {
      displayName: body.displayName ?? null,
      description: body.description ?? null,
      authorities: (body[name] ?? []).map(authorityOf),
      ...parametersOf(body),
    };
    return entity(
      call,
      itemOf(await addAuthorityConfiguration(kind, document, call.actor, call.ports), true),
      view,
      201,
    );
  }

  async function patch(call: Call) {
    const body = readBody(call, shape);
    const { displayName, description, [name]: list } = body;
    await change(call, (old) => ({
      ...old,
      ...(displayName === undefined ? {} : { displayName }),
      ...(description === undefined ? {} : { description }),
      ...(list === undefined ? {} : { authorities: list.map(authorityOf) }),
      ...parametersOf(body),
    }));
    return nothing;
  }

  async function authorityIn(call: Call): Promise<NamedAuthority> {
    const match = (await current(call)).document.authorities.find(hasId(keyText(call, 'ca')));
    if (!match) throw fault('graphObjectMissing', { id: keyText(call, 'ca').slice(0, 80) });
    return match;
  }

  async function addOne(call: Call) {
    const authority = authorityOf(readBody(call, authorityShape));
    await change(call, (old) => ({ ...old, authorities: [...old.authorities, authority] }));
    return entity(call, authorityItem(authority), authorityView(idIn(call)), 201);
  }

  async function patchOne(call: Call) {
    const { id } = await authorityIn(call);
    const body = readBody(call, authorityShape.partial());
    const next = ({ certificate, isRootAuthority }: NamedAuthority): NamedAuthority => ({
      ...authorityOf({
        certificate: body.certificate ?? certificate,
        isRootAuthority: body.isRootAuthority ?? isRootAuthority,
      }),
      id,
    });
    await change(call, (old) => ({
      ...old,
      authorities: old.authorities.map((authority) => (authority.id === id ? next(authority) : authority)),
    }));
    return nothing;
  }

  async function removeOne(call: Call) {
    const { id } = await authorityIn(call);
    await change(call, (old) => ({ ...old, authorities: old.authorities.filter((authority) => authority.id !== id) }));
    return nothing;
  }

  const [read, write] =
    kind === 'mutualTlsOauthConfigurations'
      ? [needs.readTlsAuthorities, needs.writeTlsAuthorities]
      : [needs.readAppAuthorities, needs.writeAppAuthorities];
  const at = (path: string, inside: string): readonly Route[] => [
    {
      method: 'GET',
      path,
      need: read,
      expands: [name.toLowerCase()],
      answer: async (call) =>
        collection(
          call,
          (await authorityConfigurations(kind, call.ports)).map((configuration) =>
            itemOf(configuration, expands(call)),
          ),
          view,
        ),
    },
    { method: 'POST', path, need: write, answer: add },
    {
      method: 'GET',
      path: `${path}/{id}`,
      need: read,
      expands: [name.toLowerCase()],
      answer: async (call) => entity(call, itemOf(await current(call), expands(call)), view),
    },
    { method: 'PATCH', path: `${path}/{id}`, need: write, answer: patch },
    {
      method: 'DELETE',
      path: `${path}/{id}`,
      need: write,
      answer: async (call) => {
        await removeAuthorityConfiguration(kind, idIn(call), call.actor, call.ports);
        return nothing;
      },
    },
    {
      method: 'GET',
      path: inside,
      need: read,
      answer: async (call) =>
        collection(call, (await current(call)).document.authorities.map(authorityItem), authorityView(idIn(call))),
    },
    { method: 'POST', path: inside, need: write, answer: addOne },
    {
      method: 'GET',
      path: `${inside}/{ca}`,
      need: read,
      answer: async (call) => entity(call, authorityItem(await authorityIn(call)), authorityView(idIn(call))),
    },
    { method: 'PATCH', path: `${inside}/{ca}`, need: write, answer: patchOne },
    { method: 'DELETE', path: `${inside}/{ca}`, need: write, answer: removeOne },
  ];
  const path = `${base}/${kind}`.toLowerCase();
  return at(path, `${path}/{id}/${name.toLowerCase()}`);
}

/** From which CAs certificates of applications and devices may come (`directory/certificateAuthorities`). */
export const authorityConfigurationRoutes: readonly Route[] = namings.flatMap(routesOf);
