import { z } from 'zod';
import { removeMethod } from '#admin/directory/methods/registered-methods.ts';
import { issuePass, makePass } from '#admin/directory/methods/temporary-access-pass.ts';
import { passUsability } from '#core/factors/temporary-access-pass.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { TemporaryAccessPassMethod } from '#model/authentication-method.ts';
import type { Methods } from '#ports/methods.ts';
import { odataTypes } from '#schema/odata-type.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import type { Route } from '../../protocol/route.ts';
import { methodNeed } from './method-need.ts';
import { requireOnUser } from './user-rights.ts';
import { userIn } from './users.ts';

type StoredMethod = Awaited<ReturnType<Methods['ofUser']>>[number];

/** Kinds by the segment that lists them. A certificate is no registered method: it is scope (graph-api §6.1). */
const segments = {
  fido2methods: 'fido2',
  softwareoathmethods: 'softwareOath',
  temporaryaccesspassmethods: 'temporaryAccessPass',
} as const;
type Segment = keyof typeof segments;

const view: GraphResource = { type: 'authenticationMethod', set: 'users/authentication/methods' };

/** Nothing secret is in it: no key, no shared secret, and the pass only in the answer that issues it. */
const methodItem = (method: StoredMethod, at: Date): Item =>
  withTag(itemOf(method, at), { id: method.id, kind: method.kind, createdDateTime: method.createdDateTime });

function itemOf(method: StoredMethod, at: Date): Item {
  const common = { id: method.id, createdDateTime: method.createdDateTime.toISOString() };
  switch (method.kind) {
    case 'fido2':
      return {
        '@odata.type': '#microsoft.graph.fido2AuthenticationMethod',
        ...common,
        displayName: method.displayName,
        aaGuid: method.aaguid,
        model: null,
        attestationCertificates: [],
        attestationLevel: 'notAttested',
      };
    case 'softwareOath':
      return { '@odata.type': '#microsoft.graph.softwareOathAuthenticationMethod', ...common, secretKey: null };
    case 'temporaryAccessPass':
      return { ...common, ...passItem(method, method.counter > 0, at) };
  }
}

function passItem(pass: TemporaryAccessPassMethod, isUsed: boolean, at: Date): Item {
  const usability = passUsability({ ...pass, isUsed }, at);
  return {
    '@odata.type': '#microsoft.graph.temporaryAccessPassAuthenticationMethod',
    temporaryAccessPass: null,
    startDateTime: pass.startDateTime.toISOString(),
    lifetimeInMinutes: pass.lifetimeInMinutes,
    isUsableOnce: pass.isUsableOnce,
    isUsable: usability === 'enabledByPolicy',
    methodUsabilityReason: usability,
  };
}

async function list(call: Call, segment?: Segment): Promise<Answer> {
  const { user, hasPassword, createdDateTime } = await userIn(call);
  const registeredMethods = await call.ports.methods.ofUser(user.id);
  const target = segment ? registeredMethods.filter(({ kind }) => kind === segments[segment]) : registeredMethods;
  const password: Item = {
    '@odata.type': '#microsoft.graph.passwordAuthenticationMethod',
    id: '28c10230-6103-485e-b985-444c60001490',
    password: null,
    createdDateTime: createdDateTime ?? null,
  };
  const items = [...(hasPassword && !segment ? [password] : []), ...target.map((item) => methodItem(item, call.at))];
  return collection(call, items, view, { isMixed: true });
}

/** @throws graphObjectMissing */
async function methodIn(call: Call, segment: Segment): Promise<StoredMethod> {
  const { user } = await userIn(call);
  const id = keyText(call, 'method').toLowerCase();
  const match = (await call.ports.methods.ofUser(user.id)).find(
    (item) => item.id === id && item.kind === segments[segment],
  );
  if (!match) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return match;
}

async function remove(call: Call, segment: Segment): Promise<Answer> {
  await requireOnUser(call, (await userIn(call)).user.id, ['removeMethod']);
  const { id, userId } = await methodIn(call, segment);
  await removeMethod(userId, id, call);
  return nothing;
}

const passShape = z
  .strictObject({
    startDateTime: z.iso.datetime({ offset: true }).nullable().optional(),
    lifetimeInMinutes: z.number().int().nullable().optional(),
    isUsableOnce: z.boolean().nullable().optional(),
  })
  .register(odataTypes, ['temporaryAccessPassAuthenticationMethod']);

/** The pass itself is in this answer and nowhere else. */
async function issue(call: Call): Promise<Answer> {
  const { user } = await userIn(call);
  await requireOnUser(call, user.id, ['issueTemporaryAccessPass']);
  const body = await readBody(call, passShape);
  const request = {
    ...call.prepared!.pass!,
    startDateTime: body.startDateTime ? new Date(body.startDateTime) : undefined,
    lifetimeInMinutes: body.lifetimeInMinutes ?? undefined,
    isUsableOnce: body.isUsableOnce ?? undefined,
  };
  const { pass, method } = orThrow(await issuePass(user.id, request, call));
  const item = { ...methodItem({ ...method, counter: 0 }, call.at), temporaryAccessPass: pass };
  return entity(
    call,
    item,
    {
      type: 'temporaryAccessPassAuthenticationMethod',
      set: `users/${user.id}/authentication/temporaryAccessPassMethods`,
    },
    201,
  );
}

const bases = ['me/authentication', 'users/{id}/authentication'];

export const authenticationMethodRoutes: readonly Route[] = bases.flatMap((base): readonly Route[] => [
  { method: 'GET', path: `${base}/methods`, need: methodNeed('readMethods'), answer: (call) => list(call) },
  ...(Object.keys(segments) as Segment[]).flatMap((segment): readonly Route[] => [
    {
      method: 'GET',
      path: `${base}/${segment}`,
      need: methodNeed('readMethods'),
      answer: (call) => list(call, segment),
    },
    {
      method: 'GET',
      path: `${base}/${segment}/{method}`,
      need: methodNeed('readMethods'),
      answer: async (call) => entity(call, methodItem(await methodIn(call, segment), call.at), view),
    },
    {
      method: 'DELETE',
      path: `${base}/${segment}/{method}`,
      need: methodNeed('removeMethod'),
      answer: (call) => remove(call, segment),
    },
  ]),
  {
    method: 'POST',
    path: `${base}/temporaryaccesspassmethods`,
    need: methodNeed('issueTemporaryAccessPass'),
    prepare: async ({ ports }) => ({ pass: await makePass(ports.passwords) }),
    answer: issue,
  },
]);
