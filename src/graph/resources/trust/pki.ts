import { z } from 'zod';
import {
  addToContainer,
  changeInContainer,
  deleteFromContainer,
  findAuthority,
  listAuthorities,
} from '#admin/trust/pki/pki-authorities.ts';
import {
  addContainer,
  deleteContainer,
  findContainer,
  listContainers,
  renameContainer,
} from '#admin/trust/pki/pki-containers.ts';
import { checkFile, startUpload, type UploadPorts, uploadBundle } from '#admin/trust/upload/upload.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { AuthorityRow, PkiContainer } from '#model/authority.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { collection, entity, type GraphResource, nothing, untyped } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { changeGuarded, checkState } from '../../protocol/guard/guarded.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { crlActions } from './crl-actions.ts';
import { authorityItem, containerItem } from './pki-items.ts';
import { revocationChange, revocationProperty, warningsItem } from './revocation-settings.ts';

const containerResource: GraphResource = {
  type: 'certificateBasedAuthPki',
  set: 'directory/publicKeyInfrastructure/certificateBasedAuthConfigurations',
  alsoKnown: ['certificateAuthorities'],
};
const authorityResource = (pki: string): GraphResource => ({
  type: 'certificateAuthorityDetail',
  set: `${containerResource.set}('${pki}')/certificateAuthorities`,
});

const readOnly = z.unknown().optional();
const url = z.string().max(2048).nullish();
const containerShape = z
  .strictObject({
    id: readOnly,
    deletedDateTime: readOnly,
    lastModifiedDateTime: readOnly,
    status: readOnly,
    statusDetails: readOnly,
    displayName: z.string().max(1024).nullish(),
  })
  .register(odataTypes, ['certificateBasedAuthPki']);
const newAuthorityShape = z
  .strictObject({
    id: readOnly,
    deletedDateTime: readOnly,
    createdDateTime: readOnly,
    certificate: z.string().min(1),
    certificateAuthorityType: z.enum(['root', 'intermediate']).nullish(),
    displayName: z.string().max(256).nullish(),
    certificateRevocationListUrl: url,
    deltaCertificateRevocationListUrl: url,
    isIssuerHintEnabled: z.boolean().nullish(),
    issuer: z.string().max(2048).nullish(),
    issuerSubjectKeyIdentifier: z.string().max(256).nullish(),
    thumbprint: z.string().max(256).nullish(),
    expirationDateTime: z.coerce.date().nullish(),
    ...revocationProperty,
  })
  .register(odataTypes, ['certificateAuthorityDetail']);
/** What a certificate says. A client that sends an authority back as it read it may name these. */
const certifiedProperties = [
  'id',
  'certificate',
  'certificateAuthorityType',
  'issuer',
  'issuerSubjectKeyIdentifier',
  'thumbprint',
  'createdDateTime',
  'deletedDateTime',
  'expirationDateTime',
] as const;
const authorityChange = z
  .strictObject({
    displayName: z.string().max(256).optional(),
    certificateRevocationListUrl: url,
    deltaCertificateRevocationListUrl: url,
    isIssuerHintEnabled: z.boolean().optional(),
    ...revocationProperty,
    ...Object.fromEntries(certifiedProperties.map((name) => [name, readOnly])),
  })
  .register(odataTypes, ['certificateAuthorityDetail']);
const uploadShape = z.strictObject({ uploadUrl: z.string().min(1).max(2048), sha256FileHash: z.string().max(256) });

const pkiIn = (call: Call) => keyText(call, 'pki').toLowerCase();
const caIn = (call: Call) => keyText(call, 'ca').toLowerCase();
const missing = (id: string) => fault('graphObjectMissing', { id: id.slice(0, 80) });

/** @throws graphObjectMissing */
async function containerNamed(call: Call): Promise<PkiContainer> {
  const container = await findContainer(pkiIn(call), call.ports);
  if (!container) throw missing(pkiIn(call));
  return container;
}

/** @throws graphObjectMissing */
async function authorityNamed(call: Call): Promise<AuthorityRow> {
  await containerNamed(call);
  const authority = orThrow(await findAuthority(pkiIn(call), caIn(call), call.ports));
  if (!authority) throw missing(caIn(call));
  return authority;
}

const showContainer = (call: Call, container: PkiContainer, status = 200) =>
  entity(call, untyped(containerItem(container)), containerResource, status);
const showAuthority = (call: Call, row: AuthorityRow, status = 200, more: object = {}) =>
  entity(call, { ...authorityItem(row), ...more }, authorityResource(pkiIn(call)), status);

async function containers(call: Call) {
  const items = (await listContainers(call.ports)).map(containerItem).map(untyped);
  return collection(call, items, containerResource);
}

async function add(call: Call) {
  const { displayName } = await readBody(call, containerShape);
  return showContainer(call, orThrow(await addContainer(displayName ?? undefined, call)), 201);
}

async function rename(call: Call) {
  const container = await containerNamed(call);
  const { displayName = container.displayName } = await readBody(call, containerShape);
  const newName = orThrow(await renameContainer(pkiIn(call), displayName ?? undefined, call));
  return showContainer(call, newName);
}

async function remove(call: Call) {
  await containerNamed(call);
  orThrow(await deleteContainer(pkiIn(call), call));
  return nothing;
}

