import { removeApplication } from '#admin/applications/deletion.ts';
import { addDirectoryApplication, changeDirectoryApplication } from '#admin/applications/directory-applications.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import { directoryList } from '../../lists/directory-list.ts';
import { directoryCount, directoryPage } from '../../lists/directory-page.ts';
import { entity, nothing, untyped } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { applicationItem, applicationResource } from './application-item.ts';
import { addPassword, removePassword, requireAbove } from './application-secrets.ts';
import { changeOf, changeShape, newShape } from './application-shape.ts';

const isByAppId = (call: Call) => call.keys.id?.property === 'appid';

/** By object id or `(appId='…')`. @throws graphObjectMissing */
export async function applicationIn(call: Call): Promise<Application> {
  const target = (call.keys.id?.value ?? '').toLowerCase();
  const match = isByAppId(call)
    ? await call.ports.applications.find(target)
    : await applicationByObjectId(call, target);
  if (!match) throw fault('graphObjectMissing', { id: target.slice(0, 80) });
  return match;
}

/** An application by its object id, found by an index. */
export async function applicationByObjectId({ ports }: Call, id: string): Promise<Application | undefined> {
  const range = { property: 'application/objectid', from: id, until: id };
  return (await ports.lists.read('application', [range], { top: 1 })).rows[0]?.object;
}

/** Entra keeps `null`, which means 1, for an application that is registered without a version of its access tokens. */
const withTokenVersion = <B extends { readonly api?: object | undefined }>(body: B): B => ({
  ...body,
  api: { requestedAccessTokenVersion: null, ...body.api },
});

async function add(call: Call): Promise<Answer> {
  const body = await readBody(call, newShape);
  const request = { ...changeOf(withTokenVersion(body), []), displayName: body.displayName };
  const result = orThrow(await addDirectoryApplication(request, call));
  return entity(call, untyped(applicationItem(result)), applicationResource, 201);
}

async function change(call: Call): Promise<Answer> {
  const application = await applicationIn(call);
  const body = await readBody(call, changeShape);
  const change = changeOf(body, application.keyCredentials ?? []);
  if (change.keyCredentials || body.beyondEntra !== undefined) requireAbove(call, application);
  orThrow(await changeDirectoryApplication(application.appId, change, call));
  return nothing;
}

const applicationsOf = (call: Call) =>
  directoryList(call, {
    kind: 'application',
    view: applicationResource,
    aliases: { id: ['objectid'] },
    items: async (applications) => applications.map(applicationItem).map(untyped),
  });

const { readApplications: read, writeApplications: write } = needs;

export const applicationRoutes: readonly Route[] = [
  { method: 'GET', path: 'applications', need: read, answer: (call) => directoryPage(call, applicationsOf(call)) },
  {
    method: 'GET',
    path: 'applications/$count',
    need: read,
    answer: (call) => directoryCount(call, applicationsOf(call)),
  },
  { method: 'POST', path: 'applications', need: write, answer: add },
  {
    method: 'GET',
    path: 'applications/{id}',
    need: read,
    answer: async (call) => entity(call, untyped(applicationItem(await applicationIn(call))), applicationResource),
  },
  { method: 'PATCH', path: 'applications/{id}', need: write, answer: change },
  {
    method: 'DELETE',
    path: 'applications/{id}',
    need: write,
    answer: async (call) => {
      const { appId } = await applicationIn(call);
      orThrow(await removeApplication(appId, call));
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'applications/{id}/addpassword',
    need: write,
    answer: async (call) => addPassword(call, await applicationIn(call)),
  },
  {
    method: 'POST',
    path: 'applications/{id}/removepassword',
    need: write,
    answer: async (call) => removePassword(call, await applicationIn(call)),
  },
];
