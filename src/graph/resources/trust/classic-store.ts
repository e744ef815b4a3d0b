import { z } from 'zod';
import { changeAuthority } from '#admin/trust/authorities.ts';
import {
  classicOf,
  classicStoreId,
  classicStoreOf,
  deleteClassicStore,
  replaceClassicStore,
} from '#admin/trust/classic-store.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { odataTypes } from '#schema/odata-type.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { requireTenant } from '../tenant/organization.ts';
import { crlActions } from './crl-actions.ts';
import { revocationChange, revocationItem, revocationProperty, warningsItem } from './revocation-settings.ts';

const storeResource = ({ ports: { tenant } }: Call): GraphResource => ({
  type: 'certificateBasedAuthConfiguration',
  set: `organization('${tenant.id}')/certificateBasedAuthConfiguration`,
});

const url = z.string().max(2048).nullish();
const digest = z.unknown().optional();
const authority = z
  .strictObject({
    certificate: z.string().min(1),
    isRootAuthority: z.boolean(),
    certificateRevocationListUrl: url,
    deltaCertificateRevocationListUrl: url,
    issuer: digest,
    issuerSki: digest,
    ...revocationProperty,
  })
  .register(odataTypes, ['certificateAuthority']);
const shape = z
  .strictObject({ id: digest, certificateAuthorities: z.array(authority).max(1000) })
  .register(odataTypes, ['certificateBasedAuthConfiguration']);

/** @throws graphObjectMissing for another tenant, and for any id but the one there is */
function requireNamed(call: Call): void {
  requireTenant(call);
  const id = keyText(call, 'id');
  if (id !== '' && id.toLowerCase() !== classicStoreId) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

async function itemOf({ ports }: Call): Promise<Item | undefined> {
  const store = await classicStoreOf(ports);
  const rows = classicOf(await ports.trustStore.list());
  const certificateAuthorities = store?.certificateAuthorities.map((item, i) => ({
    ...item,
    ...revocationItem(rows[i]!),
  }));
  return store && withTag({ ...store, certificateAuthorities }, rows);
}

async function list(call: Call) {
  requireNamed(call);
  const item = await itemOf(call);
  return collection(call, item ? [item] : [], storeResource(call));
}

async function entry(call: Call) {
  requireNamed(call);
  const item = await itemOf(call);
  if (!item) throw fault('graphObjectMissing', { id: classicStoreId });
  return entity(call, item, storeResource(call));
}

/** Replaces the whole list (graph-api §4.3). */
async function replace(call: Call) {
  requireNamed(call);
  const { certificateAuthorities } = await readBody(call, shape);
  orThrow(await replaceClassicStore(certificateAuthorities, call));
  const rows = classicOf(await call.ports.trustStore.list());
  for (const [i, row] of rows.entries()) {
    const change = revocationChange(certificateAuthorities[i]!, row);
    if (change) orThrow(await changeAuthority(row.id, change, call));
  }
  const item = await itemOf(call);
  const empty = { id: classicStoreId, certificateAuthorities: [] };
  const warnings = warningsItem(rows, (index) => `certificateAuthorities/${index}/`);
  return entity(call, { ...(item ?? withTag(empty, [])), ...warnings }, storeResource(call), 201);
}

async function remove(call: Call) {
  requireNamed(call);
  if (!orThrow(await deleteClassicStore(call))) throw fault('graphObjectMissing', { id: classicStoreId });
  return nothing;
}

const { importCrl, rehearseImport, refreshCrl, crlState } = crlActions(async (call) => {
  requireNamed(call);
  return classicOf(await call.ports.trustStore.list()).map(({ id }) => id);
});

const path = 'organization/{org}/certificatebasedauthconfiguration';
const [read, write] = [needs.readClassicStore, needs.writeClassicStore];

/** graph-api §4. There is no PATCH: the schema says so, and the router answers 405. */
export const classicStoreRoutes: readonly Route[] = [
  { method: 'GET', path, need: read, answer: list },
  { method: 'POST', path, need: write, answer: replace, object: `${path}/{id}` },
  { method: 'POST', path: `${path}/$ref`, need: write, answer: replace, object: `${path}/{id}` },
  { method: 'GET', path: `${path}/{id}`, need: read, answer: entry },
  { method: 'DELETE', path: `${path}/{id}`, need: write, answer: remove },
  {
    method: 'POST',
    path: `${path}/{id}/importcrl`,
    need: write,
    answer: importCrl,
    rehearsal: rehearseImport,
    unguarded: 'waits for the network',
  },
  {
    method: 'POST',
    path: `${path}/{id}/refreshcrl`,
    need: write,
    answer: refreshCrl,
    unguarded: 'waits for the network',
  },
  { method: 'GET', path: `${path}/{id}/crlstate`, need: read, answer: crlState },
];