/** 204 at once; how it ends is read from the container's status (graph-api §5). */
async function upload(call: Call) {
  await containerNamed(call);
  const { ports } = call;
  await checkState(call);
  // The upload itself gives the container another state before it adds the CAs.
  const uploading = { ...call, read: undefined };
  const change: UploadPorts['change'] = (work) => changeGuarded(uploading, (inside) => work(inside.ports));
  const uploadPorts = { ...ports, change };
  const { finished } = orThrow(
    await startUpload(pkiIn(call), await readBody(call, uploadShape), { actor: call.actor, ports: uploadPorts }),
  );
  call.afterwards(finished);
  return nothing;
}

const uploadFileShape = z.strictObject({
  file: z.string().min(1).max(2_800_000),
  sha256FileHash: z.string().max(256),
});

/** Beyond Entra: the file itself, at most 2 MB. All of its CAs are added or none; the answer has the container's status. */
async function uploadFile(call: Call) {
  const { id } = await containerNamed(call);
  const { file, sha256FileHash } = await readBody(call, uploadFileShape);
  const bytes = new Uint8Array(Buffer.from(file, 'base64'));
  orThrow(checkFile(bytes, sha256FileHash));
  const to = { store: 'pki', container: id, allOrNone: true } as const;
  const { container } = orThrow(await uploadBundle(to, bytes, call));
  return showContainer(call, container!, 202);
}

async function authorities(call: Call) {
  await containerNamed(call);
  const rows = orThrow(await listAuthorities(pkiIn(call), call.ports));
  return collection(call, rows.map(authorityItem).map(untyped), authorityResource(pkiIn(call)));
}

async function addAuthority(call: Call) {
  await containerNamed(call);
  const body = await readBody(call, newAuthorityShape);
  const row = orThrow(await addToContainer(pkiIn(call), body, call));
  const settings = revocationChange(body, row);
  const result = settings ? orThrow(await changeInContainer(pkiIn(call), row.id, settings, call)) : row;
  return showAuthority(call, result, 201, warningsItem([result]));
}

async function changeAuthority(call: Call) {
  const old = await authorityNamed(call);
  const body = await readBody(call, authorityChange);
  requireUnchanged(body, authorityItem(old));
  const change = {
    ...body,
    ...revocationChange(body, old),
    certificateRevocationListUrl: clear(body.certificateRevocationListUrl),
    deltaCertificateRevocationListUrl: clear(body.deltaCertificateRevocationListUrl),
  };
  const row = orThrow(await changeInContainer(pkiIn(call), caIn(call), change, call));
  return showAuthority(call, row, 200, warningsItem([row]));
}
/** @throws graphPropertyInvalid for a property of the certificate with another value */
function requireUnchanged(body: Readonly<Record<string, unknown>>, item: Readonly<Record<string, unknown>>): void {
  const text = (value: unknown) => String(value ?? '').toLowerCase();
  const target = certifiedProperties.find((name) => body[name] !== undefined && text(body[name]) !== text(item[name]));
  if (target)
    throw fault('graphPropertyInvalid', {
      target,
      problem: 'it must be the value of the certificate; to use another certificate, add another CA',
    });
}
/** null takes an address away, and so does an empty text; undefined leaves it. */
const clear = (text: string | null | undefined) => (text === null ? '' : text);

async function removeAuthority(call: Call) {
  await authorityNamed(call);
  orThrow(await deleteFromContainer(pkiIn(call), caIn(call), call));
  return nothing;
}

const { importCrl, rehearseImport, refreshCrl, crlState } = crlActions(async (call) => [
  (await authorityNamed(call)).id,
]);

const base = 'directory/publickeyinfrastructure/certificatebasedauthconfigurations';
const ca = `${base}/{pki}/certificateauthorities/{ca}`;
const [read, write] = [needs.readPki, needs.writePki];

/** graph-api §5. `uploadFile` and the last three are beyond Entra. */
export const pkiRoutes: readonly Route[] = [
  { method: 'GET', path: base, need: read, answer: containers },
  { method: 'POST', path: base, need: write, answer: add },
  {
    method: 'GET',
    path: `${base}/{pki}`,
    need: read,
    answer: async (call) => showContainer(call, await containerNamed(call)),
  },
  { method: 'PATCH', path: `${base}/{pki}`, need: write, answer: rename },
  { method: 'DELETE', path: `${base}/{pki}`, need: write, answer: remove },
  { method: 'POST', path: `${base}/{pki}/upload`, need: write, answer: upload, unguarded: 'waits for the network' },
  // The how-to writes PATCH here and the reference POST (UP-4).
  { method: 'PATCH', path: `${base}/{pki}/upload`, need: write, answer: upload, unguarded: 'waits for the network' },
  { method: 'POST', path: `${base}/{pki}/uploadfile`, need: write, answer: uploadFile },
  { method: 'GET', path: `${base}/{pki}/certificateauthorities`, need: read, answer: authorities },
  { method: 'POST', path: `${base}/{pki}/certificateauthorities`, need: write, answer: addAuthority },
  { method: 'GET', path: ca, need: read, answer: async (call) => showAuthority(call, await authorityNamed(call)) },
  { method: 'PATCH', path: ca, need: write, answer: changeAuthority },
  { method: 'DELETE', path: ca, need: write, answer: removeAuthority },
  {
    method: 'POST',
    path: `${ca}/importcrl`,
    need: write,
    answer: importCrl,
    rehearsal: rehearseImport,
    unguarded: 'waits for the network',
  },
  { method: 'POST', path: `${ca}/refreshcrl`, need: write, answer: refreshCrl, unguarded: 'waits for the network' },
  { method: 'GET', path: `${ca}/crlstate`, need: read, answer: crlState },
];
