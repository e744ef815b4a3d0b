import { addDirectoryApplication, changeDirectoryApplication } from '../../../admin/directory-applications.ts';
import { refuseBuiltIn } from '../../../admin/first-party.ts';
import { fault } from '../../../core/trace/fault.ts';
import type { Application } from '../../../ports.ts';
import { collection, countOf, entity, nothing, untyped } from '../answers.ts';
import { readBody } from '../body.ts';
import type { Answer, Call } from '../call.ts';
import { needs } from '../needs.ts';
import type { Route } from '../route.ts';
import { applicationItem, shownApplication } from './application-item.ts';
import { addPassword, removePassword, requireAbove } from './application-secrets.ts';
import { changeOf, changeShape, newShape } from './application-shape.ts';
import { applicationObjectId } from './object-id.ts';

const isByAppId = (call: Call) => call.keys.id?.property === 'appid';

/** By object id or `(appId='…')`. @throws graphObjectMissing */
async function applicationIn(call: Call): Promise<Application> {
  const wanted = (call.keys.id?.value ?? '').toLowerCase();
  const found = isByAppId(call)
    ? await call.ports.applications.find(wanted)
    : (await call.ports.applications.list()).find(({ appId }) => applicationObjectId(appId) === wanted);
  if (!found) throw fault('graphObjectMissing', { id: wanted.slice(0, 80) });
  return found;
}

async function add(call: Call): Promise<Answer> {
  const said = readBody(call, newShape);
  const asked = { ...changeOf(said, []), displayName: said.displayName };
  const made = await addDirectoryApplication(asked, call.at, call.actor, call.ports);
  return entity(call, untyped(applicationItem(made)), shownApplication, 201);
}

async function change(call: Call): Promise<Answer> {
  const application = await applicationIn(call);
  const asked = changeOf(readBody(call, changeShape), application.keyCredentials ?? []);
  if (asked.keyCredentials) requireAbove(call, application);
  await changeDirectoryApplication(application.appId, asked, call.actor, call.ports);
  return nothing;
}

const list = async (call: Call) =>
  collection(call, (await call.ports.applications.list()).map(applicationItem).map(untyped), shownApplication);

const { readApplications: read, writeApplications: write } = needs;

export const applicationRoutes: readonly Route[] = [
  { method: 'GET', path: 'applications', need: read, answer: list },
  {
    method: 'GET',
    path: 'applications/$count',
    need: read,
    answer: async (call) => countOf(call, (await call.ports.applications.list()).map(applicationItem)),
  },
  { method: 'POST', path: 'applications', need: write, answer: add },
  {
    method: 'GET',
    path: 'applications/{id}',
    need: read,
    answer: async (call) => entity(call, untyped(applicationItem(await applicationIn(call))), shownApplication),
  },
  { method: 'PATCH', path: 'applications/{id}', need: write, answer: change },
  {
    method: 'DELETE',
    path: 'applications/{id}',
    need: write,
    answer: async (call) => {
      const { appId } = await applicationIn(call);
      refuseBuiltIn(appId);
      await call.ports.applications.bury(appId, call.actor);
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
