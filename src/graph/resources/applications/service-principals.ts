import { z } from 'zod';
import { removeServicePrincipal } from '#admin/applications/deletion.ts';
import { changeApplication } from '#admin/applications/first-party.ts';
import { fault } from '#core/trace/fault.ts';
import type { Application } from '#model/application.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, countOf, entity, nothing, untyped } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { guid } from '../../protocol/shapes.ts';
import { graphId, graphServicePrincipal, servicePrincipalItem, shownServicePrincipal } from './application-item.ts';
import { addPassword, removePassword } from './application-secrets.ts';

/** A service principal's id is its appId, so both keys name the same. @throws graphObjectMissing */
export async function servicePrincipalIn(call: Call): Promise<Application> {
  const target = (call.keys.id?.value ?? '').toLowerCase();
  const application = await call.ports.applications.find(target);
  if (!application || application.lacksServicePrincipal) throw fault('graphObjectMissing', { id: target.slice(0, 80) });
  return application;
}

async function servicePrincipals(call: Call): Promise<readonly Item[]> {
  const items = (await call.ports.applications.list()).filter(({ lacksServicePrincipal }) => !lacksServicePrincipal);
  const { id } = call.ports.tenant;
  return [graphServicePrincipal(id), ...items.map((application) => servicePrincipalItem(application, id))].map(untyped);
}

async function addServicePrincipal(call: Call): Promise<Answer> {
  const { appId, ...rest } = readBody(
    call,
    z.strictObject({
      appId: guid,
      accountEnabled: z.literal(true, 'a service principal is made enabled').optional(),
      tags: z.array(z.string().max(256)).optional(),
      displayName: z.string().max(256).optional(),
      appRoleAssignmentRequired: z.boolean().optional(),
    }),
  );
  const application = await call.ports.applications.find(appId);
  if (!application) throw fault('servicePrincipalWithoutApplication', { appId });
  if (!application.lacksServicePrincipal) throw fault('graphObjectConflict', { target: 'appId', value: appId });
  const result = await changeApplication(
    appId,
    ({ lacksServicePrincipal: _, ...old }) => ({ ...old, profile: { ...old.profile, servicePrincipal: rest } }),
    call.actor,
    call.ports,
  );
  return entity(call, untyped(servicePrincipalItem(result, call.ports.tenant.id)), shownServicePrincipal, 201);
}

async function changeServicePrincipal(call: Call): Promise<Answer> {
  const { appId } = await servicePrincipalIn(call);
  const shape = z.strictObject({
    tags: z.array(z.string().max(256)).optional(),
    appRoleAssignmentRequired: z.literal(false, 'sign-ins are not held back by assignments here').optional(),
    notes: z.string().max(1024).nullable().optional(),
    description: z.string().max(1024).nullable().optional(),
  });
  const body = readBody(call, shape);
  await changeApplication(
    appId,
    (old) => ({
      ...old,
      profile: { ...old.profile, servicePrincipal: { ...(old.profile?.servicePrincipal as object), ...body } },
    }),
    call.actor,
    call.ports,
  );
  return nothing;
}

async function remove(call: Call): Promise<Answer> {
  const { appId } = await servicePrincipalIn(call);
  await removeServicePrincipal(appId, call.actor, call.ports);
  return nothing;
}

async function oneServicePrincipal(call: Call): Promise<Answer> {
  const isGraph = call.keys.id?.value.toLowerCase() === graphId;
  const { id } = call.ports.tenant;
  const item = isGraph ? graphServicePrincipal(id) : servicePrincipalItem(await servicePrincipalIn(call), id);
  return entity(call, untyped(item), shownServicePrincipal);
}

const { readApplications: read, writeApplications: write } = needs;

export const servicePrincipalRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'serviceprincipals',
    need: read,
    answer: async (call) => collection(call, await servicePrincipals(call), shownServicePrincipal),
  },
  {
    method: 'GET',
    path: 'serviceprincipals/$count',
    need: read,
    answer: async (call) => countOf(call, await servicePrincipals(call)),
  },
  { method: 'POST', path: 'serviceprincipals', need: write, answer: addServicePrincipal },
  { method: 'GET', path: 'serviceprincipals/{id}', need: read, answer: oneServicePrincipal },
  { method: 'PATCH', path: 'serviceprincipals/{id}', need: write, answer: changeServicePrincipal },
  { method: 'DELETE', path: 'serviceprincipals/{id}', need: write, answer: remove },
  {
    method: 'POST',
    path: 'serviceprincipals/{id}/addpassword',
    need: write,
    answer: async (call) => addPassword(call, await servicePrincipalIn(call)),
  },
  {
    method: 'POST',
    path: 'serviceprincipals/{id}/removepassword',
    need: write,
    answer: async (call) => removePassword(call, await servicePrincipalIn(call)),
  },
];
