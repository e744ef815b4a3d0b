import { z } from 'zod';
import { removeServicePrincipal } from '#admin/applications/deletion.ts';
import { changeApplication } from '#admin/applications/first-party.ts';
import { addServicePrincipal } from '#admin/applications/service-principal.ts';
import { graphAppId } from '#core/directory/well-known-applications.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { directoryList } from '../../lists/directory-list.ts';
import { type DirectoryList, directoryCount, directoryPage } from '../../lists/directory-page.ts';
import { entity, nothing, untyped } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { guid } from '../../protocol/shapes.ts';
import { graphServicePrincipal, servicePrincipalItem, servicePrincipalResource } from './application-item.ts';
import { addPassword, removePassword } from './application-secrets.ts';

/** A service principal's id is its appId, so both keys name the same. @throws graphObjectMissing */
export async function servicePrincipalIn(call: Call): Promise<Application> {
  const target = (call.keys.id?.value ?? '').toLowerCase();
  const application = await call.ports.applications.find(target);
  if (!application || application.lacksServicePrincipal) throw fault('graphObjectMissing', { id: target.slice(0, 80) });
  return application;
}

/** Of the applications, those that have a service principal; Microsoft Graph's comes first. */
function servicePrincipalsOf(call: Call): DirectoryList {
  const { id } = call.ports.tenant;
  const list = directoryList(call, {
    kind: 'application',
    view: servicePrincipalResource,
    isPartial: true,
    aliases: {
      id: ['appid'],
      displayname: ['displayname', 'principalname'],
      appdisplayname: ['displayname'],
      serviceprincipalnames: ['appid', 'identifieruris'],
      createddatetime: ['createddatetime'],
    },
    items: async (applications) =>
      applications.map((application) =>
        application.lacksServicePrincipal ? undefined : untyped(servicePrincipalItem(application, id)),
      ),
  });
  const first = { mark: { range: -1, key: '', id: graphAppId }, item: untyped(graphServicePrincipal(id)) };
  return {
    ...list,
    reader: {
      async read({ top, after }) {
        if (after && after.range >= 0) return list.reader.read({ top, after });
        const { rows, next } = await list.reader.read({ top });
        return { rows: after ? rows : [first, ...rows], next };
      },
    },
  };
}

const newShape = z
  .strictObject({
    appId: guid,
    accountEnabled: z.literal(true, 'a service principal is always created enabled').optional(),
    tags: z.array(z.string().max(256)).optional(),
    displayName: z.string().max(256).optional(),
    appRoleAssignmentRequired: z.boolean().optional(),
  })
  .register(odataTypes, ['servicePrincipal']);
const changeShape = z
  .strictObject({
    tags: z.array(z.string().max(256)).optional(),
    appRoleAssignmentRequired: z.literal(false, 'sign-ins are not restricted by assignments').optional(),
    notes: z.string().max(1024).nullable().optional(),
    description: z.string().max(1024).nullable().optional(),
  })
  .register(odataTypes, ['servicePrincipal']);

async function add(call: Call): Promise<Answer> {
  const { appId, ...rest } = await readBody(call, newShape);
  const result = orThrow(await addServicePrincipal(appId, rest, call));
  return entity(call, untyped(servicePrincipalItem(result, call.ports.tenant.id)), servicePrincipalResource, 201);
}

async function changeServicePrincipal(call: Call): Promise<Answer> {
  const { appId } = await servicePrincipalIn(call);
  const body = await readBody(call, changeShape);
  orThrow(
    await changeApplication(
      appId,
      (old) => ({
        ...old,
        profile: { ...old.profile, servicePrincipal: { ...(old.profile?.servicePrincipal as object), ...body } },
      }),
      call,
    ),
  );
  return nothing;
}

async function remove(call: Call): Promise<Answer> {
  const { appId } = await servicePrincipalIn(call);
  orThrow(await removeServicePrincipal(appId, call));
  return nothing;
}

async function oneServicePrincipal(call: Call): Promise<Answer> {
  const isGraph = call.keys.id?.value.toLowerCase() === graphAppId;
  const { id } = call.ports.tenant;
  const item = isGraph ? graphServicePrincipal(id) : servicePrincipalItem(await servicePrincipalIn(call), id);
  return entity(call, untyped(item), servicePrincipalResource);
}

const { readApplications: read, writeApplications: write } = needs;

export const servicePrincipalRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'serviceprincipals',
    need: read,
    answer: (call) => directoryPage(call, servicePrincipalsOf(call)),
  },
  {
    method: 'GET',
    path: 'serviceprincipals/$count',
    need: read,
    answer: (call) => directoryCount(call, servicePrincipalsOf(call)),
  },
  { method: 'POST', path: 'serviceprincipals', need: write, answer: add },
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
