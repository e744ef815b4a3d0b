import { z } from 'zod';
import {
  type AuthenticationContext,
  addAuthenticationContext,
  authenticationContexts,
  putAuthenticationContext,
  removeAuthenticationContext,
} from '#admin/policies/authentication-contexts.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';

const view: GraphResource = {
  type: 'authenticationContextClassReference',
  set: 'identity/conditionalAccess/authenticationContextClassReferences',
};

const shape = z
  .strictObject({
    id: z.string().max(8).optional(),
    displayName: z.string().max(256).optional(),
    description: z.string().max(1024).nullable().optional(),
    isAvailable: z.boolean().optional(),
  })
  .register(odataTypes, ['authenticationContextClassReference']);
const newShape = shape
  .required({ id: true, displayName: true })
  .register(odataTypes, ['authenticationContextClassReference']);

const contextItem = (context: AuthenticationContext) => withTag({ ...context }, context);
const idIn = (call: Call) => keyText(call, 'id').toLowerCase();
const changeIn = (body: z.infer<typeof shape>) =>
  Object.fromEntries(Object.entries(body).filter(([name, value]) => name !== 'id' && value !== undefined));

async function item(call: Call) {
  const match = (await authenticationContexts(call.ports)).find(({ id }) => id === idIn(call));
  if (!match) throw fault('graphObjectMissing', { id: keyText(call, 'id').slice(0, 80) });
  return entity(call, contextItem(match), view);
}

async function add(call: Call) {
  const body = await readBody(call, newShape);
  const context = { id: body.id.toLowerCase(), ...changeIn(body) };
  return entity(call, contextItem(orThrow(await addAuthenticationContext(context, call))), view, 201);
}

/** Graph adds a context by PATCH where there is none of this id. */
async function change(call: Call) {
  const body = await readBody(call, shape);
  if (body.id !== undefined && body.id.toLowerCase() !== idIn(call))
    throw fault('graphPropertyInvalid', { target: 'id', problem: 'the id of a context does not change' });
  orThrow(await putAuthenticationContext(idIn(call), changeIn(body), call));
  return nothing;
}

async function remove(call: Call) {
  orThrow(await removeAuthenticationContext(idIn(call), call));
  return nothing;
}

const path = 'identity/conditionalaccess/authenticationcontextclassreferences';
const { readAccessPolicies: read, writeAccessPolicies: write } = needs;

export const authenticationContextRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    need: read,
    answer: async (call) =>
      collection(call, (await authenticationContexts(call.ports)).map(contextItem), view, { page: 999 }),
  },
  { method: 'POST', path, need: write, answer: add },
  { method: 'GET', path: `${path}/{id}`, need: read, answer: item },
  { method: 'PATCH', path: `${path}/{id}`, need: write, answer: change },
  { method: 'DELETE', path: `${path}/{id}`, need: write, answer: remove },
];
